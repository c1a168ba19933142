//! Owns the way of events that servers send, of now or long ago, into the spool: rules, visitor and session at the time of
//! the event. It does not read their format.
//!
//! Sessions are put together by the time of the events. Of the last half hour they are those of live visitors; before that,
//! the last session of each visitor is remembered between requests, and a session is named by its visitor and start. So the
//! same events make the same sessions again, however they are cut into requests, as long as they come in the order of time
//! and one request after the other. Rows that are stored are never changed: what comes later and belongs before or between
//! them makes a session of its own.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, atomic::AtomicI64, atomic::Ordering},
};

use jiff::Timestamp;

use super::{
    pipeline::{Ingest, Refusal, write_rows},
    repeats::{BatchId, Begin, Repeats},
    server_event::ServerEvent,
    sessions::{Entry, SESSION_GAP, SessionKey, Sessions},
    sites::KnownSite,
};
use crate::{
    enrich::{AgentVerdict, Claim, acquisition, imported_visitor_id, visitor_id},
    live::presence::PRESENCE_MS,
    model::{
        Agent, Beacon, DropReason, EnrichedEvent, Fact, Landing, Outcome, PageView, SiteId, Size, TimedFact, ViewId,
        VisitorId,
    },
    spool::{NotKept, record::RowsWriter, segment::MOST_PAYLOAD_BYTES},
    store::block::Month,
};

/// Most visitors whose last session is remembered between requests, 30 MB.
const MOST_PAST_SESSIONS: usize = 100_000;
/// How long they are remembered after the last request.
const PAST_MS: i64 = 60 * 60 * 1000;
/// Most months that the events of one request may be of: each is an insert of its own.
const MONTHS: usize = 60;

/// What is remembered between requests.
pub struct Past {
    sessions: Sessions,
    /// The ids of recent events, apart from those of browsers: a large import must not make those be forgotten.
    repeats: Repeats,
    used_at_ms: AtomicI64,
}

impl Default for Past {
    fn default() -> Self {
        Self {
            sessions: Sessions::of_the_past(MOST_PAST_SESSIONS),
            repeats: Repeats::default(),
            used_at_ms: AtomicI64::new(0),
        }
    }
}

impl Past {
    /// Forgets what no request has asked for lately.
    pub fn sweep(&self, now_ms: i64) {
        if now_ms.saturating_sub(self.used_at_ms.load(Ordering::Relaxed)) > PAST_MS {
            self.sessions.make_room(usize::MAX / 2);
        }
    }
}

/// What became of the events of a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// In the spool, as durable as it promises.
    pub accepted: usize,
    /// Left out by a documented rule.
    pub dropped: BTreeMap<&'static str, usize>,
}

/// Why nothing of a request was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(
        "the events are of {found} months, at most {MONTHS} are allowed in a request: send them in the order of time"
    )]
    TooManyMonths { found: usize },
    #[error("with what is added the events are too large for one request: send fewer at once")]
    TooLarge,
}

/// What was decided about the events of a request before they are durable.
pub struct Decided {
    site: SiteId,
    events: Vec<EnrichedEvent>,
    drops: BTreeMap<DropReason, usize>,
    /// Ids that are in flight until it is known whether their events are kept.
    begun: Vec<BatchId>,
    record: Vec<u8>,
}

impl Ingest {
    /// Asks the limits and the rules, and enriches what passes them. It takes milliseconds of a core: not for async threads.
    pub fn decide_past(
        &self,
        known: &KnownSite,
        import_key: &[u8; 32],
        mut events: Vec<ServerEvent>,
        received_at_ms: i64,
    ) -> Result<Decided, NotTaken> {
        let site = known.entry.site.id;
        let steady_ms = self.clock.now_ms();
        let all = events.len();
        if let Err(wait) = self.rates.take_site(site, all, steady_ms) {
            self.settle(site, received_at_ms, Outcome::Limited, all);
            return Err(Refusal::Limited { retry_after_seconds: wait.seconds }.into());
        }
        self.past.used_at_ms.store(steady_ms, Ordering::Relaxed);
        self.past.sessions.make_room(all);
        events.sort_by_key(|event| event.at_ms);
        let mut decided = Decided {
            site,
            events: Vec::with_capacity(all),
            drops: BTreeMap::new(),
            begun: Vec::new(),
            record: Vec::new(),
        };
        let done = self.fill(&mut decided, known, import_key, events, received_at_ms);
        if let Err(not_taken) = done {
            self.forget(&decided.begun);
            let outcome = match not_taken {
                NotTaken::Refused(_) => Outcome::Unavailable,
                NotTaken::TooManyMonths { .. } | NotTaken::TooLarge => Outcome::Rejected,
            };
            self.settle(site, received_at_ms, outcome, all);
            return Err(not_taken);
        }
        Ok(decided)
    }

