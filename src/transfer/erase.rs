//! Owns the removal of data for good, with what waits on its way to ClickHouse: a row must not come back.

use std::{collections::HashSet, io, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    model::SiteId,
    spool::{
        self,
        dead_letter::DeadLetters,
        files::Files,
        record::{self, Record},
    },
    store::{
        Client, StoreError,
        erase::{self, Erasure, Progress},
    },
};

/// How often ClickHouse is asked how far it is.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// How long the rows of a removed site may take to go, until others are looked at.
const REMOVED_SITE_TIME: Duration = Duration::from_mins(5);

/// Why data cannot be removed now.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what waits for clickhouse cannot be searched: {0}")]
    Waiting(#[from] io::Error),
    #[error("clickhouse cannot rewrite {table}: {reason}")]
    Failed { table: &'static str, reason: String },
}

/// How far a removal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Rows that came before it still wait for ClickHouse.
    Waiting,
    Erasing(Vec<Progress>),
    Done,
}

/// Removes data from everywhere that rows are kept. Cheap to clone.
#[derive(Clone)]
pub struct Eraser {
    client: Client,
    letters: DeadLetters,
    /// What waits for ClickHouse.
    waiting: Arc<dyn Files>,
}

impl Eraser {
    #[must_use]
    pub fn new(client: Client, letters: DeadLetters, waiting: Arc<dyn Files>) -> Self {
        Self { client, letters, waiting }
    }

    /// Returns how many rows each table has of what would go.
    pub async fn count(&self, erasure: &Erasure) -> Result<Vec<Progress>, EraseError> {
        Ok(erase::look(&self.client, erasure).await?)
    }

    /// Removes data until it is gone or the time is over, and returns how far it is. May be repeated at any time.
    pub async fn erase(&self, erasure: &Erasure, within: Duration) -> Result<Stage, EraseError> {
        let end = Instant::now() + within;
        let mut stage = Stage::Waiting;
        loop {
            if stage != Stage::Waiting {
                stage = self.step(erasure).await?;
            } else if !self.still_waits(erasure).await? {
                // Only now: what waited is in ClickHouse or a dead letter.
                self.forget_letters(erasure).await?;
                stage = self.step(erasure).await?;
            }
            if stage == Stage::Done || Instant::now() >= end {
                return Ok(stage);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    /// Removes what is left of a site that was removed, and tells the log how that went: nobody waits for it.
    pub async fn erase_removed_site(&self, site: SiteId, now_ms: i64) {
        let erasure = Erasure::of_site(site.get(), now_ms);
        match self.erase(&erasure, REMOVED_SITE_TIME).await {
            Ok(Stage::Done) => {}
            Ok(Stage::Waiting | Stage::Erasing(_)) => {
                tracing::info!(site.id = site.get(), "rows of a removed site are still being erased");
            }
            Err(error) => {
                tracing::warn!(%error, site.id = site.get(), "rows of a removed site cannot be erased, it is tried again tomorrow");
            }
        }
    }

    async fn still_waits(&self, erasure: &Erasure) -> Result<bool, EraseError> {
        let (waiting, before_ms) = (Arc::clone(&self.waiting), erasure.before_ms);
        let since_ms = blocking(move || spool::waiting_since(&*waiting, before_ms)).await?;
        Ok(since_ms.is_some_and(|since_ms| since_ms <= before_ms))
    }

    async fn forget_letters(&self, erasure: &Erasure) -> Result<(), EraseError> {
        let (letters, erasure) = (self.letters.clone(), erasure.clone());
        Ok(blocking(move || forget_letters(&letters, &erasure)).await?)
    }

    async fn step(&self, erasure: &Erasure) -> Result<Stage, EraseError> {
        let tables = erase::step(&self.client, erasure, Timestamp::now().as_millisecond()).await?;
        if let Some(failed) = tables.iter().find(|table| !table.failure.is_empty()) {
            return Err(EraseError::Failed { table: failed.table, reason: failed.failure.clone() });
        }
        if tables.iter().all(Progress::is_done) { Ok(Stage::Done) } else { Ok(Stage::Erasing(tables)) }
    }
}

/// Runs work with files beside the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Removes the dead letters of rows that are to go: a replay would bring them back.
fn forget_letters(letters: &DeadLetters, erasure: &Erasure) -> io::Result<()> {
    let mut names = HashSet::new();
    for letter in letters.list()? {
        if letter.site_id == erasure.site_id && covers(erasure, &letter.record()?) {
            names.insert(letter.name());
        }
    }
    if !names.is_empty() {
        letters.remove(&names)?;
    }
    Ok(())
}

fn covers(erasure: &Erasure, record: &[u8]) -> bool {
    match record::read(record) {
        Ok(Record::Rows(rows)) => {
            rows.runs.iter().any(|(head, _)| erasure.covers(head.site_id, head.day, head.pathname))
        }
        Ok(Record::Concurrency(minutes)) => {
            erasure.pathname.is_none() && minutes.iter().any(|minute| erasure.covers(minute.site_id, minute.day, ""))
        }
        Ok(Record::Outcomes(_)) | Err(record::Unreadable) => erasure.pathname.is_none() && erasure.days.is_none(),
    }
}
