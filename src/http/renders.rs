//! Owns the drawing of pictures beside the serving of requests: a few threads of low priority, a bounded queue before them, and the
//! pictures that were drawn lately. It does not know what a picture shows.
//!
//! Drawing must never slow ingest: its threads give way to all others, and when the queue is full the next request is sent
//! away with 503 and asked to come back.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::web::Bytes;
use tokio::sync::{Semaphore, oneshot};

use super::error::ApiError;

/// Requests that may wait to be drawn; one more is sent away.
const MOST_WAITING: usize = 64;
/// How long a request waits for its turn to ask ClickHouse.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Drawing on one of two cores leaves the other to ingest.
const CORES_PER_THREAD: usize = 2;
/// How much the threads give way: the most there is.
const NICE: i32 = 19;
/// Pictures that are kept, in bytes of all together.
const KEPT_BYTES: usize = 64 << 20;
/// How long a picture is good for at most, whatever arrives: another service may bring rows that this one does not see.
const LONGEST_KEPT: Duration = Duration::from_secs(30);

type Job = Box<dyn FnOnce() + Send>;

/// What names a picture: a hash of all that it depends on but the rows.
pub type Key = [u8; 32];

/// A picture, or a document, with its strong tag.
#[derive(Debug, Clone)]
pub struct Drawn {
    pub bytes: Bytes,
    pub etag: String,
}

struct Kept {
    drawn: Drawn,
    /// What [`crate::store::Arrivals`] said before the rows were asked for.
    arrivals: u64,
    made: Instant,
    used: u64,
}

#[derive(Default)]
struct Shelf {
    pictures: HashMap<Key, Kept>,
    bytes: usize,
    uses: u64,
}

/// The queue, the threads and the shelf.
pub struct Renders {
    jobs: SyncSender<Job>,
    /// Who may ask ClickHouse for a picture.
    turns: Semaphore,
    waiting: AtomicUsize,
    shelf: Mutex<Shelf>,
    /// Of each picture that is being made, who makes it: others who want it wait for it.
    making: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

impl Renders {
    /// Starts the threads. They end with the value.
    pub fn start() -> Self {
        let threads = (thread::available_parallelism().map_or(1, usize::from) / CORES_PER_THREAD).max(1);
        let (jobs, queue) = mpsc::sync_channel::<Job>(MOST_WAITING);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            let work = move || {
                give_way();
                // The lock is held while a thread waits for a job, and not while it works.
                let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                while let Ok(job) = next() {
                    job();
                }
            };
            // Without threads every request for a picture is answered with 503; the service itself goes on.
            if let Err(error) = thread::Builder::new().name(format!("render-{number}")).spawn(work) {
                tracing::error!(%error, "a thread that draws pictures cannot be started");
            }
        }
        Self {
            jobs,
            turns: Semaphore::new(threads + 1),
            waiting: AtomicUsize::new(0),
            shelf: Mutex::default(),
            making: Mutex::default(),
        }
    }

    /// Returns the picture of this name, from the shelf where its rows are still all there are, else by `make`. Several who
    /// want the same at once get one.
    pub async fn get(
        &self,
        key: Key,
        arrivals: impl Fn() -> u64,
        make: impl AsyncFnOnce() -> Result<Vec<u8>, ApiError>,
    ) -> Result<Drawn, ApiError> {
        if let Some(drawn) = self.kept(&key, arrivals()) {
            return Ok(drawn);
        }
        let _waiting = self.enter()?;
        let maker = Arc::clone(self.making.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let _alone = maker.lock().await;
        // Forgotten whatever comes of it, also if who asked goes away: who waits for the same has its own hold of the lock.
        let _making = Making { all: &self.making, key };
        if let Some(drawn) = self.kept(&key, arrivals()) {
            return Ok(drawn);
        }
        let before = arrivals();
        let turn = tokio::time::timeout(LONGEST_WAIT, self.turns.acquire()).await;
        let made = match turn {
            Ok(Ok(_turn)) => make().await,
            Ok(Err(_)) | Err(_) => Err(busy()),
        };
        let bytes = Bytes::from(made?);
        let hash = blake3::hash(&bytes).to_hex();
        let drawn = Drawn { etag: format!("\"{}\"", &hash[..32]), bytes };
        self.keep(key, drawn.clone(), before);
        Ok(drawn)
    }

    /// Runs work that takes milliseconds of a core on one of the threads.
    pub async fn draw<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
        let (done, result) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Who asked may have gone.
            let _ = done.send(work());
        });
        match self.jobs.try_send(job) {
            Ok(()) => result.await.map_err(|_gone| ApiError::Internal("a picture could not be drawn".to_owned())),
            Err(_full_or_ended) => Err(busy()),
        }
    }

    fn enter(&self) -> Result<Waiting<'_>, ApiError> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING { Err(busy()) } else { Ok(waiting) }
    }

    fn kept(&self, key: &Key, arrivals: u64) -> Option<Drawn> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.uses += 1;
        let uses = shelf.uses;
        let kept = shelf.pictures.get_mut(key)?;
        if kept.arrivals != arrivals || kept.made.elapsed() > LONGEST_KEPT {
            return None;
        }
        kept.used = uses;
        Some(kept.drawn.clone())
    }

    fn keep(&self, key: Key, drawn: Drawn, arrivals: u64) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = &mut *shelf;
        let used = shelf.uses;
        shelf.bytes += drawn.bytes.len();
        let kept = Kept { drawn, arrivals, made: Instant::now(), used };
        if let Some(old) = shelf.pictures.insert(key, kept) {
            shelf.bytes -= old.drawn.bytes.len();
        }
        while shelf.bytes > KEPT_BYTES {
            let oldest = shelf.pictures.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key);
            let Some(gone) = oldest.and_then(|key| shelf.pictures.remove(&key)) else { break };
            shelf.bytes -= gone.drawn.bytes.len();
        }
    }
}

