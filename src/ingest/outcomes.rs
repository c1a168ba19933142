//! Owns the count of fates. Every event that comes in is settled exactly once.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::{DropReason, Outcome};

/// Counters of all outcomes since the start of the process.
#[derive(Debug, Default)]
pub struct Outcomes {
    accepted: AtomicU64,
    dropped: [AtomicU64; DropReason::ALL.len()],
    rejected: AtomicU64,
    unavailable: AtomicU64,
    limited: AtomicU64,
    internal: AtomicU64,
}

/// How many events met one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeCount {
    pub outcome: Outcome,
    pub events: u64,
}

impl Outcomes {
    /// Opens the account of `events` events. Whoever forgets to settle it has them counted as lost by us.
    #[must_use]
    pub fn open(&self, events: usize) -> Unsettled<'_> {
        Unsettled { outcomes: self, events: events as u64, settled: false }
    }

    /// Returns all counters.
    #[must_use]
    pub fn counts(&self) -> Vec<OutcomeCount> {
        let fixed = [Outcome::Accepted, Outcome::Rejected, Outcome::Unavailable, Outcome::Limited, Outcome::Internal];
        let dropped = DropReason::ALL.map(Outcome::Dropped);
        fixed
            .into_iter()
            .chain(dropped)
            .map(|outcome| OutcomeCount { outcome, events: self.counter(outcome).load(Ordering::Relaxed) })
            .collect()
    }

    fn counter(&self, outcome: Outcome) -> &AtomicU64 {
        match outcome {
            Outcome::Accepted => &self.accepted,
            Outcome::Dropped(reason) => &self.dropped[reason as usize],
            Outcome::Rejected => &self.rejected,
            Outcome::Unavailable => &self.unavailable,
            Outcome::Limited => &self.limited,
            Outcome::Internal => &self.internal,
        }
    }
}

/// Events whose fate is not known yet.
#[derive(Debug)]
pub struct Unsettled<'a> {
    outcomes: &'a Outcomes,
    events: u64,
    settled: bool,
}

impl Unsettled<'_> {
    /// Counts the events under their fate.
    pub fn settle(mut self, outcome: Outcome) {
        self.settled = true;
        self.outcomes.counter(outcome).fetch_add(self.events, Ordering::Relaxed);
    }
}

impl Drop for Unsettled<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.outcomes.counter(Outcome::Internal).fetch_add(self.events, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(outcomes: &Outcomes, wanted: Outcome) -> u64 {
        outcomes.counts().iter().find(|count| count.outcome == wanted).unwrap().events
    }

    #[test]
    fn each_reason_has_its_own_counter() {
        let outcomes = Outcomes::default();
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            outcomes.open(index + 1).settle(Outcome::Dropped(reason));
        }
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(count(&outcomes, Outcome::Dropped(reason)), index as u64 + 1, "{}", reason.as_str());
        }
    }

    #[test]
    fn a_forgotten_event_shows_up_as_internal() {
        let outcomes = Outcomes::default();
        drop(outcomes.open(3));
        assert_eq!(count(&outcomes, Outcome::Internal), 3);
        assert_eq!(count(&outcomes, Outcome::Accepted), 0);
    }
}
