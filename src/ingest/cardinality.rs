//! Owns the caps on how many different values a site may have in a day, so that made-up names cannot swell the tables.
//! It does not shorten, check or replace values: it says which of them are one too many.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::hashed::HashedSet;
use crate::model::SiteId;

/// Parts with a lock each. All values of a site are in one of them.
const SHARDS: usize = 64;
/// Most values that are held for all sites together, 40 MiB at worst. When full, values that are not held yet are one
/// too many for every site, until days are forgotten.
const MOST_VALUES: usize = 2_000_000;
/// What a day of a site counts as beside its values: its tables take up about as much even when nearly empty.
const DAY_VALUES: usize = 32;

/// What is capped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The path of a page.
    Pathname,
    /// The name of a custom event.
    EventName,
    /// The key of a property of a custom event.
    PropKey,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Pathname, Self::EventName, Self::PropKey];

    /// Returns the word of SQL and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pathname => "pathname",
            Self::EventName => "event_name",
            Self::PropKey => "prop_key",
        }
    }
}

/// Most different values of each kind that a site may have in one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Default: 20 000.
    pub pathnames: usize,
    /// Default: 1000.
    pub event_names: usize,
    /// Default: 300.
    pub prop_keys: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { pathnames: 20_000, event_names: 1000, prop_keys: 300 }
    }
}

impl Caps {
    const fn of(&self, kind: Kind) -> usize {
        match kind {
            Kind::Pathname => self.pathnames,
            Kind::EventName => self.event_names,
            Kind::PropKey => self.prop_keys,
        }
    }
}

/// The values that each site has had today and yesterday, as hashes under a secret of the process: nobody can make up
/// values that pass for others.
///
/// A value that was admitted on a day is admitted for the whole of that day. A site has at most two days, the newest it
/// was asked for and the one before; when a newer day comes, what is older is forgotten. Days that no site asks for any
/// more are forgotten by [`Cardinality::sweep`]. Sites must be known ones: the number of sites is not capped by itself.
pub struct Cardinality {
    shards: Box<[RwLock<HashMap<SiteId, Days>>]>,
    caps: Caps,
    most_values: usize,
    /// Values in all shards, and what their days count as.
    held: AtomicUsize,
    hasher: RandomState,
}

/// The days of one site, at most two.
#[derive(Default)]
struct Days(Vec<Day>);

struct Day {
    day: u16,
    values: [HashedSet; Kind::ALL.len()],
}

impl Cardinality {
    /// Starts without any values.
    #[must_use]
    pub fn new(caps: Caps) -> Self {
        Self::with_room(caps, MOST_VALUES)
    }

    fn with_room(caps: Caps, most_values: usize) -> Self {
        Self {
            shards: std::iter::repeat_with(RwLock::default).take(SHARDS).collect(),
            caps,
            most_values,
            held: AtomicUsize::new(0),
            hasher: RandomState::new(),
        }
    }

    /// Tells whether a value may be kept as it is; if not, the caller puts the overflow name in its place, which is not
    /// to be asked for. `day` is the site's local day, counted from 1970-01-01.
    ///
    /// Nothing new is admitted once the cap of its kind is reached, once [`Cardinality`] is full, or for days before
    /// yesterday.
    pub fn admit(&self, site: SiteId, day: u16, kind: Kind, value: &str) -> bool {
        let hash = self.hasher.hash_one(value);
        let shard = self.shard(site);
        // Whoever sends many new values is turned away here, under a lock that does not keep others out.
        let seen = self.seen(shard.read().unwrap_or_else(PoisonError::into_inner).get(&site), day, kind, hash);
        match seen {
            Seen::Admitted => return true,
            Seen::TooMany => return false,
            Seen::New => {}
        }

        let mut sites = shard.write().unwrap_or_else(PoisonError::into_inner);
        let days = sites.entry(site).or_default();
        // Somebody else may have been here between the two locks.
        match self.seen(Some(days), day, kind, hash) {
            Seen::Admitted => return true,
            Seen::TooMany => return false,
            Seen::New => {}
        }
        self.release(days.forget(|held| is_before_yesterday(held, day)));
        let more = if days.get(day).is_some() { 1 } else { 1 + DAY_VALUES };
        self.reserve(more) && days.get_or_insert(day).values[kind as usize].insert(hash)
    }

