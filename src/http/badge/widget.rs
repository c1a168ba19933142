//! Owns the stream behind the live widget: how many are on a site, and on one page of it, and nothing else.

use std::time::Duration;

use actix_web::{HttpRequest, Responder, http::header, web};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::{State, counted, foreign::parameters, place};
use crate::{
    http::{
        client,
        error::ApiError,
        push::{self, HEARTBEAT, HERE, PUSH_INTERVAL, message},
    },
    model::{Pathname, SiteId},
};

/// Shortest time between two numbers.
const INTERVAL: Duration = Duration::from_secs(1);

/// `GET /live/{site}/count`: a number, then another whenever it has changed, at most one a second. A slow reader gets the latest
/// only, and `Last-Event-ID` needs no memory.
pub async fn count(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let public = place::public_site(&state, &site)?;
    let (id, name) = (public.site.id, public.site.name.clone());
    let path = match parameters(&request)?.remove("path") {
        Some(path) => Some(Pathname::parse(&path).map_err(|error| ApiError::invalid("path", error.to_string()))?),
        None => None,
    };
    let seat = state.badges.widgets.take(client::address(&request, &state))?;
    let messages = async_stream::stream! {
        let _seat = seat;
        let mut changes = state.presence.watch(id);
        let mut stopping = state.stopping.subscribe();
        let mut number = 0_u64;
        let mut shown = current(&state, id, path.as_ref());
        yield Ok::<_, ApiError>(message("count", number, &shown));
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let change = tokio::select! {
                change = timeout_at(heartbeat_at, changes.changed()) => change,
                _ = stopping.wait_for(|&stopping| stopping) => break,
            };
            // The owner may have changed their mind.
            if place::public_site(&state, name.as_str()).is_err() || matches!(change, Ok(Err(_))) {
                break;
            }
            let now = current(&state, id, path.as_ref());
            if now == shown {
                if change.is_err() {
                    heartbeat_at = Instant::now() + HEARTBEAT;
                    yield Ok(HERE);
                } else {
                    // Something else happened on the site, which may be often.
                    tokio::time::sleep(PUSH_INTERVAL).await;
                }
                continue;
            }
            shown = now;
            number += 1;
            heartbeat_at = Instant::now() + HEARTBEAT;
            yield Ok(message("count", number, &shown));
            tokio::time::sleep(INTERVAL).await;
        }
    };
    let mut response = push::answer(messages);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, header::HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn current(state: &State, site: SiteId, path: Option<&Pathname>) -> Value {
    let now_ms = Timestamp::now().as_millisecond();
    let online = counted::online(state, site, None, now_ms);
    match path {
        Some(path) => json!({"online": online, "page": counted::online(state, site, Some(path), now_ms)}),
        None => json!({"online": online}),
    }
}
