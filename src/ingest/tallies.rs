//! Owns the counts of what was left out or refused, by site and minute, on their way into the spool. What was accepted is
//! counted from its rows. It keeps no counts for later questions: ClickHouse does.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    model::{Outcome, SiteId},
    spool::record::outcomes_record,
    store::rows::OutcomeRow,
};

const MS_PER_MINUTE: i64 = 60_000;
/// Most counts that wait; a site has a few each minute. When the spool takes nothing for hours the youngest are left out.
const MOST_COUNTS: usize = 50_000;

type Key = (SiteId, u32, &'static str, &'static str);

/// Counts that are not in the spool yet.
#[derive(Debug, Default)]
pub struct Tallies {
    counts: Mutex<HashMap<Key, u32>>,
}

impl Tallies {
    /// Counts events that were not accepted.
    pub fn add(&self, site: SiteId, received_at_ms: i64, outcome: Outcome, events: usize) {
        let (fate, reason) = match outcome {
            Outcome::Dropped(reason) => ("dropped", reason.as_str()),
            Outcome::Unavailable => ("refused", "unavailable"),
            Outcome::Limited => ("refused", "rate_limited"),
            // The first is counted by the shipper; the others have no site.
            Outcome::Accepted | Outcome::Rejected | Outcome::Internal => return,
        };
        let minute = u32::try_from(received_at_ms.div_euclid(MS_PER_MINUTE)).unwrap_or_default();
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        self.add_to((site, minute, fate, reason), events);
    }

    /// Hands what waits to `keep` as a record. Where that keeps none of it, it waits on.
    pub async fn flush(&self, keep: impl AsyncFnOnce(&[u8]) -> bool) {
        let counts = std::mem::take(&mut *self.lock());
        if counts.is_empty() {
            return;
        }
        let rows: Vec<_> = counts
            .iter()
            .map(|(&(site, minute, outcome, reason), &events)| OutcomeRow {
                site_id: site.get(),
                minute,
                outcome,
                reason,
                events,
            })
            .collect();
        if !keep(&outcomes_record(&rows)).await {
            for (key, events) in counts {
                self.add_to(key, events);
            }
        }
    }

    fn add_to(&self, key: Key, events: u32) {
        let mut counts = self.lock();
        if counts.len() < MOST_COUNTS || counts.contains_key(&key) {
            let count = counts.entry(key).or_default();
            *count = count.saturating_add(events);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, u32>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::DropReason,
        spool::record::{Record, read},
    };

    #[tokio::test]
    async fn counts_wait_until_they_are_kept() {
        let tallies = Tallies::default();
        let site = SiteId::new(3);
        tallies.add(site, 59_999, Outcome::Dropped(DropReason::Bot), 2);
        tallies.add(site, 1, Outcome::Dropped(DropReason::Bot), 3);
        tallies.add(site, 60_000, Outcome::Accepted, 9);
        tallies.flush(async |_| false).await;
        let mut kept = Vec::new();
        tallies
            .flush(async |record| {
                kept = record.to_vec();
                true
            })
            .await;
        let row = OutcomeRow { site_id: 3, minute: 0, outcome: "dropped", reason: "bot", events: 5 };
        assert_eq!(read(&kept), Ok(Record::Outcomes(vec![row])));
        tallies.flush(async |_| panic!("nothing waits")).await;
    }
}
