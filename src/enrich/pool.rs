//! Owns values that many visitors have in common, so that each is in memory once: sources, names of cities.

use std::{
    borrow::Borrow,
    collections::HashSet,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

/// A bounded set of shared values. When full it begins anew: what is in use stays with those who use it.
#[derive(Debug)]
pub struct Pool<T: ?Sized> {
    held: Mutex<HashSet<Arc<T>>>,
    capacity: usize,
}

impl<T: ?Sized + Eq + Hash> Pool<T> {
    pub fn new(capacity: usize) -> Self {
        Self { held: Mutex::default(), capacity }
    }

    /// Returns the value that others have too.
    pub fn share<V>(&self, value: V) -> Arc<T>
    where
        V: Borrow<T>,
        Arc<T>: From<V>,
    {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = held.get(value.borrow()) {
            return Arc::clone(shared);
        }
        if held.len() >= self.capacity {
            held.clear();
        }
        let shared = Arc::from(value);
        held.insert(Arc::clone(&shared));
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one() {
        let pool: Pool<str> = Pool::new(10);
        assert!(Arc::ptr_eq(&pool.share("Sofia"), &pool.share("Sofia")));
        assert_eq!(&*pool.share("Plovdiv"), "Plovdiv");
    }

    #[test]
    fn a_full_pool_begins_anew_and_takes_nothing_from_anybody() {
        let pool: Pool<str> = Pool::new(2);
        let first = pool.share("1");
        for number in 2..100 {
            assert_eq!(&*pool.share(number.to_string().as_str()), number.to_string());
            assert!(pool.held.lock().unwrap().len() <= 2);
        }
        assert_eq!(&*first, "1");
        assert!(!Arc::ptr_eq(&first, &pool.share("1")));
    }
}
