//! Owns the group commit: a thread that puts what waits into one write and one sync, and tells all who wait. It does not
//! know what a record says, and ships nothing.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::{
    files::{AppendFile, Files},
    metrics::SpoolMetrics,
    segment::{self, FRAME_BYTES, HEADER_BYTES, Header},
};

/// Longest wait for more records before a group is written.
const WINDOW: Duration = Duration::from_millis(2);
/// Most bytes that may wait for the disk at one time; more is refused.
const MOST_GROUP_BYTES: usize = 32 * 1024 * 1024;
/// Largest buffer that is kept for the next group.
const KEPT_BUFFER_BYTES: usize = 4 * 1024 * 1024;

/// What an acknowledged record outlives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing: records are in this process's memory.
    Memory,
    /// The end of this process: records were handed to the operating system.
    Os,
    /// Loss of power: records were synced to the disk.
    Fsync,
}

impl Durability {
    /// Returns the word of settings and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Os => "os",
            Self::Fsync => "fsync",
        }
    }
}

/// Bounds of a spool.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of records; beyond it they are refused. The disk may hold a segment's reserve more.
    pub spool_bytes: u64,
    /// A segment ends at this size, bytes. Room for it is reserved when it is made.
    pub segment_bytes: u64,
    /// Pause after the disk refused everything, so that a full disk is not asked in a loop.
    pub trouble_pause: Duration,
}

/// A record was not kept: there is no room, or the disk failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the spool cannot take records now")]
pub struct NotKept;

/// A segment that takes no more records: a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub sequence: u32,
    pub batch: u64,
    /// Bytes that count; behind them may be what a failed write left.
    pub length: u64,
    /// Records with this number or a higher one do not count ([`Header::first_record`] of a later segment).
    pub records_below: u64,
    /// Left by an earlier run: it may have been shipped before.
    pub is_recovered: bool,
    /// When it was sealed or found.
    pub since: Instant,
}

/// The door for records. Shared by all handlers and the shipper.
pub(super) struct Gate {
    state: Mutex<State>,
    /// Wakes the writer.
    work: Condvar,
    /// Wakes the shipper: the first record of a segment was written, or a segment was sealed.
    pub(super) ready: Notify,
    limits: Limits,
    boot: u32,
    /// Records that a group should have before it is written: as many as are likely to come at once.
    wanted: AtomicU32,
    pub(super) metrics: SpoolMetrics,
}

#[derive(Default)]
struct State {
    waiting: Group,
    next_number: u64,
    sealed: VecDeque<Sealed>,
    /// Bytes of the sealed segments, and of the open one with its reserve.
    held_bytes: u64,
    /// The part of them that is reserved and not written yet.
    reserve_bytes: u64,
    /// When the open segment got its first record.
    open_since: Option<Instant>,
    seal_asked: bool,
    closing: bool,
    has_ended: bool,
}

/// Records that are written together.
#[derive(Default)]
struct Group {
    frames: Vec<u8>,
    records: u32,
    first_number: u64,
    since: Option<Instant>,
    fate: Arc<Fate>,
}

/// What becomes of a group.
#[derive(Default)]
struct Fate {
    settled: OnceLock<Result<(), NotKept>>,
    told: Notify,
}

/// The promise for a record that waits to be written.
pub struct Commit {
    fate: Arc<Fate>,
}

impl Commit {
    /// Waits until the record is as durable as the spool promises, or is known not to be kept.
    pub async fn durable(self) -> Result<(), NotKept> {
        let mut told = std::pin::pin!(self.fate.told.notified());
        // Registered before the look, so that no word is missed between the two.
        told.as_mut().enable();
        if let Some(settled) = self.fate.settled.get() {
            return *settled;
        }
        told.await;
        self.fate.settled.get().copied().unwrap_or(Err(NotKept))
    }
}

