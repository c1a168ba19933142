//! Owns the live view: one document, and the stream that pushes it.

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use serde_json::json;

use super::{
    State,
    auth::Caller,
    error::ApiError,
    openapi::{Description, Operation, schema},
    push::{self, HEARTBEAT, HERE, PUSH_INTERVAL, message},
};
use crate::{control::Scope, live::LiveSnapshot, model::SiteId};

/// `GET /api/v1/sites/{site}/live`
pub async fn snapshot(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let snapshot = state.presence.snapshot(site.site.id, Timestamp::now().as_millisecond());
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(&*snapshot))
}

/// `GET /api/v1/sites/{site}/live/stream`: a snapshot, then an update whenever something changed.
///
/// A slow reader gets the latest state only: nothing is queued for it. `Last-Event-ID` needs no memory,
/// for every message is the whole state.
pub async fn stream(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?.site.id;
    let permit = push::permit(&state)?;
    let messages = async_stream::stream! {
        let _permit = permit;
        let mut changes = state.presence.watch(site);
        let mut stopping = state.stopping.subscribe();
        let mut id = 0_u64;
        let mut shown = current(&state, site);
        yield Ok::<_, ApiError>(message("snapshot", id, &*shown));
        let mut heartbeat_at = Instant::now() + HEARTBEAT;
        loop {
            let change = tokio::select! {
                change = timeout_at(heartbeat_at, changes.changed()) => change,
                _ = stopping.wait_for(|&stopping| stopping) => break,
            };
            match change {
                Err(_elapsed) => {
                    heartbeat_at = Instant::now() + HEARTBEAT;
                    // The count of the last minute fades without any event.
                    let now = current(&state, site);
                    if now == shown {
                        yield Ok(HERE);
                        continue;
                    }
                    shown = now;
                }
                Ok(Err(_closed)) => break,
                Ok(Ok(())) => {
                    let now = current(&state, site);
                    if now == shown {
                        continue;
                    }
                    shown = now;
                    heartbeat_at = Instant::now() + HEARTBEAT;
                }
            }
            id += 1;
            yield Ok(message("update", id, &*shown));
            tokio::time::sleep(PUSH_INTERVAL).await;
        }
    };
    Ok(push::answer(messages))
}

fn current(state: &State, site: SiteId) -> std::sync::Arc<LiveSnapshot> {
    state.presence.snapshot(site, Timestamp::now().as_millisecond())
}

pub fn describe(api: &mut Description) {
    api.tag("Live", "Who is here now: a visitor is for five minutes after the last sign of life.");
    let counted = |name: &str| schema::list(schema::object(&[(name, schema::text()), ("visitors", schema::count())]));
    let session = ["country", "city", "browser", "os", "device", "source", "path"].map(|name| (name, schema::text()));
    let session: Vec<_> =
        session.into_iter().chain([("pages", schema::count()), ("since", schema::moment())]).collect();
    api.schema(
        "Live",
        schema::object(&[
            ("visitors", schema::count()),
            ("views_last_minute", schema::count()),
            ("pages", counted("path")),
            ("countries", counted("country")),
            ("sources", counted("source")),
            ("devices", counted("device")),
            ("sessions", schema::list(schema::object(&session))),
        ]),
    );
    let example = json!({
        "visitors": 1, "views_last_minute": 2, "pages": [{ "path": "/", "visitors": 1 }],
        "countries": [{ "country": "BG", "visitors": 1 }], "sources": [{ "source": "Google", "visitors": 1 }],
        "devices": [{ "device": "desktop", "visitors": 1 }],
        "sessions": [{
            "country": "BG", "city": "Sofia", "browser": "Chrome", "os": "Windows", "device": "desktop", "source": "Google",
            "path": "/", "pages": 2, "since": "2026-11-23T17:40:00Z",
        }],
    });
    let get = Operation::get("/api/v1/sites/{site}/live", "Who is here").scope(&["stats"]);
    api.add(get.answer(200, "The moment.", schema::reference("Live"), &example));
    let stream = Operation::get("/api/v1/sites/{site}/live/stream", "Who is here, as it changes").scope(&["stats"]);
    let stream =
        stream.about("Server-sent events: one `snapshot`, then `update`s of the same shape, at most four a second.");
    api.add(stream.file(200, "The events.", &["text/event-stream"]));
}
