//! Owns the way from sealed segments to ClickHouse: in order, one insert for each table and month, repeated under the same
//! token until it is confirmed. It does not accept records.
//!
//! Exactly once rests on two locks. The token of an insert is made of the batch, so that ClickHouse drops a repetition of
//! it. And every row carries the number of its batch: after an insert whose fate is not known, and after a restart, the rows
//! are counted before they are sent again, for a killed server may forget its tokens.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use rand::Rng;

use super::{
    Batch, Outlet, Sealed, SpoolMetrics,
    dead_letter::{DeadLetter, DeadLetters, Place},
    record::{self, Record, RowsWriter},
    segment::{Entry, boot_of},
};
use crate::store::{
    Arrivals, Client, InsertFault, StoreError,
    block::{Blocks, Month, NativeBlock, Table},
    rows::{ConcurrencyRow, OutcomeRow, RowFact, RowHead},
};

/// A segment is sealed when its first record is this old …
const SEAL_AGE: Duration = Duration::from_millis(250);
/// … or this, when the last batch had more rows than that: the engine works three times less for large batches.
const SEAL_AGES_UNDER_LOAD: [(usize, Duration); 2] =
    [(20_000, Duration::from_secs(3)), (5_000, Duration::from_secs(1))];
/// First and longest pause between two tries of the same insert.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LONGEST: Duration = Duration::from_secs(15);
const MS_PER_MINUTE: i64 = 60_000;

/// Ships batches. One task.
pub struct Shipper {
    outlet: Outlet,
    client: Client,
    letters: DeadLetters,
    arrivals: Arrivals,
    metrics: SpoolMetrics,
    /// The run of the last batch, and how many of its records were met so far.
    met: Option<(u32, u64)>,
}

/// Returns how old a segment may get after a batch of so many rows.
fn seal_age(rows: usize) -> Duration {
    SEAL_AGES_UNDER_LOAD.into_iter().find(|(more_than, _)| rows > *more_than).map_or(SEAL_AGE, |(_, age)| age)
}

/// What a batch is to ClickHouse.
struct Shipment {
    blocks: Vec<NativeBlock>,
    /// Rows of events, without the counts of ours.
    rows: usize,
    /// Sites that the rows are of.
    sites: BTreeSet<u32>,
    /// Records that count, damaged ones included.
    records: u64,
    /// Records, and bytes between them, that cannot be read.
    damaged: Vec<Vec<u8>>,
}

impl Shipper {
    #[must_use]
    pub fn new(outlet: Outlet, client: Client, letters: DeadLetters, arrivals: Arrivals) -> Self {
        let metrics = outlet.metrics().clone();
        Self { outlet, client, letters, arrivals, metrics, met: None }
    }

    /// Ships until the spool is closed and empty.
    pub async fn run(mut self) {
        let mut age = SEAL_AGE;
        while let Some(sealed) = self.outlet.next(age).await {
            let rows = self.ship(&sealed).await;
            age = seal_age(rows);
        }
    }

    /// Ships a batch and removes it. Returns its rows.
    async fn ship(&mut self, sealed: &Sealed) -> usize {
        let started = std::time::Instant::now();
        let batch = Arc::new(self.read(sealed).await);
        let shipment = blocking({
            let batch = Arc::clone(&batch);
            move || shipment(&batch, None)
        });
        let Shipment { blocks, rows, sites, records, damaged } = shipment.await;
        self.keep_what_is_damaged(&batch, &damaged, records);
        // Each is let go when it is stored: together they are larger than the segment.
        for block in blocks {
            self.ship_block(&batch, &block).await;
        }
        for site in sites {
            self.arrivals.note(site);
        }
        self.metrics.shipped_batches.inc();
        self.metrics.shipped_rows.inc_by(rows as u64);
        self.metrics.ship_seconds.observe(started.elapsed().as_secs_f64());
        let mut pause = RETRY_FIRST;
        while let Err(error) = self.outlet.done(sealed) {
            tracing::error!(%error, batch.id = sealed.batch, "a shipped segment cannot be removed");
            wait(&mut pause).await;
        }
        rows
    }

