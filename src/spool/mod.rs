//! Owns the durable queue between acceptance and ClickHouse: segment files, the group commit, recovery and the shipper.
//!
//! What it promises: a record whose [`Commit`] came true at the level [`Durability::Fsync`] is on the disk, and its rows
//! will be in ClickHouse exactly once, or in a dead-letter file with the reason. A sealed segment is a batch and its
//! identity is the deduplication token, so the files are the whole state: there is no ledger beside them.
//!
//! It is bounded by bytes. When full, or when the disk refuses, records are not kept, and that is said at once.

pub mod dead_letter;
pub mod files;
pub mod metrics;
pub mod record;
mod recovery;
pub mod segment;
pub mod shipper;
mod writer;

#[cfg(test)]
mod crash_tests;
#[cfg(test)]
mod testing;

use std::{io, sync::Arc, thread::JoinHandle, time::Duration};

pub use metrics::SpoolMetrics;
pub use writer::{Commit, Durability, Limits, NotKept, Sealed};

use files::Files;
use segment::{HEADER_BYTES, Header};
use writer::{Gate, Writer};

/// Longest time between the making of a segment's file and the writing of its header.
const HEADER_MS: i64 = 10_000;

/// Why a spool cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    #[error("the spool cannot be used: {0}")]
    Io(#[from] io::Error),
    #[error("the spool's segment {name} cannot be read: {reason}")]
    Segment { name: String, reason: segment::HeaderError },
}

/// The door for records. Cheap to clone.
#[derive(Clone)]
pub struct Spool {
    gate: Arc<Gate>,
    durability: Durability,
}

/// The other end: sealed segments, oldest first. One value, for the shipper.
pub struct Outlet {
    gate: Arc<Gate>,
    files: Arc<dyn Files>,
    writer: Option<JoinHandle<()>>,
}

/// A sealed segment with what it holds.
pub struct Batch {
    pub sealed: Sealed,
    pub header: Header,
    file: Vec<u8>,
}

impl Batch {
    /// Returns the entries of the segment.
    #[must_use]
    pub fn entries(&self) -> segment::Entries<'_> {
        segment::Entries::new(segment::boot_of(self.header.batch), &self.file[HEADER_BYTES..])
    }

    /// Returns the payloads of the records that count.
    pub fn records(&self) -> impl Iterator<Item = &[u8]> {
        let below = self.sealed.records_below;
        self.entries().filter_map(move |entry| match entry {
            segment::Entry::Record { number, payload } if number < below => Some(payload),
            segment::Entry::Record { .. } | segment::Entry::Damaged(_) | segment::Entry::Torn(_) => None,
        })
    }
}

/// Opens a spool: recovers what an earlier run left, and starts the writer. `boot` is this run's random number.
pub fn open(
    files: Arc<dyn Files>,
    durability: Durability,
    limits: Limits,
    boot: u32,
) -> Result<(Spool, Outlet), SpoolError> {
    let recovered = recovery::recover(&*files)?;
    let next_sequence = recovered.next_sequence;
    let gate = Arc::new(Gate::new(limits, boot, recovered.segments, SpoolMetrics::default()));
    let writer = Writer::start(Arc::clone(&gate), Arc::clone(&files), durability, next_sequence)?;
    let outlet = Outlet { gate: Arc::clone(&gate), files, writer: Some(writer) };
    Ok((Spool { gate, durability }, outlet))
}

/// Returns since when rows wait for ClickHouse, milliseconds since the epoch: when the oldest segment was begun. None where
/// nothing waits that was begun before `now_ms`. Also for those who only see the files.
pub fn waiting_since(files: &dyn Files, now_ms: i64) -> io::Result<Option<i64>> {
    let mut oldest = None;
    for name in files.list()? {
        if segment::sequence_of(&name).is_none() {
            continue;
        }
        let start = match files.read_start(&name, HEADER_BYTES) {
            // It was shipped meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            start => start?,
        };
        // A header that is not whole may be about to be written.
        let since_ms = Header::read(&start).map_or(now_ms - HEADER_MS, |header| header.created_at_ms);
        oldest = Some(oldest.map_or(since_ms, |oldest: i64| oldest.min(since_ms)));
    }
    Ok(oldest)
}

impl Spool {
    /// Takes a record, or refuses it at once. The [`Commit`] comes true when it is durable.
    pub fn append(&self, payload: &[u8]) -> Result<Commit, NotKept> {
        self.gate.append(payload)
    }

