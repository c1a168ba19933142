//! Owns the stream of what visitors do, as they do it, with filters.

use std::time::Duration;

use actix_web::{HttpRequest, Responder, web};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{told::shows_visitors, wanted::Wanted};
use crate::{
    control::Scope,
    http::{
        State,
        auth::Caller,
        error::ApiError,
        links,
        push::{self, Gathered, HEARTBEAT, HERE, Heard, PUSH_INTERVAL, message},
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
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let wanted = wanted(request.query_string())?;
    if !site.site.settings.live_feed {
        return Err(ApiError::FeedIsOff);
    }
    let permit = push::permit(&state)?;
    let mut ended = state.watched.watch(&request, &site)?;
    let id_of_site = site.site.id;
    let mut events = state.events.watch(id_of_site);
    let messages = async_stream::stream! {
        let _permit = permit;
        let mut id = 0_u64;
        yield Ok::<_, ApiError>(HERE);
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let heard = tokio::select! {
                heard = push::hear(&mut events, heartbeat_at, Duration::ZERO, |event: &LiveEvent| wanted.has(event)) => heard,
                () = ended.wait() => break,
            };
            if !shows_visitors(&state, id_of_site) {
                break;
            }
            let mut gathered = match heard {
                Heard::Gathered(gathered) if gathered.is_empty() => continue,
                Heard::Gathered(gathered) => gathered,
                Heard::Quiet => {
                    heartbeat_at = Instant::now() + HEARTBEAT;
                    yield Ok(HERE);
                    continue;
                }
                Heard::Over => break,
            };
            heartbeat_at = Instant::now() + HEARTBEAT;
            id += 1;
            yield Ok(message("events", id, &latest(&mut gathered)));
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

/// Returns the events that are told; of the others how many they are.
fn latest(gathered: &mut Gathered<LiveEvent>) -> Value {
    let left_out = gathered.all.len().saturating_sub(MOST_EVENTS);
    gathered.all.drain(..left_out);
    json!({"events": gathered.all, "missed": gathered.missed + left_out as u64})
}
