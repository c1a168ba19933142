//! Owns the drawing of pictures beside the serving of requests: a few threads of low priority, a bounded queue before them, and
//! the shelf of the pictures that were drawn lately. It does not know what a picture shows.
//!
//! Drawing must never slow ingest: its threads give way to all others, and when the queue is full the next request is sent
//! away with 503 and asked to come back.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, SyncSender},
    },
    thread,
};

use tokio::sync::oneshot;

use super::{
    error::ApiError,
    shelf::{Shelf, busy},
};

/// Pictures that may wait to be drawn; one more is sent away.
const MOST_WAITING: usize = 64;
/// Drawing on one of two cores leaves the other to ingest.
const CORES_PER_THREAD: usize = 2;
/// How much the threads give way: the most there is.
const NICE: i32 = 19;

type Job = Box<dyn FnOnce() + Send>;

/// The queue, the threads and the shelf.
pub struct Renders {
    jobs: SyncSender<Job>,
    pub shelf: Shelf,
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
        Self { jobs, shelf: Shelf::new(threads + 1) }
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

    #[tokio::test]
    async fn a_thread_draws() {
        assert_eq!(Renders::start().draw(|| 6 * 7).await.unwrap(), 42);
    }
}