    /// Refuses records from now on.
    pub fn close(&self) {
        self.gate.close();
    }

    #[must_use]
    pub const fn durability(&self) -> Durability {
        self.durability
    }

    /// Returns the bytes of records that are not shipped yet.
    #[must_use]
    pub fn waiting_bytes(&self) -> u64 {
        self.gate.waiting_bytes()
    }

    /// Returns how many sealed segments wait.
    #[must_use]
    pub fn waiting_segments(&self) -> u64 {
        self.gate.sealed().len() as u64
    }

    /// Returns how long the oldest sealed segment has waited.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.gate.age()
    }

    #[must_use]
    pub fn metrics(&self) -> &SpoolMetrics {
        &self.gate.metrics
    }
}

impl Outlet {
    /// Waits for the next batch: the oldest sealed segment, or the open one once its first record is `age` old. None when
    /// the spool is closed and empty. The batch stays until [`done`](Self::done).
    pub async fn next(&mut self, age: Duration) -> Option<Sealed> {
        loop {
            if let Some(sealed) = self.gate.oldest() {
                return Some(sealed);
            }
            let has_ended = self.gate.has_ended();
            match self.gate.open_age() {
                // Looked at once more: the writer seals before it ends.
                _ if has_ended => return self.gate.oldest(),
                None => self.gate.ready.notified().await,
                Some(open) if open >= age => {
                    self.gate.ask_for_seal();
                    self.gate.ready.notified().await;
                }
                // Woken early by a full segment or the end.
                Some(open) => drop(tokio::time::timeout(age.saturating_sub(open), self.gate.ready.notified()).await),
            }
        }
    }

    /// Reads a batch.
    pub fn read(&self, sealed: &Sealed) -> io::Result<Batch> {
        let mut file = self.files.read(&segment::file_name(sealed.sequence))?;
        file.truncate(usize::try_from(sealed.length).unwrap_or(usize::MAX));
        let header = Header::read(&file).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(Batch { sealed: sealed.clone(), header, file })
    }

    /// Returns what waits from an earlier run, oldest first.
    #[must_use]
    pub fn recovered(&self) -> Vec<Sealed> {
        self.gate.sealed().into_iter().filter(|sealed| sealed.is_recovered).collect()
    }

    /// Removes a batch whose rows are all in ClickHouse or in a dead-letter file.
    ///
    /// The removal need not outlive a loss of power: a segment that comes back is found to be in ClickHouse.
    pub fn done(&self, sealed: &Sealed) -> io::Result<()> {
        self.files.remove(&segment::file_name(sealed.sequence))?;
        self.gate.forget_oldest();
        Ok(())
    }

    pub(crate) fn metrics(&self) -> &SpoolMetrics {
        &self.gate.metrics
    }
}

impl Drop for Outlet {
    /// Ends the writer: what waits is written first.
    fn drop(&mut self) {
        self.gate.close();
        if let Some(writer) = self.writer.take() {
            // It panicked, which is in the log.
            let _ = writer.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{files::MemoryFiles, *};

    #[tokio::test]
    async fn what_waits_is_known_from_the_files_alone() {
        let files: Arc<dyn Files> = Arc::new(MemoryFiles::default());
        let limits = Limits { spool_bytes: 1 << 26, segment_bytes: 1 << 20, trouble_pause: Duration::ZERO };
        let (spool, mut outlet) = open(Arc::clone(&files), Durability::Memory, limits, 7).unwrap();
        let now_ms = Timestamp::now().as_millisecond();
        let waiting = || waiting_since(&*files, now_ms).unwrap();
        assert_eq!(waiting(), None);
        spool.append(b"a record").unwrap().durable().await.unwrap();
        assert!(waiting().is_some_and(|since_ms| since_ms >= now_ms), "{:?}", waiting());
        let sealed = outlet.next(Duration::ZERO).await.unwrap();
        assert!(waiting().is_some(), "until it is shipped");
        outlet.done(&sealed).unwrap();
        assert_eq!(waiting(), None);
        drop(files.create(&segment::file_name(9), 0).unwrap());
        assert_eq!(waiting(), Some(now_ms - HEADER_MS), "a segment that is being made");
        drop(files.create("notes.txt", 0).unwrap());
        files.remove(&segment::file_name(9)).unwrap();
        assert_eq!(waiting(), None, "another file");
    }
}
