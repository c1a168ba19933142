//! Owns the path of a beacon from its parts to the spool: one visible list of steps, cheapest first.

use std::sync::Arc;

use tracing::trace;

use super::{
    automatic,
    backfill::Past,
    cardinality::Cardinality,
    layout_requests::{LayoutRequests, Look},
    outcomes::Outcomes,
    rate::{Rates, RetryAfter},
    repeats::{BatchId, Begin, Repeats},
    sessions::{Entry, SessionKey, Sessions},
    sites::{KnownSite, SitesWatch},
    steady::SteadyClock,
    tallies::Tallies,
};
use crate::{
    enrich::{AgentVerdict, Agents, AgentsError, GeoDatabase, Pool, acquisition, visitor_id},
    live::{ClickFeed, EventFeed, Presence},
    model::{
        Agent, Beacon, DropReason, EnrichedEvent, Fact, Landing, Outcome, PageView, Sender, SiteId, TimedFact,
        VisitorId,
    },
    spool::{
        NotKept, Spool,
        record::{RowsWriter, concurrency_record},
    },
    store::rows::{ConcurrencyRow, RowFact, RowHead},
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
    /// Every event is as durable as the spool promises.
    Accepted { wants_layout: bool },
    /// Every event was left out by a documented rule.
    Dropped(DropReason),
}

/// Why nothing of a request was kept: come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The spool or the day's salt is not to be had.
    #[error("events cannot be taken now")]
    Busy,
    /// The same batch is being taken right now, and nobody can say yet whether it will be kept.
    #[error("the same events are being taken")]
    InFlight,
    #[error("too many events")]
    Limited { retry_after_seconds: u32 },
}

impl Refusal {
    const fn outcome(self) -> Outcome {
        match self {
            Self::Busy | Self::InFlight => Outcome::Unavailable,
            Self::Limited { .. } => Outcome::Limited,
        }
    }
}

/// The lookups that enrichment needs.
pub struct Enrichers {
    /// Absent where no geo database was found: then places are unknown, and `doctor` says so.
    pub geo: Option<GeoDatabase>,
    pub agents: Agents,
    /// Most visitors of a site come from the same few sources.
    pub landings: Pool<Landing>,
}

/// Landings that sessions have in common.
const POOLED_LANDINGS: usize = 20_000;

impl Enrichers {
    /// Reads the compiled-in tables.
    pub fn new(geo: Option<GeoDatabase>) -> Result<Self, AgentsError> {
        Ok(Self { geo, agents: Agents::new()?, landings: Pool::new(POOLED_LANDINGS) })
    }
}

/// Takes beacons in. One value for the whole process, shared by all handlers.
///
/// `Accepted` means: every event is in the spool, as durable as it promises, and will be in ClickHouse exactly once.
pub struct Ingest {
    pub sites: SitesWatch,
    pub enrichers: Enrichers,
    pub sessions: Sessions,
    /// Of events that servers sent long after they happened.
    pub past: Past,
    pub presence: Arc<Presence>,
    pub clicks: Arc<ClickFeed>,
    pub events: Arc<EventFeed>,
    pub spool: Spool,
    pub outcomes: Outcomes,
    pub tallies: Tallies,
    /// What limits and memories go by.
    pub clock: SteadyClock,
    pub rates: Rates,
    pub repeats: Repeats,
    pub cardinality: Cardinality,
    pub layout_requests: LayoutRequests,
}

/// What all beacons of a request share.
struct Arrival<'a> {
    sender: &'a Sender,
    signals: Signals,
    received_at_ms: i64,
    steady_ms: i64,
    /// Whether the sender may send so much.
    allowed: Result<(), RetryAfter>,
}

/// What the rules know of the request.
struct Request<'a> {
    page: &'a PageView,
    sender: &'a Sender,
    signals: Signals,
    site: &'a KnownSite,
}

/// What was decided about a beacon before it is durable.
struct Decision {
    /// Absent where no site has the beacon's name.
    site: Option<SiteId>,
    /// How many events the beacon has.
    events: usize,
    /// The batch that is in flight until it is known whether it is kept.
    begun: Option<BatchId>,
    fate: Fate,
}

enum Fate {
    Passed(Vec<EnrichedEvent>),
    Dropped(DropReason),
    /// The whole request is turned away.
    Refused(Refusal),
}

impl Fate {
    const fn outcome(&self) -> Outcome {
        match self {
            Self::Passed(_) => Outcome::Accepted,
            Self::Dropped(reason) => Outcome::Dropped(*reason),
            Self::Refused(refusal) => refusal.outcome(),
        }
    }
}