impl Gate {
    pub(super) fn new(limits: Limits, boot: u32, recovered: Vec<Sealed>, metrics: SpoolMetrics) -> Self {
        let held_bytes = recovered.iter().map(|segment| segment.length).sum();
        let state = State { next_number: 1, sealed: recovered.into(), held_bytes, ..State::default() };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            ready: Notify::new(),
            limits,
            boot,
            wanted: AtomicU32::new(1),
            metrics,
        }
    }

    /// Takes a record, or refuses it at once.
    pub(super) fn append(&self, payload: &[u8]) -> Result<Commit, NotKept> {
        let mut state = self.lock();
        let frame_bytes = FRAME_BYTES + payload.len();
        let waiting_bytes = state.waiting.frames.len() + frame_bytes;
        let is_full = state.held_bytes - state.reserve_bytes + waiting_bytes as u64 > self.limits.spool_bytes;
        if state.closing || is_full || waiting_bytes > MOST_GROUP_BYTES || payload.len() > segment::MOST_PAYLOAD_BYTES {
            return Err(NotKept);
        }
        let number = state.next_number;
        state.next_number += 1;
        let group = &mut state.waiting;
        segment::put_record(&mut group.frames, self.boot, number, payload);
        group.records += 1;
        let commit = Commit { fate: Arc::clone(&group.fate) };
        let records = group.records;
        if records == 1 {
            group.first_number = number;
            group.since = Some(Instant::now());
        }
        drop(state);
        if records == 1 || records == self.wanted.load(Ordering::Relaxed) {
            self.work.notify_one();
        }
        Ok(commit)
    }

    /// Returns the oldest sealed segment, without taking it away.
    pub(super) fn oldest(&self) -> Option<Sealed> {
        self.lock().sealed.front().cloned()
    }

    /// Returns how long the open segment has had records, none where there is none.
    pub(super) fn open_age(&self) -> Option<Duration> {
        self.lock().open_since.map(|since| since.elapsed())
    }

    /// Asks the writer to seal the open segment.
    pub(super) fn ask_for_seal(&self) {
        self.lock().seal_asked = true;
        self.work.notify_one();
    }

    /// Forgets the oldest sealed segment, which has been shipped and removed.
    pub(super) fn forget_oldest(&self) {
        let mut state = self.lock();
        if let Some(segment) = state.sealed.pop_front() {
            state.held_bytes -= segment.length;
        }
    }

    /// Returns the sealed segments, oldest first.
    pub(super) fn sealed(&self) -> Vec<Sealed> {
        self.lock().sealed.iter().cloned().collect()
    }

    /// Returns the bytes that are written or wait to be.
    pub(super) fn waiting_bytes(&self) -> u64 {
        let state = self.lock();
        state.held_bytes - state.reserve_bytes + state.waiting.frames.len() as u64
    }

    /// Returns how long the oldest sealed segment has waited.
    pub(super) fn age(&self) -> Duration {
        self.lock().sealed.front().map_or(Duration::ZERO, |segment| segment.since.elapsed())
    }

    /// Refuses records from now on; what waits is still written, and the open segment sealed.
    pub(super) fn close(&self) {
        self.lock().closing = true;
        self.work.notify_one();
    }

    /// Tells whether the writer has ended, so that nothing more will be sealed.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().has_ended
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the writer is to do next.
enum Task {
    Write(Group),
    Seal,
    End,
}

/// The thread's own state.
pub(super) struct Writer {
    gate: Arc<Gate>,
    files: Arc<dyn Files>,
    durability: Durability,
    next_sequence: u32,
    open: Option<OpenSegment>,
    /// Every record that counts has a lower number.
    next_record: u64,
    /// How many records count.
    kept_records: u64,
    buffer: Vec<u8>,
}

struct OpenSegment {
    file: Box<dyn AppendFile>,
    sequence: u32,
    batch: u64,
    /// Bytes that are as durable as promised.
    length: u64,
    reserved: u64,
}

impl Writer {
    /// Starts the thread. It ends after [`Gate::close`].
    pub(super) fn start(
        gate: Arc<Gate>,
        files: Arc<dyn Files>,
        durability: Durability,
        next_sequence: u32,
    ) -> io::Result<thread::JoinHandle<()>> {
        let writer = Self {
            gate,
            files,
            durability,
            next_sequence,
            open: None,
            next_record: 1,
            kept_records: 0,
            buffer: Vec::new(),
        };
        thread::Builder::new().name("spool-writer".to_owned()).spawn(move || writer.run())
    }

    fn run(mut self) {
        loop {
            match self.next_task() {
                Task::Write(group) => self.write(group),
                Task::Seal => self.seal(),
                Task::End => break,
            }
        }
        self.seal();
        self.gate.lock().has_ended = true;
        self.gate.ready.notify_one();
    }

