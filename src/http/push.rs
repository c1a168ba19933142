//! Owns the form of event streams (Server-Sent Events, HTML Living Standard §9.2): their messages, how often they come, and how many streams
//! are open. It does not know what they tell.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Bytes, Data},
};
use futures_util::Stream;
use serde::Serialize;
use tokio::{
    sync::{
        OwnedSemaphorePermit,
        broadcast::{
            Receiver,
            error::{RecvError, TryRecvError},
        },
    },
    time::{Instant, sleep, timeout_at},
};

use super::{Shared, error::ApiError};

/// Shortest time between two messages of a stream: at most four a second.
pub const PUSH_INTERVAL: Duration = Duration::from_millis(250);
/// A comment goes out after this long without news, so that proxies keep the connection.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// That comment.
pub const HERE: Bytes = Bytes::from_static(b": here\n\n");

/// Takes the place of one stream, as long as the permit lives.
pub fn permit(shared: &Data<Shared>) -> Result<OwnedSemaphorePermit, ApiError> {
    let streams = shared.streams.clone();
    streams.try_acquire_owned().map_err(|_all_taken| ApiError::Unavailable { retry_after_seconds: 30 })
}

/// Returns the id of the message that a reader who comes back got last.
pub fn last_event_id(request: &HttpRequest) -> Option<i64> {
    request.headers().get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

pub fn message(event: &str, id: u64, data: &impl Serialize) -> Bytes {
    // Text and numbers: they always serialise.
    let data = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!("event: {event}\nid: {id}\ndata: {data}\n\n"))
}

/// Answers with a stream of messages.
pub fn answer(messages: impl Stream<Item = Result<Bytes, ApiError>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(messages))
}

/// What a reader of a feed hears next.
pub enum Heard<T> {
    Gathered(Gathered<T>),
    /// Nothing came in time.
    Quiet,
    /// Nothing will come any more.
    Over,
}

/// What goes into one message: what is wanted of all that came, and how many the reader was too slow for.
pub struct Gathered<T> {
    pub all: Vec<Arc<T>>,
    pub missed: u64,
}

impl<T> Gathered<T> {
    fn take(&mut self, one: Arc<T>, wanted: &impl Fn(&T) -> bool) {
        if wanted(&one) {
            self.all.push(one);
        }
    }

    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.missed == 0
    }
}

/// Waits for something on a feed, until `until`; then for what belongs to it, as long as `gathering`; and takes what there is.
pub async fn hear<T>(
    feed: &mut Receiver<Arc<T>>,
    until: Instant,
    gathering: Duration,
    wanted: impl Fn(&T) -> bool,
) -> Heard<T> {
    let mut gathered = Gathered { all: Vec::new(), missed: 0 };
    match timeout_at(until, feed.recv()).await {
        Err(_elapsed) => return Heard::Quiet,
        Ok(Err(RecvError::Closed)) => return Heard::Over,
        Ok(Err(RecvError::Lagged(missed))) => gathered.missed += missed,
        Ok(Ok(one)) => gathered.take(one, &wanted),
    }
    sleep(gathering).await;
    loop {
        match feed.try_recv() {
            Ok(one) => gathered.take(one, &wanted),
            Err(TryRecvError::Lagged(missed)) => gathered.missed += missed,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Heard::Gathered(gathered),
        }
    }
}
