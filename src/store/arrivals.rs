//! Owns the knowledge that rows of a site have come into ClickHouse, so that what was made from the rows before is known to be
//! old. It does not know what was made, and nothing of what other services bring.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Sites share counters when there are more of them: then a picture is made anew once too often.
const COUNTERS: usize = 1024;

/// A count of arrivals for each site. Clones share it.
#[derive(Clone)]
pub struct Arrivals(Arc<[AtomicU64]>);

impl Default for Arrivals {
    fn default() -> Self {
        Self((0..COUNTERS).map(|_| AtomicU64::new(0)).collect())
    }
}

impl Arrivals {
    /// Notes that rows of a site have arrived.
    pub fn note(&self, site_id: u32) {
        self.counter(site_id).fetch_add(1, Ordering::Release);
    }

    /// Returns a number that is another one when rows of the site have arrived since.
    #[must_use]
    pub fn of(&self, site_id: u32) -> u64 {
        self.counter(site_id).load(Ordering::Acquire)
    }

    fn counter(&self, site_id: u32) -> &AtomicU64 {
        &self.0[site_id as usize % COUNTERS]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_knows_of_its_own_rows() {
        let arrivals = Arrivals::default();
        let shared = arrivals.clone();
        shared.note(7);
        assert_eq!((arrivals.of(7), arrivals.of(8)), (1, 0));
    }
}