    /// Waits for work. A group waits for company, at most [`WINDOW`], while as many records are still to come as came
    /// together before: alone it is written at once, among many it saves everybody a sync.
    fn next_task(&mut self) -> Task {
        let mut state = self.gate.lock();
        loop {
            if state.seal_asked {
                state.seal_asked = false;
                return Task::Seal;
            }
            if state.waiting.records > 0 {
                let waited = state.waiting.since.map_or(WINDOW, |since| since.elapsed());
                let wanted = self.gate.wanted.load(Ordering::Relaxed);
                if state.waiting.records >= wanted || waited >= WINDOW || state.closing {
                    let fresh = Group { frames: std::mem::take(&mut self.buffer), ..Group::default() };
                    return Task::Write(std::mem::replace(&mut state.waiting, fresh));
                }
                let timed = self.gate.work.wait_timeout(state, WINDOW.saturating_sub(waited));
                state = timed.unwrap_or_else(PoisonError::into_inner).0;
            } else if state.closing {
                return Task::End;
            } else {
                state = self.gate.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn write(&mut self, group: Group) {
        let result = self.keep(&group);
        let metrics = &self.gate.metrics;
        metrics.group_records.observe(f64::from(group.records));
        if result.is_err() {
            metrics.refused_records.inc_by(u64::from(group.records));
        }
        // Set before the waiters are told; nobody else sets it.
        let _ = group.fate.settled.set(result);
        group.fate.told.notify_waiters();
        // Who sends one at a time has just been told, and comes again with the others that already wait.
        if self.durability == Durability::Fsync {
            let company = group.records + self.gate.lock().waiting.records;
            self.gate.wanted.store((company * 3 / 4).max(1), Ordering::Relaxed);
        }
        if group.frames.capacity() <= KEPT_BUFFER_BYTES {
            self.buffer = group.frames;
            self.buffer.clear();
        }
        if result.is_err() {
            thread::sleep(self.gate.limits.trouble_pause);
        }
    }

    /// Writes and syncs records. Where that fails they go to a new segment, once: a descriptor whose sync failed is never
    /// synced again, for the system may have dropped the pages and would then report success.
    fn keep(&mut self, group: &Group) -> Result<(), NotKept> {
        for _attempt in 0..2 {
            match self.try_to_keep(group) {
                Ok(()) => return Ok(()),
                Err(error) => {
                    self.gate.metrics.write_errors.inc();
                    tracing::error!(%error, "the spool cannot be written");
                    self.abandon();
                }
            }
        }
        Err(NotKept)
    }

    fn try_to_keep(&mut self, group: &Group) -> io::Result<()> {
        let frames = &group.frames;
        if self.open.as_ref().is_some_and(|open| open.length + frames.len() as u64 > open.reserved) {
            self.seal();
        }
        if self.open.is_none() {
            self.begin_segment(frames.len() as u64)?;
        }
        let Some(open) = &mut self.open else { return Err(io::Error::other("no segment is open")) };
        open.file.append(frames)?;
        if self.durability == Durability::Fsync {
            let start = Instant::now();
            open.file.sync()?;
            self.gate.metrics.sync_seconds.observe(start.elapsed().as_secs_f64());
        }
        open.length += frames.len() as u64;
        self.next_record = group.first_number + u64::from(group.records);
        self.kept_records += u64::from(group.records);
        let mut state = self.gate.lock();
        state.reserve_bytes = open.reserved.saturating_sub(open.length);
        if state.open_since.is_none() {
            state.open_since = Some(Instant::now());
            self.gate.ready.notify_one();
        }
        Ok(())
    }

    /// Makes a segment with its header, for records that follow at once.
    fn begin_segment(&mut self, frame_bytes: u64) -> io::Result<()> {
        let sequence = self.next_sequence;
        // Used up whatever happens: a name is never given twice.
        self.next_sequence += 1;
        let name = segment::file_name(sequence);
        let reserved = self.gate.limits.segment_bytes.max(HEADER_BYTES as u64 + frame_bytes);
        let mut file = self.files.create(&name, reserved)?;
        let header = Header {
            batch: segment::batch_id(self.gate.boot, sequence),
            first_record: self.next_record,
            kept_before: self.kept_records,
            // After the file is there, so that who sees none knows that none has an earlier time; see `waiting_since`.
            created_at_ms: Timestamp::now().as_millisecond(),
        };
        if let Err(error) = self.begin_file(&mut *file, &header) {
            // What stays behind has no record and is removed at the next start.
            if let Err(error) = self.files.remove(&name) {
                tracing::warn!(%error, segment = name, "an empty segment cannot be removed");
            }
            return Err(error);
        }
        let mut state = self.gate.lock();
        state.held_bytes += reserved;
        state.reserve_bytes = reserved;
        drop(state);
        self.open = Some(OpenSegment { file, sequence, batch: header.batch, length: HEADER_BYTES as u64, reserved });
        Ok(())
    }

    fn begin_file(&self, file: &mut dyn AppendFile, header: &Header) -> io::Result<()> {
        file.append(&header.to_bytes())?;
        // Its content is synced with the first records; without this the whole file could be missing after a loss of power.
        if self.durability == Durability::Fsync { self.files.sync_folder() } else { Ok(()) }
    }

    /// Ends the open segment. What it holds is a batch from now on.
    fn seal(&mut self) {
        let Some(mut open) = self.open.take() else { return };
        // All that counts is synced already; room that is not given back is only not used.
        if let Err(error) = open.file.release_reserve() {
            tracing::warn!(%error, "the reserve of a segment cannot be given back");
        }
        self.hand_over(&open);
    }

    /// Ends the open segment where it was last known to be good.
    fn abandon(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.gate.metrics.abandoned_segments.inc();
        self.hand_over(&open);
    }

    fn hand_over(&self, open: &OpenSegment) {
        let sealed = Sealed {
            sequence: open.sequence,
            batch: open.batch,
            length: open.length,
            records_below: u64::MAX,
            is_recovered: false,
            since: Instant::now(),
        };
        let mut state = self.gate.lock();
        state.held_bytes = state.held_bytes - open.reserved + open.length;
        state.reserve_bytes = 0;
        state.open_since = None;
        state.sealed.push_back(sealed);
        self.gate.ready.notify_one();
    }
}
