//! Owns the asking of reports: whose turn it is, and the answers that were given lately. It does not know what a question means.
//!
//! Two cores answer a few questions at once. Each site has fewer turns than there are, so that no site takes them all; who waits
//! too long, or comes when too many wait, is sent away with 503 and asked to come back.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    error::ApiError,
    shelf::{Key, Made, Shelf, busy},
};
use crate::model::SiteId;

/// Questions that ClickHouse is asked at once. Each may take the memory of a report.
const TURNS: usize = 4;
/// Of these, how many may be of one site.
const TURNS_OF_SITE: usize = 2;
/// Answers that are handed on as they come, of one site at once. They have turns of their own: who reads one slowly keeps
/// nobody from the others.
const LINES_OF_SITE: usize = 1;
/// Sites share turns when there are more of them.
const SITES: usize = 1024;
/// How long a question waits for its site's turn.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The turns and the shelf.
pub struct Questions {
    shelf: Shelf,
    of_sites: Turns,
    lines_of_sites: Turns,
}

/// The turns of each site.
struct Turns(Box<[Arc<Semaphore>]>);

impl Turns {
    fn new(each: usize) -> Self {
        Self((0..SITES).map(|_| Arc::new(Semaphore::new(each))).collect())
    }

    /// Waits for a turn of the site.
    async fn wait(&self, site: SiteId) -> Result<OwnedSemaphorePermit, ApiError> {
        let turns = Arc::clone(&self.0[site.get() as usize % SITES]);
        match tokio::time::timeout(LONGEST_WAIT, turns.acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }
}

impl Default for Questions {
    fn default() -> Self {
        let (of_sites, lines_of_sites) = (Turns::new(TURNS_OF_SITE), Turns::new(LINES_OF_SITE));
        Self { shelf: Shelf::new(TURNS), of_sites, lines_of_sites }
    }
}

impl Questions {
    /// Returns the answer of this name, from the shelf where its rows are still all there are, else by `ask`.
    pub async fn answer(
        &self,
        site: SiteId,
        key: Key,
        arrivals: impl Fn() -> u64,
        ask: impl AsyncFnOnce() -> Result<Vec<u8>, ApiError>,
    ) -> Result<Made, ApiError> {
        if let Some(made) = self.shelf.find(&key, arrivals()) {
            return Ok(made);
        }
        let _turn = self.of_sites.wait(site).await?;
        self.shelf.get(key, arrivals, ask).await
    }

    /// Waits for a turn of the site, for an answer that is handed on as it comes.
    pub async fn turn_for_lines(&self, site: SiteId) -> Result<OwnedSemaphorePermit, ApiError> {
        self.lines_of_sites.wait(site).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_site_does_not_keep_another_waiting() {
        let questions = Questions::default();
        let (one, other) = (SiteId::new(1), SiteId::new(2));
        let forever =
            async |number: u8| questions.answer(one, [number; 32], || 0, async || std::future::pending().await).await;
        let answered = questions.answer(other, [9; 32], || 0, async || Ok(b"now".to_vec()));
        tokio::select! {
            biased;
            _ = forever(1) => unreachable!("it never ends"),
            _ = forever(2) => unreachable!("it never ends"),
            _ = forever(3) => unreachable!("it never ends"),
            _ = forever(4) => unreachable!("it never ends"),
            _ = forever(5) => unreachable!("it never ends"),
            answer = answered => assert_eq!(&answer.unwrap().bytes[..], b"now"),
        }
    }
}
