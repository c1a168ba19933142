//! Owns the live visitors of one site, and the counts over them, which are kept with every change. It knows neither threads nor
//! who asks.

use std::{collections::HashMap, hash::BuildHasher, sync::Arc};

use hashbrown::HashTable;

use super::{
    counted::{Counted, NONE},
    presence::{GOODBYE_MS, MOST_VISITORS, PRESENCE_MS, RestoredPresence, TRAIL},
    visitor::{KNOWN, LEAVING, RETURNING, Visitor},
    wheel::Wheel,
};
use crate::model::{
    Agent, Device, EnrichedEvent, Fact, Pathname, Place, SessionId, SessionStamp, ViewId, VisitorId, id_hash::RandomIds,
};

/// Visitors of a day of whom the first visit is remembered; of the others it is not known whether they were here before.
const MOST_OF_A_DAY: usize = 200_000;

/// Where somebody is, as a value that can be told from others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Spot {
    pub country: Arc<str>,
    pub region: Arc<str>,
    pub city: Arc<str>,
    /// Latitude and longitude, by the bits of the numbers.
    at: [u32; 2],
}

impl Spot {
    fn of(place: &Place) -> Self {
        Self {
            country: place.country.clone(),
            region: place.region.clone(),
            city: place.city.clone(),
            at: [place.latitude.to_bits(), place.longitude.to_bits()],
        }
    }

    /// Returns latitude and longitude.
    pub fn at(&self) -> (f32, f32) {
        (f32::from_bits(self.at[0]), f32::from_bits(self.at[1]))
    }
}

/// Who is here, and the counts by what they have in common.
#[derive(Default)]
pub(super) struct SitePresence {
    visitors: Vec<Visitor>,
    free: Vec<u32>,
    index: HashTable<u32>,
    wheel: Wheel,
    /// Who came last.
    newest: Option<u32>,
    /// Nobody who is here expires later.
    furthest_ms: i64,
    pub pages: Counted<Pathname>,
    pub countries: Counted<Arc<str>>,
    /// Of each spot the number of its country.
    country_of: Vec<u32>,
    pub spots: Counted<Spot>,
    pub sources: Counted<Arc<str>>,
    pub agents: Counted<Arc<Agent>>,
    pub devices: [u32; Device::ALL.len()],
    views: MinuteOfViews,
    day: DayOfVisitors,
    peak: Peak,
    due: Vec<u32>,
}

/// A minute of a site in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minute {
    /// Since the epoch.
    pub minute: u32,
    /// Visitors when it ended.
    pub visitors: u32,
    /// Most visitors at one moment of it.
    pub peak: u32,
}

impl SitePresence {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Takes an accepted event as a sign of life, or of leaving. Returns whether what readers see has changed.
    pub fn note(&mut self, event: &EnrichedEvent, now_ms: i64) {
        self.advance(now_ms);
        let view = event.page.view;
        match event.fact {
            Fact::Leave => self.leave(event.session.id, view, now_ms),
            Fact::Pageview => {
                self.views.count(now_ms);
                self.arrive(event, now_ms);
            }
            Fact::Custom { .. }
            | Fact::Engagement { .. }
            | Fact::Click(_)
            | Fact::Move(_)
            | Fact::Scroll(_)
            | Fact::Layout(_)
            | Fact::Vitals(_) => self.stay(event, now_ms),
        }
        self.peak.see(self.index.len());
    }

    /// Forgets who is gone by now. Returns whether anybody was.
    pub fn advance(&mut self, now_ms: i64) -> bool {
        if self.furthest_ms > now_ms + 2 * PRESENCE_MS {
            return self.look_at_all(now_ms);
        }
        let mut due = std::mem::take(&mut self.due);
        self.wheel.due(&self.visitors, now_ms, &mut due);
        let before = self.index.len();
        for id in due.drain(..) {
            let expires_ms = self.visitors[id as usize].expires_ms;
            if now_ms < expires_ms {
                self.wheel.put(&mut self.visitors, id, expires_ms);
            } else {
                self.remove(id);
            }
        }
        self.due = due;
        self.index.len() != before
    }

