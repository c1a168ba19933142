//! Owns what is made once and handed out often: documents by their name, as long as no rows of their site have arrived, and
//! the turns of those who make them. It does not know what is in a document.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::web::Bytes;
use tokio::sync::Semaphore;

use super::error::ApiError;

/// Requests that may wait for a turn; one more is sent away.
const MOST_WAITING: usize = 64;
/// How long a request waits for its turn to ask ClickHouse.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Documents that are kept where nothing else is said, in bytes of all together.
const KEPT_BYTES: usize = 64 << 20;
/// How long a document is good for at most, whatever arrives: another service may bring rows that this one does not see.
const LONGEST_KEPT: Duration = Duration::from_secs(30);

/// What names a document: a hash of all that it depends on but the rows.
pub type Key = [u8; 32];

/// A document with its strong tag.
#[derive(Debug, Clone)]
pub struct Made {
    pub bytes: Bytes,
    pub etag: String,
}

impl Made {
    /// Makes the tag of bytes.
    pub fn of(bytes: Bytes) -> Self {
        let hash = blake3::hash(&bytes).to_hex();
        Self { etag: format!("\"{}\"", &hash[..32]), bytes }
    }
}

struct Kept {
    document: Made,
    /// What [`crate::store::Arrivals`] said before the rows were asked for.
    arrivals: u64,
    made: Instant,
    used: u64,
}

#[derive(Default)]
struct Documents {
    by_key: HashMap<Key, Kept>,
    bytes: usize,
    uses: u64,
}