    /// Reads a segment, however long the disk takes to let us.
    async fn read(&self, sealed: &Sealed) -> Batch {
        let mut pause = RETRY_FIRST;
        loop {
            match self.outlet.read(sealed) {
                Ok(batch) => return batch,
                Err(error) => {
                    tracing::error!(%error, batch.id = sealed.batch, "a segment of the spool cannot be read");
                    wait(&mut pause).await;
                }
            }
        }
    }

    /// Sets aside what a disk has changed, and tells of what is missing altogether.
    fn keep_what_is_damaged(&mut self, batch: &Batch, damaged: &[Vec<u8>], records: u64) {
        let boot = boot_of(batch.header.batch);
        for bytes in damaged {
            self.set_aside(batch, bytes);
        }
        let expected = self.met.filter(|(met_boot, _)| *met_boot == boot).map(|(_, met)| met);
        if let Some(missing) = expected.and_then(|met| batch.header.kept_before.checked_sub(met)).filter(|&n| n > 0) {
            self.metrics.damaged_records.inc_by(missing);
            tracing::error!(
                missing,
                batch.id = batch.sealed.batch,
                "records of the spool are missing before this segment"
            );
        }
        self.met = Some((boot, batch.header.kept_before + records));
    }

    fn set_aside(&self, batch: &Batch, bytes: &[u8]) {
        self.metrics.damaged_records.inc();
        let kept = self.letters.keep_damaged(batch.sealed.batch, bytes);
        let error = kept.err().map(|error| error.to_string());
        tracing::error!(
            batch.id = batch.sealed.batch,
            bytes = bytes.len(),
            error,
            "a record of the spool is damaged, it is set aside"
        );
    }

    /// Ships a block until every row of it is in ClickHouse or a dead letter. Where a row is refused the block is taken apart,
    /// and its parts are stored in order: so how many rows are there tells which.
    async fn ship_block(&self, batch: &Arc<Batch>, block: &NativeBlock) {
        let whole = 0..block.rows;
        let mut stored = 0;
        let mut verify = batch.sealed.is_recovered;
        let mut parts = vec![whole.clone()];
        while let Some(rows) = parts.pop() {
            let done = if rows == whole {
                self.insert(block, &token_of(batch, block), stored, verify).await
            } else {
                let part = self.part(batch, block, rows.clone()).await;
                self.insert(&part, &token_of_part(batch, block, &rows), stored, verify).await
            };
            verify = false;
            match done {
                Ok(()) => stored += rows.len() as u64,
                Err(NotStored::Partly { found }) => {
                    stored = found;
                    let next = self.next_row(batch, block, found).await;
                    tracing::warn!(
                        batch.id = batch.sealed.batch,
                        table = block.table.name(),
                        found,
                        "a batch had been taken apart, it is gone on with"
                    );
                    parts.clear();
                    parts.extend((next < block.rows).then_some(next..block.rows));
                }
                Err(NotStored::Refused(refused)) if rows.len() == 1 => {
                    self.bury(batch, block, rows.start, &refused).await;
                }
                Err(NotStored::Refused(refused)) => {
                    if rows == whole {
                        tracing::warn!(error = %refused, batch.id = batch.sealed.batch, table = block.table.name(), "clickhouse refuses a row, the batch is taken apart");
                    }
                    parts.extend(halves(&rows));
                }
            }
        }
    }

    /// Returns the first row of a block that is neither in ClickHouse nor a dead letter. `found`: how many are in ClickHouse.
    async fn next_row(&self, batch: &Batch, block: &NativeBlock, found: u64) -> usize {
        let mut pause = RETRY_FIRST;
        let buried = loop {
            match self.letters.rows_of(batch.sealed.batch, block.table.name(), block.month.0) {
                Ok(rows) => break rows,
                Err(error) => {
                    tracing::error!(%error, batch.id = batch.sealed.batch, "the dead letters of a batch cannot be read");
                    wait(&mut pause).await;
                }
            }
        };
        next_row(found, &buried)
    }

