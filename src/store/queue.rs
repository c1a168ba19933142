//! Owns the rows between acceptance and ClickHouse: a bounded queue in memory and the task that ships it.
//!
//! It promises what memory can: rows survive an engine that is away, and not the end of this process.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clickhouse::{RowOwned, RowWrite};
use tokio::sync::Notify;

use super::{client::Client, error::StoreError, rows::RowBatch};

/// A batch is shipped when its first row is this old …
const FLUSH_INTERVAL: Duration = Duration::from_millis(300);
/// … or when it has this many rows.
const FLUSH_ROWS: usize = 50_000;
/// First and longest pause between two tries of the same batch.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// The queue has no room: nothing was taken, come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue of rows is full")]
pub struct QueueFull;

/// What the queue holds and did, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueFigures {
    /// Memory of rows that wait or are being sent.
    pub held_bytes: usize,
    pub shipped_rows: u64,
    pub retries: u64,
    pub lost_rows: u64,
}

/// Takes rows from handlers and ships them in batches. Cheap to clone.
///
/// Bounded by bytes: [`push`](Self::push) refuses what does not fit, whole, so that a request is never half kept.
#[derive(Clone)]
pub struct Queue {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Rows came, or the queue is closing.
    wake: Notify,
    limit_bytes: usize,
}

#[derive(Default)]
struct State {
    waiting: RowBatch,
    first_at: Option<Instant>,
    /// Bytes of the batch that is being sent.
    sending_bytes: usize,
    closing: bool,
    figures: QueueFigures,
}

impl Queue {
    /// Makes an empty queue for at most `limit_bytes` of rows.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self { shared: Arc::new(Shared { state: Mutex::default(), wake: Notify::new(), limit_bytes }) }
    }

    /// Takes all rows of `batch` or none.
    pub fn push(&self, batch: RowBatch) -> Result<(), QueueFull> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut state = self.lock();
        let held = state.waiting.size_bytes() + state.sending_bytes;
        if state.closing || held + batch.size_bytes() > self.shared.limit_bytes {
            return Err(QueueFull);
        }
        let is_first = state.waiting.is_empty();
        if is_first {
            state.first_at = Some(Instant::now());
        }
        state.waiting.append(batch);
        let is_full = state.waiting.len() >= FLUSH_ROWS;
        drop(state);
        if is_first || is_full {
            self.shared.wake.notify_one();
        }
        Ok(())
    }

    /// Returns what the queue holds and did.
    #[must_use]
    pub fn figures(&self) -> QueueFigures {
        let state = self.lock();
        QueueFigures { held_bytes: state.waiting.size_bytes() + state.sending_bytes, ..state.figures }
    }

    /// Refuses rows from now on; [`ship`](Self::ship) ends when the rest is out.
    pub fn close(&self) {
        self.lock().closing = true;
        self.shared.wake.notify_one();
    }

    /// Ships batches until the queue is closed and empty. One task runs this.
    ///
    /// A batch is kept until ClickHouse confirms it and is repeated under the same token, so that the
    /// server drops what it already has. `boot` makes tokens unique across restarts.
    pub async fn ship(self, client: Client, boot: u64) {
        let mut sequence = 0_u64;
        while let Some(batch) = self.next_batch().await {
            let token = format!("{boot:016x}-{sequence}");
            sequence += 1;
            self.ship_batch(&client, &batch, &token).await;
            self.lock().sending_bytes = 0;
        }
    }

    async fn next_batch(&self) -> Option<RowBatch> {
        loop {
            let pause = {
                let mut state = self.lock();
                let age = state.first_at.map(|first| first.elapsed());
                match age {
                    None if state.closing => return None,
                    None => None,
                    Some(age) if age >= FLUSH_INTERVAL || state.closing || state.waiting.len() >= FLUSH_ROWS => {
                        let batch = std::mem::take(&mut state.waiting);
                        state.first_at = None;
                        state.sending_bytes = batch.size_bytes();
                        return Some(batch);
                    }
                    Some(age) => Some(FLUSH_INTERVAL.saturating_sub(age)),
                }
            };
            match pause {
                None => self.shared.wake.notified().await,
                // Woken early by a full batch or by closing; a late first row cannot be missed, it is here.
                Some(pause) => drop(tokio::time::timeout(pause, self.shared.wake.notified()).await),
            }
        }
    }

    async fn ship_batch(&self, client: &Client, batch: &RowBatch, token: &str) {
        let mut pause = RETRY_FIRST;
        let mut unsent = Table::ALL.to_vec();
        loop {
            match send(client, batch, token, &mut unsent).await {
                Ok(()) => {
                    self.lock().figures.shipped_rows += batch.len() as u64;
                    return;
                }
                Err(error) if error.is_transient() => {
                    self.lock().figures.retries += 1;
                    tracing::warn!(batch.rows = batch.len(), %error, "insert failed, the batch is kept and sent again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(RETRY_LONGEST);
                }
                Err(error) => {
                    // The rows are typed and the schema is ours: this is a fault of ours, said as loudly as can be.
                    self.lock().figures.lost_rows += batch.len() as u64;
                    tracing::error!(batch.rows = batch.len(), %error, "clickhouse refused a batch, its rows are lost");
                    return;
                }
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The raw tables, in the order in which a batch is sent, last first.
#[derive(Debug, Clone, Copy)]
enum Table {
    Layouts,
    Scrolls,
    Clicks,
    Events,
}

impl Table {
    const ALL: [Self; 4] = [Self::Layouts, Self::Scrolls, Self::Clicks, Self::Events];
}

/// Sends the tables that are not confirmed yet; stops at the first failure.
async fn send(client: &Client, batch: &RowBatch, token: &str, unsent: &mut Vec<Table>) -> Result<(), StoreError> {
    while let Some(table) = unsent.last() {
        match table {
            Table::Events => insert(client, "events", &batch.events, token).await?,
            Table::Clicks => insert(client, "clicks", &batch.clicks, token).await?,
            Table::Scrolls => insert(client, "scrolls", &batch.scrolls, token).await?,
            Table::Layouts => insert(client, "layouts", &batch.layouts, token).await?,
        }
        unsent.pop();
    }
    Ok(())
}

async fn insert<T>(client: &Client, table: &str, rows: &[T], token: &str) -> Result<(), StoreError>
where
    T: RowOwned + RowWrite,
{
    if rows.is_empty() {
        return Ok(());
    }
    client.insert(table, rows, token).await
}