    fn fill(
        &self,
        decided: &mut Decided,
        known: &KnownSite,
        import_key: &[u8; 32],
        events: Vec<ServerEvent>,
        received_at_ms: i64,
    ) -> Result<(), NotTaken> {
        let steady_ms = self.clock.now_ms();
        let mut ids = HashSet::new();
        for event in events {
            let agent = match self.passes(known, &event) {
                Ok(agent) => agent,
                Err(reason) => {
                    *decided.drops.entry(reason).or_default() += 1;
                    continue;
                }
            };
            if let Some(id) = event.id.as_deref().map(|id| batch_id(decided.site, id)) {
                let begin = if ids.insert(id) { self.past.repeats.begin(id, steady_ms) } else { Begin::Repeated };
                match begin {
                    Begin::New => decided.begun.push(id),
                    Begin::InFlight => return Err(Refusal::InFlight.into()),
                    Begin::Repeated => {
                        *decided.drops.entry(DropReason::Repeated).or_default() += 1;
                        continue;
                    }
                }
            }
            let event = self.enrich_past(known, import_key, event, agent, received_at_ms);
            decided.events.push(event.ok_or(Refusal::Busy)?);
        }
        let months: BTreeSet<Month> = decided.events.iter().map(|event| Month::of_day(event.local_day)).collect();
        if months.len() > MONTHS {
            return Err(NotTaken::TooManyMonths { found: months.len() });
        }
        // What events share is written once for neighbours.
        decided.events.sort_by_key(|event| (event.visitor, event.session.started_at_ms, event.at_ms));
        let mut record = RowsWriter::new(received_at_ms);
        write_rows(&mut record, &decided.events);
        decided.record = if record.rows() == 0 { Vec::new() } else { record.finish() };
        if decided.record.len() > MOST_PAYLOAD_BYTES { Err(NotTaken::TooLarge) } else { Ok(()) }
    }

    /// Waits until what passed the rules is durable, all of it or nothing, and counts each event's outcome once.
    pub async fn keep_past(&self, decided: Decided, received_at_ms: i64) -> Result<Taken, NotTaken> {
        let Decided { site, events, drops, begun, record } = decided;
        let kept = if record.is_empty() { Ok(()) } else { self.keep_record(&record).await };
        if let Err(refusal) = kept {
            self.forget(&begun);
            let all = events.len() + drops.values().sum::<usize>();
            self.settle(site, received_at_ms, Outcome::Unavailable, all);
            return Err(refusal.into());
        }
        for &id in &begun {
            self.past.repeats.keep(id);
        }
        self.settle(site, received_at_ms, Outcome::Accepted, events.len());
        let mut taken = Taken { accepted: events.len(), dropped: BTreeMap::new() };
        for (reason, count) in drops {
            self.settle(site, received_at_ms, Outcome::Dropped(reason), count);
            taken.dropped.insert(reason.as_str(), count);
        }
        for event in events.iter().filter(|event| event.at_ms > received_at_ms - PRESENCE_MS) {
            self.presence.note(event, received_at_ms);
        }
        Ok(taken)
    }

    async fn keep_record(&self, record: &[u8]) -> Result<(), Refusal> {
        let commit = self.spool.append(record).map_err(|NotKept| Refusal::Busy)?;
        commit.durable().await.map_err(|NotKept| Refusal::Busy)
    }

    fn settle(&self, site: SiteId, received_at_ms: i64, outcome: Outcome, events: usize) {
        self.outcomes.open(events).settle(outcome);
        self.tallies.add(site, received_at_ms, outcome, events);
    }

    fn forget(&self, begun: &[BatchId]) {
        for &id in begun {
            self.past.repeats.forget(id);
        }
    }

    /// Returns the agent of an event that passes the rules. Those of a browser's wishes do not apply.
    fn passes(&self, known: &KnownSite, event: &ServerEvent) -> Result<Arc<Agent>, DropReason> {
        let rules = &known.rules;
        if event.address.is_some_and(|address| rules.excludes_address(address)) {
            return Err(DropReason::ExcludedAddress);
        }
        if !rules.allows_hostname(&event.url.hostname) {
            return Err(DropReason::Hostname);
        }
        if rules.excludes_path(&event.url.pathname) {
            return Err(DropReason::ExcludedPath);
        }
        let AgentVerdict { agent, bot } = self.enrichers.agents.identify(&event.user_agent);
        if bot { Err(DropReason::Bot) } else { Ok(agent) }
    }