    /// Returns some rows of a block as a block of their own.
    async fn part(&self, batch: &Arc<Batch>, block: &NativeBlock, rows: Range<usize>) -> NativeBlock {
        let (batch, wanted) = (Arc::clone(batch), Wanted { table: block.table, month: block.month, rows });
        let mut blocks = blocking(move || shipment(&batch, Some(&wanted)).blocks).await;
        blocks.pop().expect("the same batch has the same rows whenever it is read")
    }

    /// Keeps a row as a dead letter, however long the disk takes to let us.
    async fn bury(&self, batch: &Batch, block: &NativeBlock, row: usize, refused: &Refused) {
        let (site_id, record) = row_record(batch, block.table, block.month, row);
        let place = Place { batch: batch.sealed.batch, table: block.table.name(), month: block.month.0, row, site_id };
        let now_ms = Timestamp::now().as_millisecond();
        let letter = DeadLetter::new(place, now_ms, refused.code, &refused.message, &record);
        let mut pause = RETRY_FIRST;
        while let Err(error) = self.letters.keep(&letter) {
            tracing::error!(%error, letter = letter.name(), "a dead letter cannot be kept; shipping waits");
            wait(&mut pause).await;
        }
        self.metrics.dead_letters.inc();
        tracing::error!(
            letter = letter.name(),
            code = refused.code,
            "clickhouse refused a row, it is kept as a dead letter"
        );
    }

    /// Inserts a block until it is confirmed, or refused for what its rows say. `before`: how many rows of the batch are in
    /// ClickHouse without it. `verify`: look first whether it is there, too.
    async fn insert(&self, block: &NativeBlock, token: &str, before: u64, mut verify: bool) -> Result<(), NotStored> {
        let (name, mut token) = (token, token.to_owned());
        let with_it = before + block.rows as u64;
        let mut confirmed = 0;
        let mut pause = RETRY_FIRST;
        for attempt in 0_u32.. {
            if verify {
                match self.found(block, name).await {
                    Ok(found) if found >= with_it => {
                        self.metrics.found_rows.inc_by(if confirmed > 0 { 0 } else { block.rows as u64 });
                        return Ok(());
                    }
                    Ok(found) if found > before => return Err(NotStored::Partly { found }),
                    // TRICKY: a server notes the token of an insert before its rows. Killed between the two it knows a token
                    // without rows, and confirms what it drops.
                    Ok(_) if confirmed == 1 => {
                        tracing::warn!(table = block.table.name(), "clickhouse knows a batch that it does not have");
                        token.push('+');
                    }
                    // Under a token that was never used: somebody else removes rows, or they are past their time.
                    Ok(found) if confirmed > 1 => {
                        tracing::error!(
                            table = block.table.name(),
                            batch.rows = block.rows,
                            found,
                            "rows are gone as soon as they are stored"
                        );
                        return Ok(());
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tell(&error, block, "clickhouse cannot be asked for a batch");
                        wait(&mut pause).await;
                        continue;
                    }
                }
            }
            let Err(error) = self.client.insert_block(block, &token, &query_id(name, attempt)).await else {
                if verify {
                    confirmed += 1;
                    continue;
                }
                return Ok(());
            };
            self.metrics.retries.inc();
            match error.insert_fault() {
                InsertFault::Row { code } => {
                    return Err(NotStored::Refused(Refused { code, message: error.to_string() }));
                }
                InsertFault::Unknown => {
                    verify = true;
                    tell(&error, block, "an insert failed, the batch is kept and sent again");
                }
                InsertFault::Busy => tell(&error, block, "clickhouse is busy, the batch is kept and sent again"),
                InsertFault::Ours => {
                    tracing::error!(%error, table = block.table.name(), "clickhouse refuses batches: shipping has stopped, events are kept in the spool; see `heatline doctor`");
                }
            }
            wait(&mut pause).await;
        }
        unreachable!("the attempts have no end")
    }