/// A picture that is being made, until it is dropped.
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

const fn busy() -> ApiError {
    ApiError::Unavailable { retry_after_seconds: 2 }
}

/// Lowers the priority of this thread. On Linux `setpriority` of "this process" is of this thread alone.
fn give_way() {
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "the threads that draw pictures have the priority of the others");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Key {
        [number; 32]
    }

    #[tokio::test]
    async fn a_picture_is_made_once_until_rows_arrive() {
        let renders = Renders::start();
        let made = AtomicUsize::new(0);
        let get = async |arrivals: u64| {
            let make = async || {
                made.fetch_add(1, Ordering::Relaxed);
                renders.draw(|| b"picture".to_vec()).await
            };
            renders.get(key(1), || arrivals, make).await.unwrap()
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
        let renders = Arc::new(Renders::start());
        let release = Arc::new(Semaphore::new(0));
        let mut asked = Vec::new();
        for number in 0..=MOST_WAITING {
            let (renders, release) = (Arc::clone(&renders), Arc::clone(&release));
            asked.push(tokio::spawn(async move {
                let make = async || {
                    let _ = release.acquire().await;
                    Ok(Vec::new())
                };
                renders.get(key(u8::try_from(number).unwrap()), || 0, make).await.map(|_drawn| ())
            }));
            tokio::task::yield_now().await;
        }
        let last = asked.pop().unwrap().await.unwrap();
        assert!(matches!(last, Err(ApiError::Unavailable { .. })), "{last:?}");
        release.close();
        for asked in asked {
            asked.await.unwrap().unwrap();
        }
        assert_eq!(renders.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_failure_is_told_and_not_kept() {
        let renders = Renders::start();
        let failed = renders.get(key(1), || 0, async || Err(ApiError::NoData)).await;
        assert!(matches!(failed, Err(ApiError::NoData)));
        let drawn = renders.get(key(1), || 0, async || Ok(b"now".to_vec())).await.unwrap();
        assert_eq!(&drawn.bytes[..], b"now");
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nothing_behind() {
        let renders = Renders::start();
        let never = renders.get(key(1), || 0, async || std::future::pending().await);
        assert!(tokio::time::timeout(Duration::from_millis(20), never).await.is_err());
        assert!(renders.making.lock().unwrap().is_empty());
        assert_eq!(renders.waiting.load(Ordering::Relaxed), 0);
        renders.get(key(1), || 0, async || Ok(b"now".to_vec())).await.unwrap();
    }

    #[test]
    fn the_shelf_is_bounded() {
        let renders = Renders::start();
        for number in 0..10 {
            let drawn = Drawn { bytes: vec![0; KEPT_BYTES / 4].into(), etag: String::new() };
            renders.keep(key(number), drawn, 0);
            renders.kept(&key(0), 0);
        }
        let shelf = renders.shelf.lock().unwrap();
        assert!(shelf.bytes <= KEPT_BYTES && shelf.pictures.len() == 4, "{}", shelf.bytes);
        assert!(shelf.pictures.contains_key(&key(0)), "what is asked for again and again stays");
    }
}
