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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Shared, error::ApiError};

/// Shortest time between two messages of a stream: at most four a second.
pub const PUSH_INTERVAL: Duration = Duration::from_millis(250);
/// A comment goes out after this long without news, so that proxies keep the connection.
pub const HEARTBEAT: Duration = Duration::from_secs(15);
/// That comment.
pub const HERE: Bytes = Bytes::from_static(b": here\n\n");

/// Takes the place of one stream, as long as the permit lives.
pub fn permit(shared: &Data<Shared>) -> Result<OwnedSemaphorePermit, ApiError> {
    take(&shared.streams)
}

/// Takes the place of one stream of who is not signed in.
pub fn public_permit(shared: &Data<Shared>) -> Result<OwnedSemaphorePermit, ApiError> {
    take(&shared.public_streams)
}

fn take(streams: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    let permit = Arc::clone(streams).try_acquire_owned();
    permit.map_err(|_all_taken| ApiError::Unavailable { retry_after_seconds: 30 })
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