    /// Counts the rows of a batch that ClickHouse has, once no earlier try of the insert is still at work there.
    async fn found(&self, block: &NativeBlock, name: &str) -> Result<u64, StoreError> {
        while self.client.is_running(&query_id_start(name)).await? {
            tokio::time::sleep(RETRY_FIRST).await;
        }
        self.client.rows_of_batch(block.table, block.month, block.batch).await
    }
}

fn tell(error: &StoreError, block: &NativeBlock, what: &str) {
    tracing::warn!(%error, table = block.table.name(), batch.rows = block.rows, "{what}");
}

/// Cuts a range of rows in two, the later half first, for the last of a list is taken next. One row stays as it is.
fn halves(rows: &Range<usize>) -> Vec<Range<usize>> {
    let middle = rows.start + rows.len() / 2;
    [middle..rows.end, rows.start..middle].into_iter().filter(|half| !half.is_empty()).collect()
}

/// Why a block was not stored.
enum NotStored {
    Refused(Refused),
    /// So many rows of the batch are there: an earlier run had taken it apart, and its parts have tokens of their own.
    Partly {
        found: u64,
    },
}

/// Why rows cannot be inserted as they are.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Refused {
    code: u32,
    message: String,
}

/// The rows that are wanted out of a batch.
struct Wanted {
    table: Table,
    month: Month,
    /// Their places among the batch's rows of the table and month.
    rows: Range<usize>,
}

/// Puts the rows of a batch into blocks. The same batch always gives the same blocks.
fn shipment(batch: &Batch, wanted: Option<&Wanted>) -> Shipment {
    let mut blocks = Blocks::new(batch.sealed.batch, batch.header.created_at_ms);
    let mut place = 0;
    let mut takes = |table: Table, day: u16| {
        let Some(wanted) = wanted else { return true };
        if table != wanted.table || Month::of_day(day) != wanted.month {
            return false;
        }
        place += 1;
        wanted.rows.contains(&(place - 1))
    };
    let (mut records, mut damaged, mut sites) = (0, Vec::new(), BTreeSet::new());
    walk(batch, |found| match found {
        Found::Fact(head, fact) => {
            if takes(Table::of(&fact.detail), head.day) {
                sites.insert(head.site_id);
                blocks.add(head, fact);
            }
        }
        Found::Outcome(outcome) => {
            if takes(Table::Outcomes, outcome.day()) {
                blocks.add_outcome(outcome);
            }
        }
        Found::Minute(minute) => {
            if takes(Table::Concurrency, minute.day) {
                blocks.add_concurrency(minute);
            }
        }
        Found::Record => records += 1,
        Found::Damaged(bytes) => damaged.push(bytes.to_vec()),
    });
    let blocks = blocks.finish();
    let raw = blocks.iter().filter(|block| block.table.is_of_facts());
    Shipment { rows: raw.map(|block| block.rows).sum(), blocks, sites, records, damaged }
}