    /// The clock was set back: who would be held for as long as it was ahead goes.
    fn look_at_all(&mut self, now_ms: i64) -> bool {
        let all: Vec<u32> = self.index.iter().copied().collect();
        self.furthest_ms = i64::MIN;
        self.wheel.reset(now_ms);
        for &id in &all {
            let expires_ms = self.visitors[id as usize].expires_ms;
            if now_ms < expires_ms && expires_ms <= now_ms + 2 * PRESENCE_MS {
                self.furthest_ms = self.furthest_ms.max(expires_ms);
                self.wheel.put(&mut self.visitors, id, expires_ms);
            } else {
                self.remove(id);
            }
        }
        self.index.len() != all.len()
    }

    fn arrive(&mut self, event: &EnrichedEvent, now_ms: i64) {
        let found = self.find(event.session.id);
        let Some(id) = found.or_else(|| self.add(&Newcomer::of(event), now_ms + PRESENCE_MS)) else { return };
        if found.is_some() {
            self.walk_to(id, &event.page.pathname);
        }
        let visitor = &mut self.visitors[id as usize];
        visitor.pageviews = visitor.pageviews.saturating_add(1);
        visitor.open(event.page.view);
        visitor.flags &= !LEAVING;
        self.keep_until(id, now_ms + PRESENCE_MS);
    }

    /// A sign of life that is no pageview. Reports that trail behind a goodbye do not bring anybody back.
    fn stay(&mut self, event: &EnrichedEvent, now_ms: i64) {
        let found = self.find(event.session.id);
        let Some(id) = found.or_else(|| self.add(&Newcomer::of(event), now_ms + PRESENCE_MS)) else { return };
        let visitor = &mut self.visitors[id as usize];
        if visitor.has(LEAVING) {
            return;
        }
        // Of who was here before a restart the views are not known.
        if !visitor.has_open_views() {
            visitor.open(event.page.view);
        }
        self.keep_until(id, now_ms + PRESENCE_MS);
    }

    fn leave(&mut self, session: SessionId, view: ViewId, now_ms: i64) {
        let Some(id) = self.find(session) else { return };
        let visitor = &mut self.visitors[id as usize];
        visitor.close(view);
        if !visitor.has_open_views() {
            visitor.flags |= LEAVING;
            let expires_ms = visitor.expires_ms.min(now_ms + GOODBYE_MS);
            self.keep_until(id, expires_ms);
        }
    }

    /// Puts back who was here before a restart.
    pub fn restore(&mut self, restored: &RestoredPresence) {
        if self.find(restored.session.id).is_some() {
            return;
        }
        let newcomer = Newcomer {
            session: &restored.session,
            visitor: None,
            path: &restored.path,
            place: &restored.place,
            agent: &restored.agent,
        };
        if let Some(id) = self.add(&newcomer, restored.last_at_ms + PRESENCE_MS) {
            let visitor = &mut self.visitors[id as usize];
            visitor.pageviews = u16::try_from(restored.pageviews).unwrap_or(u16::MAX);
            for (place, path) in visitor.trail.iter_mut().zip(&restored.before) {
                *place = self.pages.hold(path);
            }
        }
        self.peak.see(self.index.len());
    }

    /// Adds somebody, unless too many are here.
    fn add(&mut self, new: &Newcomer<'_>, expires_ms: i64) -> Option<u32> {
        if self.index.len() >= MOST_VISITORS {
            return None;
        }
        let session = new.session.id;
        let source: Arc<str> = new.session.landing.acquisition.source.as_str().into();
        let spot = Spot::of(new.place);
        let returning = new.visitor.and_then(|(visitor, day)| self.day.returns(visitor, day, session));
        let visitor = Visitor {
            session,
            expires_ms,
            others: None,
            view: 0,
            started_at_s: u32::try_from(new.session.started_at_ms.div_euclid(1000)).unwrap_or_default(),
            page: self.pages.hold(new.path),
            trail: [NONE; TRAIL],
            spot: self.hold_spot(&spot),
            source: self.sources.hold(&source),
            agent: self.agents.hold(new.agent),
            timer: [NONE; 2],
            arrival: [self.newest.unwrap_or(NONE), NONE],
            pageviews: 0,
            slot: 0,
            flags: returning.map_or(0, |returning| if returning { KNOWN | RETURNING } else { KNOWN }),
        };
        self.pages.come(visitor.page);
        self.countries.come(self.country_of[visitor.spot as usize]);
        self.spots.come(visitor.spot);
        self.sources.come(visitor.source);
        self.agents.come(visitor.agent);
        self.devices[new.agent.device as usize] += 1;
        let id = if let Some(id) = self.free.pop() {
            self.visitors[id as usize] = visitor;
            id
        } else {
            // By a sixteenth: what doubles is half empty when it has just grown.
            if self.visitors.len() == self.visitors.capacity() {
                self.visitors.reserve_exact((self.visitors.len() / 16).max(4));
            }
            self.visitors.push(visitor);
            u32::try_from(self.visitors.len() - 1).unwrap_or(NONE - 1)
        };
        if let Some(before) = self.newest.replace(id) {
            self.visitors[before as usize].arrival[1] = id;
        }
        let visitors = &self.visitors;
        self.index.insert_unique(hash_of(session), id, |id| hash_of(visitors[*id as usize].session));
        self.wheel.put(&mut self.visitors, id, expires_ms);
        self.furthest_ms = self.furthest_ms.max(expires_ms);
        Some(id)
    }