/// A rule that can leave a beacon out.
type Rule = fn(&Request<'_>) -> Result<(), DropReason>;

/// The rules in the order in which they are asked, cheapest first. The bot list is asked last, by its own step.
const RULES: [Rule; 5] =
    [drop_prefetch, drop_privacy_signal, drop_excluded_address, drop_foreign_hostname, drop_excluded_path];

impl Ingest {
    /// Takes in the beacons of one request: all that pass the rules, or none of them. Counts each event's outcome once.
    pub async fn accept(
        &self,
        beacons: Vec<Beacon>,
        sender: &Sender,
        signals: Signals,
        received_at_ms: i64,
    ) -> Result<Vec<Verdict>, Refusal> {
        let accounts: Vec<_> = beacons.iter().map(|beacon| self.outcomes.open(beacon.facts.len())).collect();
        let events = beacons.iter().map(|beacon| beacon.facts.len()).sum();
        let steady_ms = self.clock.now_ms();
        let allowed = self.rates.take_sender(sender.address, events, steady_ms);
        let arrival = Arrival { sender, signals, received_at_ms, steady_ms, allowed };
        let decisions: Vec<_> = beacons.into_iter().map(|beacon| self.decide(beacon, &arrival)).collect();
        let kept = self.keep(&decisions, received_at_ms).await;
        trace!(?kept, "beacons decided");
        for (account, decision) in accounts.into_iter().zip(&decisions) {
            let outcome = kept.map_or_else(Refusal::outcome, |()| decision.fate.outcome());
            if let Some(site) = decision.site {
                self.tallies.add(site, received_at_ms, outcome, decision.events);
            }
            if let Some(batch) = decision.begun {
                if kept.is_ok() { self.repeats.keep(batch) } else { self.repeats.forget(batch) }
            }
            account.settle(outcome);
        }
        kept?;
        Ok(decisions.into_iter().map(|decision| self.show(decision.fate, received_at_ms)).collect())
    }

    /// Puts the counts of what was left out into the spool, where the view of missing hits finds them.
    pub async fn keep_tallies(&self) {
        self.tallies.flush(async |record| self.is_kept(record).await).await;
    }

    /// Puts ended minutes of sites into the spool, where the history of the live view finds them. Returns whether it took them.
    pub async fn keep_minutes(&self, minutes: &[ConcurrencyRow]) -> bool {
        minutes.is_empty() || self.is_kept(&concurrency_record(minutes)).await
    }

    async fn is_kept(&self, record: &[u8]) -> bool {
        match self.spool.append(record) {
            Ok(commit) => commit.durable().await.is_ok(),
            Err(NotKept) => false,
        }
    }

    /// Waits until what passed the rules is durable: one record for the whole request.
    async fn keep(&self, decisions: &[Decision], received_at_ms: i64) -> Result<(), Refusal> {
        let mut record = RowsWriter::new(received_at_ms);
        for decision in decisions {
            match &decision.fate {
                Fate::Passed(events) => write_rows(&mut record, events),
                Fate::Dropped(_) => {}
                Fate::Refused(refusal) => return Err(*refusal),
            }
        }
        if record.rows() == 0 {
            return Ok(());
        }
        let commit = self.spool.append(&record.finish()).map_err(|NotKept| Refusal::Busy)?;
        commit.durable().await.map_err(|NotKept| Refusal::Busy)
    }

    /// Shows what is durable to those who look on.
    fn show(&self, fate: Fate, received_at_ms: i64) -> Verdict {
        let events = match fate {
            Fate::Passed(events) => events,
            Fate::Dropped(reason) => return Verdict::Dropped(reason),
            // The request as a whole was turned away.
            Fate::Refused(_) => Vec::new(),
        };
        self.presence.note_all(&events, received_at_ms);
        self.events.note_all(&events);
        self.clicks.note_all(&events);
        Verdict::Accepted { wants_layout: self.wants_layout(&events, self.clock.now_ms()) }
    }

    /// Asks the limits and the rules, and enriches what passes them.
    fn decide(&self, beacon: Beacon, arrival: &Arrival<'_>) -> Decision {
        let events = beacon.facts.len();
        let sites = self.sites.current();
        let Some(known) = sites.get(&beacon.page.site) else {
            return Decision { site: None, events, begun: None, fate: Fate::Dropped(DropReason::UnknownSite) };
        };
        let site = known.entry.site.id;
        let batch = beacon.batch.map(|n| BatchId { view: beacon.page.view.get(), n });
        let mut begun = None;
        let fate = match self.pass(&beacon, arrival, known) {
            Ok(agent) => match batch.map_or(Begin::New, |batch| self.repeats.begin(batch, arrival.steady_ms)) {
                Begin::New => {
                    begun = batch;
                    let events = self.enrich(beacon, arrival, known, &agent);
                    events.map_or(Fate::Refused(Refusal::Busy), Fate::Passed)
                }
                Begin::InFlight => Fate::Refused(Refusal::InFlight),
                Begin::Repeated => Fate::Dropped(DropReason::Repeated),
            },
            Err(fate) => fate,
        };
        Decision { site: Some(site), events, begun, fate }
    }

    /// Returns the agent of a beacon that passes the limits and the rules.
    fn pass(&self, beacon: &Beacon, arrival: &Arrival<'_>, known: &KnownSite) -> Result<Arc<Agent>, Fate> {
        let by_site = || self.rates.take_site(known.entry.site.id, beacon.facts.len(), arrival.steady_ms);
        arrival
            .allowed
            .and_then(|()| by_site())
            .map_err(|RetryAfter { seconds }| Fate::Refused(Refusal::Limited { retry_after_seconds: seconds }))?;
        let request = Request { page: &beacon.page, sender: arrival.sender, signals: arrival.signals, site: known };
        if let Some(reason) = RULES.iter().find_map(|rule| rule(&request).err()) {
            return Err(Fate::Dropped(reason));
        }
        let AgentVerdict { agent, bot } = self.enrichers.agents.identify(&arrival.sender.user_agent);
        if bot { Err(Fate::Dropped(DropReason::Bot)) } else { Ok(agent) }
    }

    /// Adds place, agent, source, visitor and session. `None` where the day's salt is not there yet.
    fn enrich(
        &self,
        mut beacon: Beacon,
        arrival: &Arrival<'_>,
        known: &KnownSite,
        agent: &Arc<Agent>,
    ) -> Option<Vec<EnrichedEvent>> {
        let (sender, received_at_ms) = (arrival.sender, arrival.received_at_ms);
        let site = &*known.entry;
        let today = known.salted_day(received_at_ms)?;
        automatic::mask(&mut beacon.facts);
        self.cardinality.cap(&mut beacon, site.site.id, today);
        let page = Arc::new(beacon.page);
        let place = self.enrichers.geo.as_ref().map_or_else(Arc::default, |geo| geo.lookup(sender.address));
        let mut identities = Identities { known, sender, last: None };
        let mut events = Vec::with_capacity(beacon.facts.len());
        for TimedFact { at_ms, fact } in beacon.facts {
            // A fact of a day whose salt is gone is dated to its arrival.
            let (at_ms, identity) = match identities.at(at_ms) {
                Some(identity) => (at_ms, identity),
                None => (received_at_ms, identities.at(received_at_ms)?),
            };
            let key = SessionKey { site: site.site.id, visitor: identity.visitor, yesterday: identity.yesterday };
            let session = self.sessions.touch(key, at_ms, || Entry {
                pathname: page.pathname.clone(),
                landing: self.enrichers.landings.share(Landing {
                    hostname: page.hostname.clone(),
                    acquisition: acquisition(&page.attribution, &page.hostname, &known.rules),
                }),
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
            let page = &event.page;
            let look = |state| Look {
                site: event.site_id,
                path: &page.pathname,
                width: page.viewport.width,
                height: page.document.height,
                state,
            };
            match &event.fact {
                // The elements of a dialog alone do not make a page known, but the state that they make.
                Fact::Layout(layout) if layout.complete || layout.state != 0 => {
                    self.layout_requests.received(look(layout.state), now_ms);
                }
                // A window that has no size yet has no layout.
                Fact::Pageview if page.viewport.width > 0 => wants |= self.layout_requests.wants(look(0), now_ms),
                Fact::Click(click) if click.spot.state != 0 => {
                    wants |= self.layout_requests.wants(look(click.spot.state), now_ms);
                }
                Fact::Pageview
                | Fact::Layout(_)
                | Fact::Custom { .. }
                | Fact::Engagement { .. }
                | Fact::Click(_)
                | Fact::Move(_)
                | Fact::Scroll(_)
                | Fact::Vitals(_)
                | Fact::Leave => {}
            }
        }
        wants
    }
}

/// Adds the rows of events to a record. What events share is written once for those that share it.
pub(super) fn write_rows(record: &mut RowsWriter, events: &[EnrichedEvent]) {
    let mut last: Option<&EnrichedEvent> = None;
    for event in events {
        let Some(fact) = RowFact::of(event) else { continue };
        let shares = last.is_some_and(|last| {
            last.visitor == event.visitor
                && last.local_day == event.local_day
                && Arc::ptr_eq(&last.session, &event.session)
                && Arc::ptr_eq(&last.page, &event.page)
        });
        if !shares {
            record.head(&RowHead::of(event));
        }
        record.fact(&fact);
        last = Some(event);
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
    known: &'a KnownSite,
    sender: &'a Sender,
    last: Option<Identity>,
}

impl Identities<'_> {
    fn at(&mut self, at_ms: i64) -> Option<Identity> {
        let local_day = self.known.salted_day(at_ms)?;
        if let Some(last) = self.last.filter(|last| last.local_day == local_day) {
            return Some(last);
        }
        let yesterday = local_day.checked_sub(1).and_then(|day| self.visitor(day));
        self.last = Some(Identity { local_day, visitor: self.visitor(local_day)?, yesterday });
        self.last
    }

    fn visitor(&self, day: u16) -> Option<VisitorId> {
        let site = &self.known.entry;
        let salt = site.salt(day)?;
        Some(visitor_id(&salt.key, site.site.id, self.sender.address, &self.sender.user_agent))
    }
}