    /// Puts back what was admitted before a restart, as far as the caps allow. Values that come first are admitted first.
    pub fn restore(&self, values: impl IntoIterator<Item = (SiteId, u16, Kind, impl AsRef<str>)>) {
        for (site, day, kind, value) in values {
            self.admit(site, day, kind, value.as_ref());
        }
    }

    /// Forgets the days that are neither today nor yesterday anywhere on earth while it is `utc_day` in UTC. To be called
    /// now and then: a site that nobody visits any more would hold its last days for ever, and if the clock was wrong
    /// and days of the future are held, no day of the present would be admitted.
    pub fn sweep(&self, utc_day: u16) {
        let present = utc_day.saturating_sub(2)..=utc_day.saturating_add(1);
        for shard in &self.shards {
            let mut sites = shard.write().unwrap_or_else(PoisonError::into_inner);
            sites.retain(|_, days| {
                self.release(days.forget(|day| !present.contains(&day)));
                !days.0.is_empty()
            });
        }
    }

    /// Returns how much of the room for values is taken, of 2 000 000: each value counts as one, each day of a site as 32.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn seen(&self, days: Option<&Days>, day: u16, kind: Kind, hash: u64) -> Seen {
        let held = days.map_or(&[][..], |days| &days.0);
        let values = held.iter().find(|held| held.day == day).map(|held| &held.values[kind as usize]);
        if values.is_some_and(|values| values.contains(&hash)) {
            return Seen::Admitted;
        }
        let is_full = self.held() >= self.most_values && !held.iter().any(|held| is_before_yesterday(held.day, day));
        let is_capped = values.map_or(0, HashedSet::len) >= self.caps.of(kind);
        let is_past = held.iter().any(|held| is_before_yesterday(day, held.day));
        if is_full || is_capped || is_past { Seen::TooMany } else { Seen::New }
    }

    fn shard(&self, site: SiteId) -> &RwLock<HashMap<SiteId, Days>> {
        let index = usize::try_from(site.get()).expect("a usize has 32 bits at least") % SHARDS;
        &self.shards[index]
    }

    fn reserve(&self, more: usize) -> bool {
        let fits = |held: usize| Some(held + more).filter(|held| *held <= self.most_values);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    fn release(&self, values: usize) {
        self.held.fetch_sub(values, Ordering::Relaxed);
    }
}

/// What is known of a value.
enum Seen {
    Admitted,
    TooMany,
    New,
}

const fn is_before_yesterday(day: u16, today: u16) -> bool {
    day.saturating_add(1) < today
}

impl Days {
    fn get(&self, day: u16) -> Option<&Day> {
        self.0.iter().find(|held| held.day == day)
    }

