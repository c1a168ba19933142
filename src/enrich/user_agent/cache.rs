//! Owns the memory of recent verdicts. It keeps hashes, not user agents.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
};

use super::AgentVerdict;

const SHARDS: usize = 16;

/// A bounded map from user agents to verdicts, by a 64-bit hash whose key is drawn at start.
///
/// Each shard has two generations: a full young one becomes the old one and the old one is forgotten, save for what
/// was asked for again. That is nearly as good as least-recently-used, and costs nothing per hit.
/// When full: a verdict is worked out anew.
pub struct VerdictCache {
    hasher: RandomState,
    shards: [Mutex<Generations>; SHARDS],
    /// Entries of one generation of one shard.
    generation_capacity: usize,
}

#[derive(Default)]
struct Generations {
    young: HashMap<u64, AgentVerdict>,
    old: HashMap<u64, AgentVerdict>,
}

impl VerdictCache {
    pub fn new(capacity: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
            generation_capacity: (capacity / SHARDS / 2).max(1),
        }
    }

    /// Returns the verdict that is kept, or works it out and keeps it. No lock is held meanwhile.
    pub fn get_or_insert(&self, user_agent: &str, examine: impl FnOnce() -> AgentVerdict) -> AgentVerdict {
        let hash = self.hasher.hash_one(user_agent);
        // The upper bits, for the map below uses the lower ones.
        let shard = &self.shards[usize::try_from(hash >> 60).unwrap_or_default() % SHARDS];
        let lock = || shard.lock().unwrap_or_else(PoisonError::into_inner);

        if let Some(verdict) = lock().get(hash, self.generation_capacity) {
            return verdict;
        }
        let verdict = examine();
        lock().insert(hash, verdict.clone(), self.generation_capacity);
        verdict
    }
}

impl Generations {
    fn get(&mut self, hash: u64, capacity: usize) -> Option<AgentVerdict> {
        if let Some(verdict) = self.young.get(&hash) {
            return Some(verdict.clone());
        }
        let verdict = self.old.remove(&hash)?;
        self.insert(hash, verdict.clone(), capacity);
        Some(verdict)
    }

    fn insert(&mut self, hash: u64, verdict: AgentVerdict, capacity: usize) {
        if self.young.len() >= capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(hash, verdict);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(bot: bool) -> AgentVerdict {
        AgentVerdict { bot, ..AgentVerdict::default() }
    }

    fn size(cache: &VerdictCache) -> usize {
        let shards = cache.shards.iter().map(|shard| shard.lock().unwrap());
        shards.map(|shard| shard.young.len() + shard.old.len()).sum()
    }

    #[test]
    fn works_a_verdict_out_once() {
        let cache = VerdictCache::new(100);
        assert_eq!(cache.get_or_insert("a", || verdict(true)), verdict(true));
        assert_eq!(cache.get_or_insert("a", || panic!("asked twice")), verdict(true));
        assert_eq!(cache.get_or_insert("b", || verdict(false)), verdict(false));
    }

    #[test]
    fn stays_within_its_bound() {
        let cache = VerdictCache::new(320);
        for i in 0..5000 {
            cache.get_or_insert(&format!("agent {i}"), || verdict(false));
        }
        assert!((160..=320).contains(&size(&cache)), "{}", size(&cache));
    }

    #[test]
    fn keeps_what_is_asked_for_again_and_again() {
        let cache = VerdictCache::new(320);
        cache.get_or_insert("regular", || verdict(true));
        for i in 0..5000 {
            cache.get_or_insert(&format!("agent {i}"), || verdict(false));
            assert!(cache.get_or_insert("regular", || verdict(false)).bot, "forgotten after {i}");
        }
    }
}
