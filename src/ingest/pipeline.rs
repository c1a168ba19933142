//! Owns the path of a beacon from its parts to the queue: one visible list of steps, cheapest first.

use std::sync::Arc;

use jiff::Timestamp;
use tracing::trace;

use super::{
    layout_requests::LayoutRequests,
    outcomes::Outcomes,
    sessions::{Entry, SessionKey, Sessions},
    sites::{KnownSite, SitesWatch},
};
use crate::{
    control::snapshot::SiteWithSalts,
    enrich::{AgentVerdict, Agents, GeoDatabase, acquisition, visitor_id},
    live::Presence,
    model::{Agent, Beacon, DropReason, EnrichedEvent, Fact, Outcome, PageView, Place, Sender, TimedFact, VisitorId},
    store::{Queue, QueueFull, RowBatch},
};

/// What the request's headers say about the visitor's wishes and the browser's intent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// `Sec-GPC: 1` or `DNT: 1`.
    pub do_not_track: bool,
    /// `Sec-Purpose: prefetch` and its older forms.
    pub prefetch: bool,
}

/// What became of a beacon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every event is in the queue.
    Accepted { wants_layout: bool },
    /// Every event was left out by a documented rule.
    Dropped(DropReason),
}

/// Nothing of a request was kept: come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("events cannot be taken now")]
pub struct Unavailable;

/// The lookups that enrichment needs.
pub struct Enrichers {
    /// Absent where no geo database was found: then places are unknown, and `doctor` says so.
    pub geo: Option<GeoDatabase>,
    pub agents: Agents,
}

/// Takes beacons in. One value for the whole process, shared by all handlers.
///
/// `Accepted` means: every event waits in bounded memory and will be sent to ClickHouse until it confirms.
/// It does not mean that the events outlive this process.
pub struct Ingest {
    pub sites: SitesWatch,
    pub enrichers: Enrichers,
    pub sessions: Sessions,
    pub presence: Arc<Presence>,
    pub queue: Queue,
    pub outcomes: Outcomes,
    pub layout_requests: LayoutRequests,
}

/// What the rules know of the request.
struct Request<'a> {
    page: &'a PageView,
    sender: &'a Sender,
    signals: Signals,
    site: &'a KnownSite,
}

