//! Owns the memory of which batches came in recently, so that a batch that is sent again is counted once.
//! It does not keep batches or answer requests, and a restart forgets everything.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::hashed::{HashedMap, HashedSet};

/// A batch is recognised for twice this time at least and three times at most.
const PERIOD_MS: i64 = 5 * 60 * 1000;
const GENERATIONS: usize = 3;
/// Parts with a lock each.
const SHARDS: usize = 64;
/// Most ids in one generation of one shard: what a table of 8192 places holds. That makes 1 376 256 ids in 14 MiB.
/// When full, the oldest generation is forgotten before its time, so about the latest 900 000 ids are always there.
const GENERATION_IDS: usize = 7168;
/// Most batches of one shard whose fate is open, 65 536 with all shards. When full, batches are told to come back.
const IN_FLIGHT_IDS: usize = 1024;
/// How long the fate of a batch may be open: longer than anybody waits for a disk. Then its caller is taken for dead.
const IN_FLIGHT_MS: i64 = 60_000;

/// The name of a batch: the tracker numbers the batches of a view. Both are kept when it sends a batch again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId {
    /// Random, see `ViewId`.
    pub view: u64,
    /// The number of the batch in its view.
    pub n: u32,
}

/// What is known of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// It was not seen, and is in flight now. The caller owes [`Repeats::keep`] or [`Repeats::forget`].
    New,
    /// It, or too much else, is in flight: nobody can say yet whether it will be kept. To be answered 503, come back
    /// after a second; 202 would promise what may not come true.
    InFlight,
    /// It was kept. To be answered 202 again, and not counted.
    Repeated,
}

/// The ids of recent batches, as hashes under a secret of the process: nobody can make up an id that hides another.
///
/// A batch that was kept is recognised for 10 minutes after it began, or until about 900 000 others were kept after it;
/// then it is taken for new and counted again. A batch whose caller never said what became of it is taken for new after
/// a minute. A clock that is set forward forgets early; one that is set back forgets late.
pub struct Repeats {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
}

#[derive(Default)]
struct Shard {
    /// What was kept, youngest first. Forgetting is to empty the last of them.
    kept: [HashedSet; GENERATIONS],
    youngest_since_ms: i64,
    /// When each batch began whose fate is open.
    in_flight: HashedMap<i64>,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(), hasher: RandomState::new() }
    }
}

impl Repeats {
    /// Asks whether a batch is new, and if so reserves its id: one of several callers at the same time gets
    /// [`Begin::New`].
    pub fn begin(&self, id: BatchId, now_ms: i64) -> Begin {
        let key = self.hasher.hash_one(id);
        let mut shard = self.shard(key);
        shard.turn_by_time(now_ms);
        if shard.kept.iter().any(|generation| generation.contains(&key)) {
            return Begin::Repeated;
        }
        let is_open = |began_at_ms: i64| now_ms.abs_diff(began_at_ms) < IN_FLIGHT_MS.unsigned_abs();
        if shard.in_flight.get(&key).is_some_and(|began_at_ms| is_open(*began_at_ms)) {
            return Begin::InFlight;
        }
        if shard.in_flight.len() >= IN_FLIGHT_IDS {
            shard.in_flight.retain(|_, began_at_ms| is_open(*began_at_ms));
            if shard.in_flight.len() >= IN_FLIGHT_IDS {
                return Begin::InFlight;
            }
        }
        shard.in_flight.insert(key, now_ms);
        Begin::New
    }

    /// Notes that a batch was kept. From now on it is repeated, even if it was taken for dead in the meantime.
    pub fn keep(&self, id: BatchId) {
        let key = self.hasher.hash_one(id);
        let mut shard = self.shard(key);
        shard.in_flight.remove(&key);
        if shard.kept[0].len() >= GENERATION_IDS {
            shard.turn();
        }
        shard.kept[0].insert(key);
    }

    /// Notes that a batch was not kept, so that it is new when it comes again. A batch that was kept stays kept.
    pub fn forget(&self, id: BatchId) {
        let key = self.hasher.hash_one(id);
        self.shard(key).in_flight.remove(&key);
    }

    /// Puts back what was kept before a restart, as if it had begun at `now_ms`. Beyond the bound the last ones stay.
    pub fn restore(&self, ids: impl IntoIterator<Item = BatchId>, now_ms: i64) {
        for id in ids {
            self.shard(self.hasher.hash_one(id)).turn_by_time(now_ms);
            self.keep(id);
        }
    }