    /// Removes somebody whom the wheel does not have any more.
    fn remove(&mut self, id: u32) {
        let visitor = &mut self.visitors[id as usize];
        let session = visitor.session;
        visitor.others = None;
        if let Ok(found) = self.index.find_entry(hash_of(session), |other| *other == id) {
            found.remove();
        }
        let visitor = &self.visitors[id as usize];
        for page in visitor.trail() {
            self.pages.release(page);
        }
        if let Some(agent) = self.agents.get(visitor.agent) {
            self.devices[agent.device as usize] -= 1;
        }
        drop_one(&mut self.pages, visitor.page);
        drop_one(&mut self.countries, self.country_of[visitor.spot as usize]);
        drop_one(&mut self.spots, visitor.spot);
        drop_one(&mut self.sources, visitor.source);
        drop_one(&mut self.agents, visitor.agent);
        let [before, after] = visitor.arrival;
        if before != NONE {
            self.visitors[before as usize].arrival[1] = after;
        }
        if after == NONE {
            self.newest = (before != NONE).then_some(before);
        } else {
            self.visitors[after as usize].arrival[0] = before;
        }
        self.free.push(id);
        // A site that a crowd has left gives its memory back.
        if self.index.is_empty() {
            (self.visitors, self.free, self.index) = Default::default();
        }
    }

    fn walk_to(&mut self, id: u32, path: &Pathname) {
        let visitor = &mut self.visitors[id as usize];
        if self.pages.get(visitor.page) == Some(path) {
            return;
        }
        let page = self.pages.hold(path);
        self.pages.come(page);
        let before = std::mem::replace(&mut visitor.page, page);
        self.pages.go(before);
        let forgotten = visitor.trail[TRAIL - 1];
        visitor.trail.copy_within(..TRAIL - 1, 1);
        visitor.trail[0] = before;
        if forgotten != NONE {
            self.pages.release(forgotten);
        }
    }

    fn keep_until(&mut self, id: u32, expires_ms: i64) {
        self.furthest_ms = self.furthest_ms.max(expires_ms);
        let before = std::mem::replace(&mut self.visitors[id as usize].expires_ms, expires_ms);
        // Who stays longer is found and put in anew when their time has come.
        if expires_ms < before {
            self.wheel.take_out(&mut self.visitors, id);
            self.wheel.put(&mut self.visitors, id, expires_ms);
        }
    }

    /// Takes hold of a spot and of its country.
    fn hold_spot(&mut self, spot: &Spot) -> u32 {
        let country = self.countries.hold(&spot.country);
        let id = self.spots.hold(spot);
        let place = id as usize;
        if self.country_of.len() <= place {
            self.country_of.resize(place + 1, NONE);
        }
        self.country_of[place] = country;
        id
    }

    fn find(&self, session: SessionId) -> Option<u32> {
        self.index.find(hash_of(session), |id| self.visitors[*id as usize].session == session).copied()
    }

    /// Returns who is here, who came last first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Visitor> {
        std::iter::successors(self.newest, |id| {
            let before = self.visitors[*id as usize].arrival[0];
            (before != NONE).then_some(before)
        })
        .map(|id| &self.visitors[id as usize])
    }

    pub fn views_last_minute(&self, now_ms: i64) -> u64 {
        self.views.of_the_last(now_ms)
    }

    /// Notes the first visit of a visitor today, as it was before a restart.
    pub fn was_here(&mut self, visitor: VisitorId, day: u16, session: SessionId) {
        self.day.returns(visitor, day, session);
    }

    /// Returns the minute that has ended, once.
    pub fn ended_minute(&mut self, now_ms: i64) -> Option<Minute> {
        self.peak.ended(now_ms, self.index.len())
    }

    /// Returns the minute so far.
    pub fn begun_minute(&self) -> Option<Minute> {
        self.peak.so_far(self.index.len())
    }
}