    /// Adds place, source, visitor and session. `None` where a day of now has no salt yet.
    fn enrich_past(
        &self,
        known: &KnownSite,
        import_key: &[u8; 32],
        event: ServerEvent,
        agent: Arc<Agent>,
        received_at_ms: i64,
    ) -> Option<EnrichedEvent> {
        let site = &known.entry.site;
        let at_ms = event.at_ms;
        let salted = known.salted_day(at_ms);
        let local_day = match salted {
            Some(day) => day,
            None => known.entry.local_day(Timestamp::from_millisecond(at_ms).ok()?)?,
        };
        let whose = Whose { known, import_key, event: &event };
        let visitor = whose.visitor_on(local_day);
        let yesterday = local_day.checked_sub(1).map(|day| whose.visitor_on(day));
        let mut beacon = Beacon {
            page: PageView {
                site: site.name.clone(),
                view: view_id(site.id, visitor, &event),
                hostname: event.url.hostname,
                pathname: event.url.pathname,
                attribution: event.url.attribution,
                viewport: Size::default(),
                document: Size::default(),
            },
            batch: None,
            facts: vec![TimedFact { at_ms, fact: event.fact }],
        };
        // Of the days of now, on which browsers send, too. Who has a key may name what they want of earlier ones.
        if let Some(day) = salted {
            self.cardinality.cap(&mut beacon, site.id, day);
        }
        let fact = beacon.facts.pop()?.fact;
        let page = beacon.page;
        let key = SessionKey { site: site.id, visitor, yesterday };
        let entry = || Entry {
            pathname: page.pathname.clone(),
            landing: self.enrichers.landings.share(Landing {
                hostname: page.hostname.clone(),
                acquisition: acquisition(&page.attribution, &page.hostname, &known.rules),
            }),
        };
        let is_recent = received_at_ms - at_ms <= i64::try_from(SESSION_GAP.as_millis()).unwrap_or(i64::MAX);
        let session = match salted {
            Some(_) if is_recent => {
                self.sessions.touch_or_carry(key, at_ms, || self.past.sessions.find(key, at_ms), entry)
            }
            // A live visitor's session may have begun before.
            Some(_) => self.sessions.find(key, at_ms).unwrap_or_else(|| self.past.sessions.touch(key, at_ms, entry)),
            None => self.past.sessions.touch(key, at_ms, entry),
        };
        let geo = self.enrichers.geo.as_ref().zip(event.address);
        Some(EnrichedEvent {
            page: Arc::new(page),
            at_ms,
            fact,
            site_id: site.id,
            local_day,
            visitor,
            session,
            place: geo.map_or_else(Arc::default, |(geo, address)| geo.lookup(address)),
            agent,
        })
    }
}

/// Tells who an event is of on a day.
struct Whose<'a> {
    known: &'a KnownSite,
    import_key: &'a [u8; 32],
    event: &'a ServerEvent,
}

impl Whose<'_> {
    /// By address and user agent it is the visitor that a browser would be, as long as the day has its salt.
    fn visitor_on(&self, day: u16) -> VisitorId {
        let (site, user_agent) = (self.known.entry.site.id, self.event.user_agent.as_str());
        let claim = match (&self.event.visitor, self.event.address) {
            (Some(name), _) => Claim::Name(name),
            (None, address) => {
                if let (Some(address), Some(salt)) = (address, self.known.entry.salt(day)) {
                    return visitor_id(&salt.key, site, address, user_agent);
                }
                Claim::Browser { address, user_agent }
            }
        };
        imported_visitor_id(self.import_key, site, day, claim)
    }
}

/// Returns the view of an event: made of what the event is, so that it is the same again.
fn view_id(site: SiteId, visitor: VisitorId, event: &ServerEvent) -> ViewId {
    let mut hash = blake3::Hasher::new();
    hash.update(b"view").update(&site.get().to_be_bytes()).update(&visitor.get().to_be_bytes());
    hash.update(&event.at_ms.to_be_bytes());
    let name = match &event.fact {
        Fact::Custom { name, .. } => name.as_str(),
        _ => "",
    };
    for text in
        [event.id.as_deref().unwrap_or_default(), name, event.url.hostname.as_str(), event.url.pathname.as_str()]
    {
        hash.update(&(text.len() as u64).to_be_bytes()).update(text.as_bytes());
    }
    ViewId::new(first_number(&hash.finalize()))
}

fn batch_id(site: SiteId, id: &str) -> BatchId {
    let hash =
        blake3::Hasher::new().update(b"event").update(&site.get().to_be_bytes()).update(id.as_bytes()).finalize();
    BatchId { view: first_number(&hash), n: site.get() }
}

fn first_number(hash: &blake3::Hash) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_be_bytes(first)
}