/// What a batch has.
enum Found<'a, 'b> {
    /// A record that counts, whole or not; its rows follow.
    Record,
    /// A record, or bytes between records, that cannot be read.
    Damaged(&'a [u8]),
    Fact(&'b RowHead<'a>, &'b RowFact<'a>),
    Outcome(&'b OutcomeRow<'a>),
    Minute(&'b ConcurrencyRow),
}

/// Goes through a batch once: what its records have, then the counts of what was accepted, which are computed here so that
/// they can never differ from the rows.
fn walk(batch: &Batch, mut take: impl FnMut(Found<'_, '_>)) {
    let mut accepted: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for entry in batch.entries() {
        let payload = match entry {
            Entry::Record { number, payload } if number < batch.sealed.records_below => payload,
            // Counted as one that was met: what is missing beside it is told from the numbers.
            Entry::Damaged(bytes) => {
                take(Found::Record);
                take(Found::Damaged(bytes));
                continue;
            }
            Entry::Record { .. } | Entry::Torn(_) => continue,
        };
        take(Found::Record);
        match record::read(payload) {
            Ok(Record::Rows(rows)) => {
                let minute = u32::try_from(rows.received_at_ms.div_euclid(MS_PER_MINUTE)).unwrap_or_default();
                for (head, facts) in &rows.runs {
                    for fact in facts {
                        take(Found::Fact(head, fact));
                    }
                    let count = u32::try_from(facts.len()).unwrap_or(u32::MAX);
                    *accepted.entry((head.site_id, minute)).or_default() += count;
                }
            }
            Ok(Record::Outcomes(outcomes)) => {
                for outcome in &outcomes {
                    take(Found::Outcome(outcome));
                }
            }
            Ok(Record::Concurrency(minutes)) => {
                for minute in &minutes {
                    take(Found::Minute(minute));
                }
            }
            Err(record::Unreadable) => take(Found::Damaged(payload)),
        }
    }
    for ((site_id, minute), events) in accepted {
        take(Found::Outcome(&OutcomeRow { site_id, minute, outcome: "accepted", reason: "", events }));
    }
}

/// Returns one row of a batch as a record of its own, and its site.
fn row_record(batch: &Batch, table: Table, month: Month, wanted: usize) -> (u32, Vec<u8>) {
    let mut place = 0;
    let mut found = None;
    let mut is_wanted = |row_table: Table, day: u16| {
        let here = row_table == table && Month::of_day(day) == month;
        place += usize::from(here);
        here && place == wanted + 1
    };
    walk(batch, |part| match part {
        Found::Fact(head, fact) => {
            if is_wanted(Table::of(&fact.detail), head.day) {
                let mut writer = RowsWriter::new(fact.at);
                writer.head(head);
                writer.fact(fact);
                found = Some((head.site_id, writer.finish()));
            }
        }
        Found::Outcome(outcome) => {
            if is_wanted(Table::Outcomes, outcome.day()) {
                found = Some((outcome.site_id, record::outcomes_record(&[*outcome])));
            }
        }
        Found::Minute(minute) => {
            if is_wanted(Table::Concurrency, minute.day) {
                found = Some((minute.site_id, record::concurrency_record(&[*minute])));
            }
        }
        Found::Record | Found::Damaged(_) => {}
    });
    found.expect("the same batch has the same rows whenever it is read")
}

fn token_of(batch: &Batch, block: &NativeBlock) -> String {
    format!("{:016x}-{}-{}", batch.sealed.batch, block.table.name(), block.month.0)
}

fn token_of_part(batch: &Batch, block: &NativeBlock, rows: &Range<usize>) -> String {
    format!("{}/{}-{}", token_of(batch, block), rows.start, rows.end)
}

fn query_id(name: &str, attempt: u32) -> String {
    format!("{}{attempt}", query_id_start(name))
}

/// How the ids of all tries of an insert begin.
fn query_id_start(name: &str) -> String {
    format!("heatline-{name}-")
}

/// Returns the first row after `found` stored ones and the buried ones among them. `buried` is sorted.
fn next_row(found: u64, buried: &[usize]) -> usize {
    let mut next = usize::try_from(found).unwrap_or(usize::MAX);
    for &row in buried {
        if row > next {
            break;
        }
        next += 1;
    }
    next
}

/// Waits with full jitter, and longer the next time.
async fn wait(pause: &mut Duration) {
    let share = rand::rng().random_range(0.5..=1.0);
    tokio::time::sleep(pause.mul_f64(share)).await;
    *pause = (*pause * 2).min(RETRY_LONGEST);
}

/// Runs work that takes milliseconds of a core beside the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_row_follows_the_stored_and_the_buried_ones() {
        let cases: [(u64, &[usize], usize); 8] = [
            (0, &[], 0),
            (3, &[], 3),
            (0, &[0], 1),
            (3, &[3], 4),
            (3, &[5], 3),
            (5, &[3], 6),
            (2, &[0, 1, 4], 5),
            (0, &[0, 1, 2], 3),
        ];
        for (found, buried, next) in cases {
            assert_eq!(next_row(found, buried), next, "{found} stored, {buried:?} buried");
        }
    }
}