    fn get_or_insert(&mut self, day: u16) -> &mut Day {
        let index = self.0.iter().position(|held| held.day == day).unwrap_or_else(|| {
            self.0.push(Day { day, values: Default::default() });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    /// Forgets days, and returns what they counted as.
    fn forget(&mut self, is_past: impl Fn(u16) -> bool) -> usize {
        let past = self.0.extract_if(.., |held| is_past(held.day));
        past.map(|day| DAY_VALUES + day.values.iter().map(HashedSet::len).sum::<usize>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    const TODAY: u16 = 20_700;
    const SITE: SiteId = SiteId::new(7);

    fn small() -> Cardinality {
        Cardinality::new(Caps { pathnames: 3, event_names: 2, prop_keys: 1 })
    }

    /// Places of all tables, in use or not.
    fn places(cardinality: &Cardinality) -> usize {
        let places = |shard: &RwLock<HashMap<SiteId, Days>>| {
            let sites = shard.read().unwrap();
            let days = sites.values().flat_map(|days| &days.0);
            days.flat_map(|day| &day.values).map(HashedSet::capacity).sum::<usize>()
        };
        cardinality.shards.iter().map(places).sum()
    }

    #[test]
    fn each_kind_is_admitted_up_to_its_cap_exactly() {
        let cardinality = small();
        for (kind, cap) in [(Kind::Pathname, 3), (Kind::EventName, 2), (Kind::PropKey, 1)] {
            for value in 0..10 {
                let admitted = cardinality.admit(SITE, TODAY, kind, &format!("/{value}"));
                assert_eq!(admitted, value < cap, "{kind:?} {value}");
            }
            for value in 0..10 {
                let admitted = cardinality.admit(SITE, TODAY, kind, &format!("/{value}"));
                assert_eq!(admitted, value < cap, "{kind:?} {value} again");
            }
        }
        assert_eq!(cardinality.held(), 3 + 2 + 1 + DAY_VALUES);
    }

    #[test]
    fn a_cap_of_nothing_admits_nothing() {
        let cardinality = Cardinality::new(Caps { pathnames: 0, ..Caps::default() });
        assert!(!cardinality.admit(SITE, TODAY, Kind::Pathname, "/"));
        assert!(cardinality.admit(SITE, TODAY, Kind::EventName, "/"));
        assert!(!cardinality.admit(SITE, TODAY, Kind::Pathname, "/"));
    }

    #[test]
    fn days_and_sites_have_their_own_caps() {
        let cardinality = small();
        let other = SiteId::new(SITE.get() + u32::try_from(SHARDS).unwrap());
        for (site, day) in [(SITE, TODAY), (SITE, TODAY - 1), (other, TODAY), (other, TODAY + 1)] {
            assert!(cardinality.admit(site, day, Kind::PropKey, "plan"), "{site:?} {day}");
            assert!(!cardinality.admit(site, day, Kind::PropKey, "price"), "{site:?} {day}");
        }
    }

    #[test]
    fn days_before_yesterday_are_forgotten_and_not_taken_up_again() {
        let cardinality = small();
        for day in TODAY..TODAY + 100 {
            assert!(cardinality.admit(SITE, day, Kind::PropKey, "plan"));
            assert!(cardinality.admit(SITE, day - 1, Kind::PropKey, "plan"), "yesterday is held");
            assert!(!cardinality.admit(SITE, day - 1, Kind::PropKey, "price"), "and its cap with it");
            assert!(!cardinality.admit(SITE, day - 2, Kind::PropKey, "plan"), "the day before is gone");
            assert_eq!(cardinality.held(), 2 * (1 + DAY_VALUES));
        }
        assert!(cardinality.admit(SITE, u16::MAX, Kind::PropKey, "plan"), "the last day that can be written");
        assert_eq!(cardinality.held(), 1 + DAY_VALUES);
    }

    #[test]
    fn a_million_names_take_no_more_memory_than_the_cap() {
        let cardinality = Cardinality::new(Caps::default());
        for value in 0..20_000 {
            assert!(cardinality.admit(SITE, TODAY, Kind::Pathname, &format!("/{value}")));
        }
        let before = (cardinality.held(), places(&cardinality));
        for value in 20_000..1_020_000 {
            assert!(!cardinality.admit(SITE, TODAY, Kind::Pathname, &format!("/{value}")));
        }
        assert_eq!((cardinality.held(), places(&cardinality)), before);
        assert!(cardinality.admit(SITE, TODAY, Kind::Pathname, "/0"));
    }

    #[test]
    fn all_sites_together_are_bounded() {
        let room = 10 * (DAY_VALUES + 1);
        let cardinality = Cardinality::with_room(Caps::default(), room);
        let admitted = |site, day| cardinality.admit(SiteId::new(site), day, Kind::Pathname, "/");
        assert_eq!((0..1000).filter(|site| admitted(*site, TODAY)).count(), 10);
        assert_eq!(cardinality.held(), room);
        assert!(admitted(0, TODAY), "what is held stays admitted");
        assert!(!admitted(0, TODAY + 1), "there is no room for another day");
        cardinality.sweep(TODAY + 3);
        assert_eq!(cardinality.held(), 0);
        assert!(admitted(0, TODAY + 3));
    }

    #[test]
    fn a_newer_day_takes_the_room_of_the_older_also_when_all_is_full() {
        let cardinality = Cardinality::with_room(Caps::default(), 2 * (1 + DAY_VALUES));
        for day in TODAY..TODAY + 100 {
            assert!(cardinality.admit(SITE, day, Kind::Pathname, "/"), "{day}");
            assert!(cardinality.admit(SITE, day, Kind::Pathname, "/"), "{day} again");
            assert!(day == TODAY || !cardinality.admit(SITE, day, Kind::Pathname, "/about"), "{day} is full");
        }
    }

    #[test]
    fn sweeping_forgets_days_of_the_past_and_of_a_wrong_clock() {
        let cardinality = small();
        for site in 0..200 {
            cardinality.admit(SiteId::new(site), TODAY, Kind::Pathname, "/");
        }
        cardinality.sweep(TODAY - 1);
        cardinality.sweep(TODAY + 2);
        assert_eq!(cardinality.held(), 200 * (1 + DAY_VALUES), "it is still yesterday somewhere");
        cardinality.sweep(TODAY + 3);
        assert_eq!(cardinality.held(), 0);
        assert!(cardinality.shards.iter().all(|shard| shard.read().unwrap().is_empty()));

        assert!(cardinality.admit(SITE, TODAY + 300, Kind::Pathname, "/"));
        assert!(!cardinality.admit(SITE, TODAY, Kind::Pathname, "/"));
        cardinality.sweep(TODAY);
        assert!(cardinality.admit(SITE, TODAY, Kind::Pathname, "/"));
    }

    #[test]
    fn what_is_restored_is_admitted_and_counts() {
        let cardinality = small();
        cardinality.restore((0..10).map(|value| (SITE, TODAY, Kind::Pathname, format!("/{value}"))));
        cardinality.restore([(SITE, TODAY - 1, Kind::EventName, "buy"), (SITE, TODAY - 2, Kind::EventName, "buy")]);
        for value in 0..10 {
            assert_eq!(cardinality.admit(SITE, TODAY, Kind::Pathname, &format!("/{value}")), value < 3, "/{value}");
        }
        assert_eq!(cardinality.held(), 3 + 1 + 2 * DAY_VALUES);
    }

    #[test]
    fn threads_together_reach_the_cap_exactly_and_agree() {
        let cardinality = Cardinality::new(Caps { pathnames: 500, ..Caps::default() });
        let start = std::sync::Barrier::new(4);
        let ask = |first: usize| {
            start.wait();
            let values = (0..4000).map(|value| (first + value) % 4000);
            values.filter(|value| cardinality.admit(SITE, TODAY, Kind::Pathname, &format!("/{value}"))).collect()
        };
        let admitted: Vec<HashSet<usize>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || ask(thread * 1000))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(cardinality.held(), 500 + DAY_VALUES);
        let all: HashSet<&usize> = admitted.iter().flatten().collect();
        assert_eq!(all.len(), 500);
        for value in all {
            assert!(cardinality.admit(SITE, TODAY, Kind::Pathname, &format!("/{value}")), "/{value} was taken back");
        }
    }

    #[test]
    fn of_values_that_come_at_once_one_gets_the_last_place_and_equal_ones_all_do() {
        const SITES: u32 = 3000;
        let cardinality = Cardinality::new(Caps { pathnames: 1, ..Caps::default() });
        let start = std::sync::Barrier::new(4);
        let ask = |thread: usize| {
            let sites = (0..SITES).map(SiteId::new).filter(|site| {
                start.wait();
                assert!(cardinality.admit(*site, TODAY, Kind::EventName, "buy"), "{site:?}");
                cardinality.admit(*site, TODAY, Kind::Pathname, &format!("/{thread}"))
            });
            sites.count()
        };
        let admitted: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || ask(thread))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(admitted, SITES as usize);
        assert_eq!(cardinality.held(), SITES as usize * (2 + DAY_VALUES));
    }

    proptest! {
        #[test]
        fn does_what_sets_of_texts_do(
            asks in prop::collection::vec((0_u32..3, 0_u16..4, 0_usize..3, 0_u32..6), 1..300),
        ) {
            let cardinality = small();
            let mut model: HashMap<(u32, u16, usize), HashSet<u32>> = HashMap::new();
            let mut newest: HashMap<u32, u16> = HashMap::new();
            for (step, (site, day, kind, value)) in asks.into_iter().enumerate() {
                // Days go on while the asks do.
                let day = TODAY + day + u16::try_from(step / 40).unwrap();
                let admitted = cardinality.admit(SiteId::new(site), day, Kind::ALL[kind], &value.to_string());
                let newest = newest.entry(site).or_insert(day);
                let expected = day + 1 >= *newest && {
                    let cap = cardinality.caps.of(Kind::ALL[kind]);
                    let values = model.entry((site, day, kind)).or_default();
                    values.contains(&value) || values.len() < cap && values.insert(value)
                };
                *newest = day.max(*newest);
                model.retain(|(held_site, held_day, _), _| *held_site != site || held_day + 1 >= *newest);
                prop_assert_eq!(admitted, expected);
            }
            let values: usize = model.values().map(HashSet::len).sum();
            let days: HashSet<_> = model.iter().filter(|(_, values)| !values.is_empty()).map(|(key, _)| (key.0, key.1)).collect();
            prop_assert_eq!(cardinality.held(), values + days.len() * DAY_VALUES);
        }
    }
}
