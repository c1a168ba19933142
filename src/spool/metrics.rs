//! Owns the figures of the spool and the shipper, for operators. It does not register them.

use prometheus_client::metrics::{
    counter::Counter,
    histogram::{Histogram, exponential_buckets},
};

/// What the spool and the shipper did since the start. Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct SpoolMetrics {
    /// Records that were written together.
    pub group_records: Histogram,
    pub sync_seconds: Histogram,
    /// Writes and syncs that failed; their records were written again elsewhere or refused.
    pub write_errors: Counter,
    pub abandoned_segments: Counter,
    /// Records answered with 503 because the disk took nothing.
    pub refused_records: Counter,
    /// Acknowledged records that a disk damaged or lost.
    pub damaged_records: Counter,
    pub shipped_batches: Counter,
    pub shipped_rows: Counter,
    /// From the first try of a batch to its confirmation.
    pub ship_seconds: Histogram,
    /// Inserts that failed and were sent again.
    pub retries: Counter,
    /// Inserts that were found in ClickHouse although no confirmation had come.
    pub found_rows: Counter,
    /// Rows that ClickHouse refused for what they say.
    pub dead_letters: Counter,
}

impl Default for SpoolMetrics {
    fn default() -> Self {
        Self {
            group_records: Histogram::new(exponential_buckets(1.0, 2.0, 14)),
            sync_seconds: Histogram::new(exponential_buckets(0.000_1, 2.0, 15)),
            write_errors: Counter::default(),
            abandoned_segments: Counter::default(),
            refused_records: Counter::default(),
            damaged_records: Counter::default(),
            shipped_batches: Counter::default(),
            shipped_rows: Counter::default(),
            ship_seconds: Histogram::new(exponential_buckets(0.005, 2.0, 14)),
            retries: Counter::default(),
            found_rows: Counter::default(),
            dead_letters: Counter::default(),
        }
    }
}