fn drop_one<K: std::hash::Hash + Eq + Ord + Clone>(counted: &mut Counted<K>, id: u32) {
    counted.go(id);
    counted.release(id);
}

fn hash_of(session: SessionId) -> u64 {
    RandomIds::default().hash_one(session)
}

/// What is known of somebody who comes.
struct Newcomer<'a> {
    session: &'a SessionStamp,
    /// With the day in the zone of the site.
    visitor: Option<(VisitorId, u16)>,
    path: &'a Pathname,
    place: &'a Place,
    agent: &'a Arc<Agent>,
}

impl<'a> Newcomer<'a> {
    fn of(event: &'a EnrichedEvent) -> Self {
        Self {
            session: &event.session,
            visitor: Some((event.visitor, event.local_day)),
            path: &event.page.pathname,
            place: &event.place,
            agent: &event.agent,
        }
    }
}

/// The pageviews of the last minute, by second.
struct MinuteOfViews {
    counts: [u32; 60],
    /// The second that was counted last.
    second: i64,
}

impl Default for MinuteOfViews {
    fn default() -> Self {
        Self { counts: [0; 60], second: 0 }
    }
}

impl MinuteOfViews {
    fn count(&mut self, now_ms: i64) {
        let second = now_ms.div_euclid(1000);
        // A clock that was set back begins a new minute; a late thread counts with the last second.
        if second < self.second - 60 {
            *self = Self { second, ..Self::default() };
        }
        for gone in (self.second + 1..=second).take(60) {
            self.counts[place_of(gone)] = 0;
        }
        if second - self.second >= 60 {
            self.counts = [0; 60];
        }
        self.second = self.second.max(second);
        let count = &mut self.counts[place_of(self.second)];
        *count = count.saturating_add(1);
    }

    fn of_the_last(&self, now_ms: i64) -> u64 {
        let now = now_ms.div_euclid(1000);
        let seconds = (self.second - 59..=self.second).filter(|second| (0..60).contains(&(now - second)));
        seconds.map(|second| u64::from(self.counts[place_of(second)])).sum()
    }
}

fn place_of(second: i64) -> usize {
    usize::try_from(second.rem_euclid(60)).unwrap_or_default()
}

/// The first visit of each visitor of a day: by it a second one is known. Ids of visitors are of one day, so nothing can be known
/// of the day before.
#[derive(Default)]
struct DayOfVisitors {
    day: u16,
    /// Halves of ids, which are random: one in thousands of millions is taken for another.
    first: HashMap<u32, u32, RandomIds>,
}

impl DayOfVisitors {
    /// Returns whether a visitor had another visit on this day before, where that can be known.
    fn returns(&mut self, visitor: VisitorId, day: u16, session: SessionId) -> Option<bool> {
        if day < self.day {
            return None;
        }
        if day > self.day {
            *self = Self { day, first: HashMap::default() };
        }
        let (visitor, session) = (half(visitor.get()), half(session.get()));
        if let Some(first) = self.first.get(&visitor) {
            return Some(*first != session);
        }
        if self.first.len() >= MOST_OF_A_DAY {
            return None;
        }
        self.first.insert(visitor, session);
        Some(false)
    }
}

fn half(id: u64) -> u32 {
    let [a, b, c, d, ..] = id.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Most visitors at one moment of the minute.
#[derive(Default)]
struct Peak {
    /// Since the epoch; none before the first look.
    minute: Option<u32>,
    most: u32,
}

impl Peak {
    fn see(&mut self, visitors: usize) {
        self.most = self.most.max(u32::try_from(visitors).unwrap_or(u32::MAX));
    }

    fn ended(&mut self, now_ms: i64, visitors: usize) -> Option<Minute> {
        let now = u32::try_from(now_ms.div_euclid(60_000)).unwrap_or_default();
        let ended = self.so_far(visitors).filter(|ended| ended.minute != now);
        if self.minute != Some(now) {
            *self = Self { minute: Some(now), most: u32::try_from(visitors).unwrap_or(u32::MAX) };
        }
        ended
    }

    fn so_far(&self, visitors: usize) -> Option<Minute> {
        let visitors = u32::try_from(visitors).unwrap_or(u32::MAX);
        self.minute.filter(|_| self.most > 0).map(|minute| Minute { minute, visitors, peak: self.most })
    }
}