/// A rule that can leave a beacon out.
type Rule = fn(&Request<'_>) -> Result<(), DropReason>;

/// The rules in the order in which they are asked, cheapest first. The bot list is asked last, by its own step.
const RULES: [Rule; 5] =
    [drop_prefetch, drop_privacy_signal, drop_excluded_address, drop_foreign_hostname, drop_excluded_path];

impl Ingest {
    /// Takes in the beacons of one request: all that pass the rules, or none of them. Counts each event's outcome once.
    pub fn accept(
        &self,
        beacons: Vec<Beacon>,
        sender: &Sender,
        signals: Signals,
        received_at_ms: i64,
    ) -> Result<Vec<Verdict>, Unavailable> {
        let accounts: Vec<_> = beacons.iter().map(|beacon| self.outcomes.open(beacon.facts.len())).collect();
        let taken = self.take(beacons, sender, signals, received_at_ms);
        trace!(?taken, "beacons decided");
        for (index, account) in accounts.into_iter().enumerate() {
            account.settle(match taken.as_ref().map(|verdicts| verdicts[index]) {
                Ok(Verdict::Accepted { .. }) => Outcome::Accepted,
                Ok(Verdict::Dropped(reason)) => Outcome::Dropped(reason),
                Err(Unavailable) => Outcome::Unavailable,
            });
        }
        taken
    }

    fn take(
        &self,
        beacons: Vec<Beacon>,
        sender: &Sender,
        signals: Signals,
        received_at_ms: i64,
    ) -> Result<Vec<Verdict>, Unavailable> {
        let mut decided = Vec::with_capacity(beacons.len());
        let mut rows = RowBatch::default();
        for beacon in beacons {
            let events = self.decide(beacon, sender, signals, received_at_ms)?;
            for event in events.iter().flatten() {
                rows.add(event);
            }
            decided.push(events);
        }
        self.queue.push(rows).map_err(|QueueFull| Unavailable)?;
        let verdicts = decided.into_iter().map(|events| match events {
            Ok(events) => {
                for event in &events {
                    self.presence.note(event, received_at_ms);
                }
                Verdict::Accepted { wants_layout: self.wants_layout(&events, received_at_ms) }
            }
            Err(reason) => Verdict::Dropped(reason),
        });
        Ok(verdicts.collect())
    }

    fn decide(
        &self,
        beacon: Beacon,
        sender: &Sender,
        signals: Signals,
        received_at_ms: i64,
    ) -> Result<Result<Vec<EnrichedEvent>, DropReason>, Unavailable> {
        let sites = self.sites.current();
        let Some(site) = sites.get(&beacon.page.site) else {
            return Ok(Err(DropReason::UnknownSite));
        };
        let request = Request { page: &beacon.page, sender, signals, site };
        if let Some(reason) = RULES.iter().find_map(|rule| rule(&request).err()) {
            return Ok(Err(reason));
        }
        let AgentVerdict { agent, bot } = self.enrichers.agents.identify(&sender.user_agent);
        if bot {
            return Ok(Err(DropReason::Bot));
        }
        self.enrich(beacon, sender, site, agent, received_at_ms).map(Ok).ok_or(Unavailable)
    }

    /// Adds place, agent, source, visitor and session. `None` where the day's salt is not there yet.
    fn enrich(
        &self,
        beacon: Beacon,
        sender: &Sender,
        known: &KnownSite,
        agent: Agent,
        received_at_ms: i64,
    ) -> Option<Vec<EnrichedEvent>> {
        let site = &*known.entry;
        let agent = Arc::new(agent);
        let page = Arc::new(beacon.page);
        let place = Arc::new(self.enrichers.geo.as_ref().map_or_else(Place::default, |geo| geo.lookup(sender.address)));
        let mut identities = Identities { site, sender, last: None };
        let mut events = Vec::with_capacity(beacon.facts.len());
        for TimedFact { at_ms, fact } in beacon.facts {
            // A fact of a day whose salt is gone is dated to its arrival.
            let (at_ms, identity) = match identities.at(at_ms) {
                Some(identity) => (at_ms, identity),
                None => (received_at_ms, identities.at(received_at_ms)?),
            };
            let key = SessionKey { site: site.site.id, visitor: identity.visitor, yesterday: identity.yesterday };
            let session = self.sessions.touch(key, at_ms, || Entry {
                hostname: page.hostname.clone(),
                pathname: page.pathname.clone(),
                acquisition: acquisition(&page.attribution, &page.hostname, &known.rules),
            });
            events.push(EnrichedEvent {
                page: page.clone(),
                at_ms,
                fact,
                site_id: site.site.id,
                local_day: identity.local_day,
                visitor: identity.visitor,
                session,
                place: place.clone(),
                agent: agent.clone(),
            });
        }
        Some(events)
    }

    /// Notes the samples that came, and tells whether this view should send one.
    fn wants_layout(&self, events: &[EnrichedEvent], now_ms: i64) -> bool {
        let mut wants = false;
        for event in events {
            let (path, width) = (&event.page.pathname, event.page.viewport.width);
            match &event.fact {
                // The elements of a dialog alone do not make a page known.
                Fact::Layout(layout) if layout.complete => {
                    self.layout_requests.received(event.site_id, path, width, now_ms);
                }
                Fact::Pageview => wants |= self.layout_requests.wants(event.site_id, path, width, now_ms),
                Fact::Layout(_)
                | Fact::Custom { .. }
                | Fact::Engagement { .. }
                | Fact::Click(_)
                | Fact::Scroll(_)
                | Fact::Leave => {}
            }
        }
        wants
    }
}

fn drop_prefetch(request: &Request<'_>) -> Result<(), DropReason> {
    if request.signals.prefetch { Err(DropReason::Prefetch) } else { Ok(()) }
}

fn drop_privacy_signal(request: &Request<'_>) -> Result<(), DropReason> {
    let honoured = request.site.entry.site.settings.honour_privacy_signals;
    if honoured && request.signals.do_not_track { Err(DropReason::PrivacySignal) } else { Ok(()) }
}

fn drop_excluded_address(request: &Request<'_>) -> Result<(), DropReason> {
    if request.site.rules.excludes_address(request.sender.address) { Err(DropReason::ExcludedAddress) } else { Ok(()) }
}

fn drop_foreign_hostname(request: &Request<'_>) -> Result<(), DropReason> {
    if request.site.rules.allows_hostname(&request.page.hostname) { Ok(()) } else { Err(DropReason::Hostname) }
}

fn drop_excluded_path(request: &Request<'_>) -> Result<(), DropReason> {
    if request.site.rules.excludes_path(&request.page.pathname) { Err(DropReason::ExcludedPath) } else { Ok(()) }
}

/// Who somebody is on one local day.
#[derive(Clone, Copy)]
struct Identity {
    local_day: u16,
    visitor: VisitorId,
    yesterday: Option<VisitorId>,
}

/// Tells who a sender is. It remembers its last answer: the facts of a beacon are nearly always of one day, and the
/// hashes would otherwise be a fifth of the cost of a large batch.
struct Identities<'a> {
    site: &'a SiteWithSalts,
    sender: &'a Sender,
    last: Option<Identity>,
}

impl Identities<'_> {
    fn at(&mut self, at_ms: i64) -> Option<Identity> {
        let local_day = self.site.local_day(Timestamp::from_millisecond(at_ms).ok()?)?;
        if let Some(last) = self.last.filter(|last| last.local_day == local_day) {
            return Some(last);
        }
        let yesterday = local_day.checked_sub(1).and_then(|day| self.visitor(day));
        self.last = Some(Identity { local_day, visitor: self.visitor(local_day)?, yesterday });
        self.last
    }

    fn visitor(&self, day: u16) -> Option<VisitorId> {
        let salt = self.site.salt(day)?;
        Some(visitor_id(&salt.key, self.site.site.id, self.sender.address, &self.sender.user_agent))
    }
}