/// The documents and the turns.
pub struct Shelf {
    /// Who may ask ClickHouse for a document.
    turns: Semaphore,
    waiting: AtomicUsize,
    documents: Mutex<Documents>,
    /// Documents that are kept, in bytes of all together.
    most_bytes: usize,
    /// Of each document that is being made, who makes it: others who want it wait for it.
    making: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl Shelf {
    /// Makes an empty shelf for so many makers at once.
    pub fn new(turns: usize) -> Self {
        Self {
            turns: Semaphore::new(turns),
            waiting: AtomicUsize::new(0),
            documents: Mutex::default(),
            most_bytes: KEPT_BYTES,
            making: Mutex::default(),
        }
    }

    /// The same, with room for so many bytes.
    #[must_use]
    pub fn with_room(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    /// Returns the document of this name, from the shelf where its rows are still all there are, else by `make`. Several who
    /// want the same at once get one.
    pub async fn get(
        &self,
        key: Key,
        arrivals: impl Fn() -> u64,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, ApiError>,
    ) -> Result<Made, ApiError> {
        if let Some(document) = self.find(&key, arrivals()) {
            return Ok(document);
        }
        let _waiting = self.enter()?;
        let maker = Arc::clone(self.making.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let _alone = maker.lock().await;
        // Forgotten whatever comes of it, also if who asked goes away: who waits for the same has its own hold of the lock.
        let _making = Making { all: &self.making, key };
        if let Some(document) = self.find(&key, arrivals()) {
            return Ok(document);
        }
        let before = arrivals();
        let turn = tokio::time::timeout(LONGEST_WAIT, self.turns.acquire()).await;
        let made = match turn {
            Ok(Ok(_turn)) => make().await,
            Ok(Err(_)) | Err(_) => Err(busy()),
        };
        let document = Made::of(Bytes::from(made?));
        self.keep(key, document.clone(), before);
        Ok(document)
    }

    fn enter(&self) -> Result<Waiting<'_>, ApiError> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING { Err(busy()) } else { Ok(waiting) }
    }

    /// Returns the document of this name, if its rows are still all there are.
    pub fn find(&self, key: &Key, arrivals: u64) -> Option<Made> {
        let mut shelf = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.uses += 1;
        let uses = shelf.uses;
        let kept = shelf.by_key.get_mut(key)?;
        if kept.arrivals != arrivals || kept.made.elapsed() > LONGEST_KEPT {
            return None;
        }
        kept.used = uses;
        Some(kept.document.clone())
    }

    fn keep(&self, key: Key, document: Made, arrivals: u64) {
        let mut shelf = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = &mut *shelf;
        let used = shelf.uses;
        shelf.bytes += document.bytes.len();
        let kept = Kept { document, arrivals, made: Instant::now(), used };
        if let Some(old) = shelf.by_key.insert(key, kept) {
            shelf.bytes -= old.document.bytes.len();
        }
        while shelf.bytes > self.most_bytes {
            let oldest = shelf.by_key.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key);
            let Some(gone) = oldest.and_then(|key| shelf.by_key.remove(&key)) else { break };
            shelf.bytes -= gone.document.bytes.len();
        }
    }
}

/// A document that is being made, until it is dropped.
struct Making<'a> {
    all: &'a Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
    key: Key,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// One who waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What is said to who comes when too many wait.
pub(super) const fn busy() -> ApiError {
    ApiError::Unavailable { retry_after_seconds: 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        [number; 32]
    }

    #[tokio::test]
    async fn a_document_is_made_once_until_rows_arrive() {
        let shelf = Shelf::new(2);
        let made = AtomicUsize::new(0);
        let get = async |arrivals: u64| {
            let make = async || {
                made.fetch_add(1, Ordering::Relaxed);
                Ok(b"picture".to_vec())
            };
            shelf.get(key(1), || arrivals, make).await.unwrap()
        };
        let (first, second) = tokio::join!(get(5), get(5));
        assert_eq!((&first.bytes[..], &first.etag), (&second.bytes[..], &second.etag));
        get(5).await;
        assert_eq!(made.load(Ordering::Relaxed), 1);
        get(6).await;
        assert_eq!(made.load(Ordering::Relaxed), 2, "rows have arrived");
    }

    #[tokio::test]
    async fn who_comes_when_the_queue_is_full_is_sent_away() {
        let shelf = Arc::new(Shelf::new(2));
        let release = Arc::new(Semaphore::new(0));
        let mut asked = Vec::new();
        for number in 0..=MOST_WAITING {
            let (shelf, release) = (Arc::clone(&shelf), Arc::clone(&release));
            asked.push(tokio::spawn(async move {
                let make = async || {
                    let _ = release.acquire().await;
                    Ok(Vec::new())
                };
                shelf.get(key(u8::try_from(number).unwrap()), || 0, make).await.map(|_made| ())
            }));
            tokio::task::yield_now().await;
        }
        let last = asked.pop().unwrap().await.unwrap();
        assert!(matches!(last, Err(ApiError::Unavailable { .. })), "{last:?}");
        release.close();
        for asked in asked {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(shelf.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let shelf = Shelf::new(2);
        let failed = shelf.get(key(1), || 0, async || Err(ApiError::NoData)).await;
        assert!(matches!(failed, Err(ApiError::NoData)));
        let document = shelf.get(key(1), || 0, async || Ok(b"now".to_vec())).await.unwrap();
        assert_eq!(&document.bytes[..], b"now");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nothing_behind() {
        let shelf = Shelf::new(2);
        let never = shelf.get(key(1), || 0, async || std::future::pending().await);
        assert!(tokio::time::timeout(Duration::from_millis(20), never).await.is_err());
        assert!(shelf.making.lock().unwrap().is_empty());
        assert_eq!(shelf.waiting.load(Ordering::Relaxed), 0);
        shelf.get(key(1), || 0, async || Ok(b"now".to_vec())).await.unwrap();
    }

    #[test]
    fn the_shelf_is_bounded() {
        let shelf = Shelf::new(2);
        for number in 0..10 {
            let document = Made { bytes: vec![0; KEPT_BYTES / 4].into(), etag: String::new() };
            shelf.keep(key(number), document, 0);
            shelf.find(&key(0), 0);
        }
        let documents = shelf.documents.lock().unwrap();
        assert!(documents.bytes <= KEPT_BYTES && documents.by_key.len() == 4, "{}", documents.bytes);
        assert!(documents.by_key.contains_key(&key(0)), "what is asked for again and again stays");
    }
}