    /// Returns how many batches are remembered, with those in flight.
    #[must_use]
    pub fn held(&self) -> usize {
        let count = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.in_flight.len() + shard.kept.iter().map(HashedSet::len).sum::<usize>()
        };
        self.shards.iter().map(count).sum()
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Shard> {
        // From the middle of the hash: tables use both ends.
        let index = usize::try_from((key >> 32) % SHARDS as u64).expect("the number of shards is a usize");
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn turn_by_time(&mut self, now_ms: i64) {
        let age_ms = now_ms.saturating_sub(self.youngest_since_ms);
        if age_ms < -PERIOD_MS {
            // The clock was set back. What is there stays for as long as if it had come now.
            self.youngest_since_ms = now_ms;
            return;
        }
        let turns = (age_ms / PERIOD_MS).max(0);
        for _ in (0..turns).take(GENERATIONS) {
            self.turn();
        }
        self.youngest_since_ms += turns * PERIOD_MS;
    }

    /// Forgets the oldest generation and starts a young one in its memory.
    fn turn(&mut self) {
        self.kept.rotate_right(1);
        self.kept[0].clear();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use proptest::prelude::*;

    use super::*;

    const NOW_MS: i64 = 1_790_000_000_000;
    const MINUTE_MS: i64 = 60_000;

    fn id(view: u64) -> BatchId {
        BatchId { view, n: 0 }
    }

    #[test]
    fn a_batch_is_new_then_in_flight_then_repeated() {
        let repeats = Repeats::default();
        assert_eq!(repeats.begin(id(1), NOW_MS), Begin::New);
        assert_eq!(repeats.begin(id(1), NOW_MS + 1), Begin::InFlight);
        assert_eq!(repeats.begin(BatchId { view: 1, n: 1 }, NOW_MS), Begin::New, "the next batch of the view");
        assert_eq!(repeats.begin(BatchId { view: 2, n: 0 }, NOW_MS), Begin::New, "the batch of another view");
        repeats.keep(id(1));
        assert_eq!(repeats.begin(id(1), NOW_MS + 2), Begin::Repeated);
    }

    #[test]
    fn a_batch_that_was_not_kept_is_new_again() {
        let repeats = Repeats::default();
        assert_eq!(repeats.begin(id(1), NOW_MS), Begin::New);
        repeats.forget(id(1));
        assert_eq!(repeats.begin(id(1), NOW_MS), Begin::New);
        repeats.keep(id(1));
        repeats.forget(id(1));
        assert_eq!(repeats.begin(id(1), NOW_MS), Begin::Repeated, "what was kept stays kept");
        assert_eq!(repeats.held(), 1);
    }

    #[test]
    fn a_batch_is_remembered_for_ten_minutes_and_not_for_more_than_fifteen() {
        for start_ms in (NOW_MS..NOW_MS + PERIOD_MS).step_by(37_000) {
            let repeats = Repeats::default();
            assert_eq!(repeats.begin(id(1), start_ms), Begin::New);
            repeats.keep(id(1));
            for minute in 0..=10 {
                assert_eq!(repeats.begin(id(1), start_ms + minute * MINUTE_MS), Begin::Repeated, "{minute} minutes");
            }
            assert_eq!(repeats.begin(id(1), start_ms + 15 * MINUTE_MS), Begin::New);
        }
    }

    #[test]
    fn a_batch_whose_caller_died_is_new_after_a_minute() {
        let repeats = Repeats::default();
        assert_eq!(repeats.begin(id(1), NOW_MS), Begin::New);
        assert_eq!(repeats.begin(id(1), NOW_MS + IN_FLIGHT_MS - 1), Begin::InFlight);
        assert_eq!(repeats.begin(id(1), NOW_MS + IN_FLIGHT_MS), Begin::New);
        assert_eq!(repeats.begin(id(1), NOW_MS + IN_FLIGHT_MS), Begin::InFlight);
        repeats.keep(id(1));
        repeats.forget(id(1));
        assert_eq!(repeats.begin(id(1), NOW_MS + IN_FLIGHT_MS), Begin::Repeated, "the first caller lived after all");
    }

    #[test]
    fn what_was_kept_before_a_restart_is_repeated() {
        let repeats = Repeats::default();
        repeats.restore((0..1000).map(id), NOW_MS);
        for view in 0..1000 {
            assert_eq!(repeats.begin(id(view), NOW_MS + 10 * MINUTE_MS), Begin::Repeated);
        }
        assert_eq!(repeats.begin(id(1000), NOW_MS), Begin::New);
    }

    #[test]
    fn a_clock_that_is_set_back_or_forward_stops_nothing() {
        let repeats = Repeats::default();
        repeats.begin(id(1), NOW_MS);
        repeats.begin(id(2), NOW_MS);
        repeats.keep(id(1));
        let yesterday_ms = NOW_MS - 24 * 60 * MINUTE_MS;
        assert_eq!(repeats.begin(id(1), yesterday_ms), Begin::Repeated);
        assert_eq!(repeats.begin(id(2), yesterday_ms), Begin::New, "no caller is in flight for a day");
        assert_eq!(repeats.begin(id(1), yesterday_ms + 15 * MINUTE_MS), Begin::New, "nor is a batch kept for a day");
        for now_ms in [i64::MIN, i64::MAX, 0, i64::MAX, i64::MIN, NOW_MS] {
            repeats.begin(id(3), now_ms);
        }
    }

    #[test]
    fn the_count_is_bounded_and_the_latest_stay() {
        let repeats = Repeats::default();
        let most = (SHARDS * GENERATIONS * GENERATION_IDS) as u64;
        for view in 0..2 * most {
            assert_eq!(repeats.begin(id(view), NOW_MS), Begin::New);
            repeats.keep(id(view));
        }
        assert!(repeats.held() as u64 <= most, "{} are held", repeats.held());
        for view in (2 * most - 850_000..2 * most).step_by(101) {
            assert_eq!(repeats.begin(id(view), NOW_MS), Begin::Repeated, "{} ago", 2 * most - view);
        }
        let places: usize = repeats
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap().kept.iter().map(HashedSet::capacity).sum::<usize>())
            .sum();
        assert_eq!(places, SHARDS * GENERATIONS * GENERATION_IDS, "a table has grown");
    }

    #[test]
    fn batches_whose_fate_is_open_are_bounded() {
        let repeats = Repeats::default();
        let most = (SHARDS * IN_FLIGHT_IDS) as u64;
        let taken = (0..2 * most).filter(|view| repeats.begin(id(*view), NOW_MS) == Begin::New).count() as u64;
        assert_eq!(taken, most);
        assert_eq!(repeats.held() as u64, most);
        assert_eq!(repeats.begin(id(u64::MAX), NOW_MS), Begin::InFlight, "there is no room");
        assert_eq!(repeats.begin(id(u64::MAX), NOW_MS + IN_FLIGHT_MS), Begin::New, "the dead make room");
    }

    #[test]
    fn of_callers_at_the_same_time_one_gets_the_batch() {
        let repeats = Repeats::default();
        let [new, kept] = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let start = std::sync::Barrier::new(4);
        let send = || {
            start.wait();
            for view in 0..2000 {
                // Each sender tries until its batch is answered by 202.
                loop {
                    match repeats.begin(id(view), NOW_MS) {
                        Begin::New if new.fetch_add(1, Ordering::Relaxed) % 3 == 0 => repeats.forget(id(view)),
                        Begin::New => {
                            kept.fetch_add(1, Ordering::Relaxed);
                            repeats.keep(id(view));
                            break;
                        }
                        Begin::InFlight => std::thread::yield_now(),
                        Begin::Repeated => break,
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(send);
            }
        });
        assert_eq!(kept.into_inner(), 2000, "a batch was kept twice or not at all");
        assert_eq!(repeats.held(), 2000);
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Begin(u64),
        Keep(u64),
        Forget(u64),
        Pass(i64),
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (0_u64..6).prop_map(Step::Begin),
            3 => (0_u64..6).prop_map(Step::Keep),
            2 => (0_u64..6).prop_map(Step::Forget),
            2 => (0_i64..20_000).prop_map(Step::Pass),
            2 => (0_i64..6 * MINUTE_MS).prop_map(Step::Pass),
        ]
    }

    #[derive(Debug, Clone, Copy)]
    enum Fate {
        Open(i64),
        Kept(i64),
    }

    proptest! {
        #[test]
        fn does_what_a_map_of_fates_does(steps in prop::collection::vec(any_step(), 1..200)) {
            let repeats = Repeats::default();
            let mut fates: HashMap<u64, Fate> = HashMap::new();
            let mut now_ms = NOW_MS;
            for step in steps {
                match step {
                    Step::Pass(pause_ms) => now_ms += pause_ms,
                    // As callers do: only what they have begun.
                    Step::Keep(view) => if let Some(Fate::Open(began_at_ms)) = fates.get(&view).copied() {
                        repeats.keep(id(view));
                        fates.insert(view, Fate::Kept(began_at_ms));
                    },
                    Step::Forget(view) => {
                        repeats.forget(id(view));
                        if let Some(Fate::Open(_)) = fates.get(&view) {
                            fates.remove(&view);
                        }
                    }
                    Step::Begin(view) => {
                        let begin = repeats.begin(id(view), now_ms);
                        match fates.get(&view) {
                            None => prop_assert_eq!(begin, Begin::New),
                            Some(Fate::Open(began_at_ms)) if now_ms - began_at_ms < IN_FLIGHT_MS => {
                                prop_assert_eq!(begin, Begin::InFlight);
                            }
                            Some(Fate::Open(_)) => prop_assert_eq!(begin, Begin::New),
                            Some(Fate::Kept(at_ms)) if now_ms - at_ms <= 10 * MINUTE_MS => {
                                prop_assert_eq!(begin, Begin::Repeated);
                            }
                            Some(Fate::Kept(_)) => prop_assert_ne!(begin, Begin::InFlight),
                        }
                        if begin == Begin::New {
                            fates.insert(view, Fate::Open(now_ms));
                        }
                    }
                }
            }
        }
    }
}
