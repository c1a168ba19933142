//! Owns the memory of recent answers of a slow lookup, bounded and shared by all threads.

use std::{
    collections::HashMap,
    hash::BuildHasher,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::model::id_hash::RandomIds;

const SHARDS: usize = 16;

/// A bounded map from numbers that nobody outside can choose to what was found for them.
///
/// Each shard has two generations: a full young one becomes the old one and the old one is forgotten, save for what
/// was asked for again. That is nearly as good as least-recently-used, and costs nothing per hit.
/// When full: an answer is worked out anew.
pub struct Recent<V> {
    shards: [Mutex<Generations<V>>; SHARDS],
    /// Entries of one generation of one shard.
    generation_capacity: usize,
}

struct Generations<V> {
    young: HashMap<u64, V, RandomIds>,
    old: HashMap<u64, V, RandomIds>,
}

impl<V: Clone> Recent<V> {
    pub fn new(capacity: usize) -> Self {
        let empty = || Generations { young: HashMap::default(), old: HashMap::default() };
        Self {
            shards: std::array::from_fn(|_| Mutex::new(empty())),
            generation_capacity: (capacity / SHARDS / 2).max(1),
        }
    }

    /// Returns what is kept, or works it out and keeps it. No lock is held meanwhile; an error is not kept.
    pub fn get_or_try_insert<E>(&self, key: u64, work_out: impl FnOnce() -> Result<V, E>) -> Result<V, E> {
        if let Some(value) = self.shard(key).get(key, self.generation_capacity) {
            return Ok(value);
        }
        let value = work_out()?;
        self.shard(key).insert(key, value.clone(), self.generation_capacity);
        Ok(value)
    }

    fn shard(&self, key: u64) -> MutexGuard<'_, Generations<V>> {
        // Bits from the middle, for the maps use both ends.
        let bits = RandomIds::default().hash_one(key) >> 40;
        let shard = usize::try_from(bits).unwrap_or_default() % SHARDS;
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> Generations<V> {
    fn get(&mut self, key: u64, capacity: usize) -> Option<V> {
        if let Some(value) = self.young.get(&key) {
            return Some(value.clone());
        }
        let value = self.old.remove(&key)?;
        self.insert(key, value.clone(), capacity);
        Some(value)
    }

    fn insert(&mut self, key: u64, value: V, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn ask(recent: &Recent<bool>, key: u64, value: bool) -> bool {
        recent.get_or_try_insert(key, || Ok::<_, Infallible>(value)).unwrap()
    }

    fn size(recent: &Recent<bool>) -> usize {
        let shards = recent.shards.iter().map(|shard| shard.lock().unwrap());
        shards.map(|shard| shard.young.len() + shard.old.len()).sum()
    }

    #[test]
    fn works_an_answer_out_once() {
        let recent = Recent::new(100);
        assert!(ask(&recent, 1, true));
        assert!(recent.get_or_try_insert(1, || -> Result<bool, Infallible> { panic!("asked twice") }).unwrap());
        assert!(!ask(&recent, 2, false));
    }

    #[test]
    fn keeps_no_error() {
        let recent = Recent::new(100);
        assert_eq!(recent.get_or_try_insert(1, || Err("no")), Err("no"));
        assert!(ask(&recent, 1, true));
    }

    #[test]
    fn stays_within_its_bound() {
        let recent = Recent::new(320);
        (0..5000).for_each(|key| assert!(ask(&recent, key, true)));
        assert!((160..=320).contains(&size(&recent)), "{}", size(&recent));
    }

    #[test]
    fn keeps_what_is_asked_for_again_and_again() {
        let recent = Recent::new(320);
        ask(&recent, u64::MAX, true);
        for key in 0..5000 {
            ask(&recent, key, false);
            assert!(ask(&recent, u64::MAX, false), "forgotten after {key}");
        }
    }
}
