//! Owns the stream of what visitors do, as they do it, with filters.

use std::sync::Arc;

use actix_web::{HttpRequest, Responder, web};
use serde_json::json;
use tokio::{
    sync::broadcast::error::{RecvError, TryRecvError},
    time::{Instant, timeout_at},
};

use super::{told::shows_visitors, wanted::Wanted};
use crate::{
    http::{
        State,
        error::ApiError,
        links,
        push::{self, HEARTBEAT, HERE, PUSH_INTERVAL, message},
        reader::{Part, Reader},
    },
    live::LiveEvent,
};

/// Most events of one message; of more the latest are told, and how many are not.
const MOST_EVENTS: usize = 100;

/// `GET /api/v1/sites/{site}/live/events`: pageviews and custom events as they come, gathered a quarter of a second.
///
/// Nothing is kept for who does not listen: a slow reader gets the latest, and is told of how many it missed.
pub async fn events(
    request: HttpRequest,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::Visitors).await?;
    let wanted = wanted(request.query_string())?;
    if !site.site.settings.live_feed {
        return Err(ApiError::FeedIsOff);
    }
    let permit = reader.stream_permit(&state)?;
    let mut ended = state.watched.watch(&request, &site, Part::Visitors)?;
    let id_of_site = site.site.id;
    let mut events = state.events.watch(id_of_site);
    let messages = async_stream::stream! {
        let _permit = permit;
        let mut id = 0_u64;
        yield Ok::<_, ApiError>(HERE);
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let first = tokio::select! {
                first = timeout_at(heartbeat_at, events.recv()) => first,
                () = ended.wait() => break,
            };
            if !shows_visitors(&state, id_of_site) {
                break;
            }
            let mut gathered = Gathered::default();
            match first {
                Err(_elapsed) => {
                    heartbeat_at = Instant::now() + HEARTBEAT;
                    yield Ok(HERE);
                    continue;
                }
                Ok(Ok(event)) => gathered.take(&wanted, event),
                Ok(Err(RecvError::Lagged(missed))) => gathered.missed += missed,
                Ok(Err(RecvError::Closed)) => break,
            }
            loop {
                match events.try_recv() {
                    Ok(event) => gathered.take(&wanted, event),
                    Err(TryRecvError::Lagged(missed)) => gathered.missed += missed,
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            if gathered.events.is_empty() && gathered.missed == 0 {
                continue;
            }
            heartbeat_at = Instant::now() + HEARTBEAT;
            id += 1;
            yield Ok(message("events", id, &json!({"events": gathered.latest(), "missed": gathered.missed})));
            tokio::time::sleep(PUSH_INTERVAL).await;
        }
    };
    Ok(push::answer(messages))
}

fn wanted(query: &str) -> Result<Wanted, ApiError> {
    let mut wanted = Wanted::default();
    for (name, value) in links::Query::read(query)?.pairs {
        match name.as_str() {
            "filters" => wanted = Wanted::parse(&value, true)?,
            _ => return Err(ApiError::invalid(name, "there is no such parameter; there is filters")),
        }
    }
    Ok(wanted)
}

/// The events of one message.
#[derive(Default)]
struct Gathered {
    events: Vec<Arc<LiveEvent>>,
    missed: u64,
}

impl Gathered {
    fn take(&mut self, wanted: &Wanted, event: Arc<LiveEvent>) {
        if wanted.has(&*event) {
            self.events.push(event);
        }
    }

    /// Returns the events that are told; of the others it is noted that they are not.
    fn latest(&mut self) -> &[Arc<LiveEvent>] {
        let left_out = self.events.len().saturating_sub(MOST_EVENTS);
        self.missed += left_out as u64;
        self.events.drain(..left_out);
        &self.events
    }
}
