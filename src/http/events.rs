//! Owns the door for events that servers send, of now or of the past.
//!
//! What 202 promises is what it promises for beacons (see [`super::ingest`]); rows that are wrong are told one by one and
//! cost no other. Any other answer means that nothing of the request was kept.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header,
    web::{self, Path, Payload},
};
use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{
    State,
    auth::Caller,
    body::read_json_lines,
    error::ApiError,
    openapi::{Description, Operation, schema},
};
use crate::{
    ingest::{
        Rejection,
        backfill::{NotTaken, Taken},
        server_event::{self, RowError, ServerEvents},
    },
    model::{Outcome, SiteName},
};

/// Largest body, also when it is decoded.
const BODY_BYTES: usize = 2 * 1024 * 1024;

#[derive(Serialize)]
struct Answer {
    accepted: usize,
    dropped: usize,
    /// Why they were dropped, where any was.
    drops: BTreeMap<&'static str, usize>,
    rejected: usize,
    errors: Vec<ShownError>,
}

#[derive(Serialize)]
struct ShownError {
    row: usize,
    pointer: String,
    detail: String,
}

/// `POST /api/v1/sites/{site}/events`
pub async fn take(
    site: Path<String>,
    request: HttpRequest,
    payload: Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let busy = |_| ApiError::Unavailable { retry_after_seconds: 1 };
    let permit = state.uploads.clone().try_acquire_owned().map_err(busy)?;
    // First, so that answers about a site that is hidden and one that is missing are alike to the last header.
    let body = read_json_lines(&request, payload, BODY_BYTES).await?;
    let site = caller.site_to_feed(&state, &site).await?;
    let import_key = state.control.import_key(site.site.id).await?;
    // To its end in any case, like the beacons of `super::ingest`.
    let work = tokio::spawn(async move {
        let answer = take_rows(&state, &site.site.name, body, import_key).await;
        drop(permit);
        answer
    });
    let answer = work.await.map_err(|error| ApiError::Internal(error.to_string()))??;
    Ok(HttpResponse::Accepted().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

async fn take_rows(state: &State, site: &SiteName, body: Bytes, import_key: [u8; 32]) -> Result<Answer, ApiError> {
    let received_at_ms = Timestamp::now().as_millisecond();
    let known = state.ingest.sites.current().get(site).cloned().ok_or(ApiError::SiteNotFound)?;
    let shared = state.clone();
    // Beside the async threads: a full request takes tens of milliseconds.
    let work = web::block(move || {
        let ingest = &shared.ingest;
        let ServerEvents { events, rejected, errors } =
            server_event::parse(&body, received_at_ms).map_err(|rejection| {
                ingest.outcomes.open(1).settle(Outcome::Rejected);
                match rejection {
                    Rejection::TooManyEvents { .. } => ApiError::TooLarge { limit_bytes: BODY_BYTES },
                    other => other.into(),
                }
            })?;
        if rejected > 0 {
            ingest.outcomes.open(rejected).settle(Outcome::Rejected);
        }
        Ok((ingest.decide_past(&known, &import_key, events, received_at_ms)?, rejected, errors))
    });
    let decided: Result<_, ApiError> = work.await.map_err(|error| ApiError::Internal(error.to_string()))?;
    let (decided, rejected, errors) = decided?;
    let Taken { accepted, dropped } = state.ingest.keep_past(decided, received_at_ms).await?;
    Ok(Answer {
        accepted,
        dropped: dropped.values().sum(),
        drops: dropped,
        rejected,
        errors: errors
            .into_iter()
            .map(|RowError { row, pointer, detail }| ShownError { row, pointer, detail })
            .collect(),
    })
}

impl From<NotTaken> for ApiError {
    fn from(not_taken: NotTaken) -> Self {
        match not_taken {
            NotTaken::Refused(refusal) => refusal.into(),
            NotTaken::TooManyMonths { .. } => Self::invalid("", not_taken.to_string()),
            NotTaken::TooLarge => Self::TooLarge { limit_bytes: BODY_BYTES },
        }
    }
}

pub fn describe(api: &mut Description) {
    api.tag("Rows in and out", "Events of servers, export, import and erasing. `docs/import-export.md` says how.");
    let event = schema::with_optional(
        schema::object(&[("timestamp", schema::moment()), ("name", schema::text()), ("url", schema::text())]),
        &[
            ("referrer", schema::text()),
            ("ip", schema::text()),
            ("user_agent", schema::text()),
            ("visitor", schema::text()),
            ("id", schema::text()),
            ("props", json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })),
            (
                "revenue",
                schema::object(&[("currency", schema::text()), ("amount", json!({ "type": ["number", "string"] }))]),
            ),
        ],
    );
    let error = schema::object(&[("row", schema::count()), ("pointer", schema::text()), ("detail", schema::text())]);
    let answer = schema::object(&[
        ("accepted", schema::count()),
        ("dropped", schema::count()),
        ("drops", json!({ "type": "object", "additionalProperties": schema::count() })),
        ("rejected", schema::count()),
        ("errors", schema::list(error)),
    ]);
    let example = json!([{
        "timestamp": "2026-11-23T10:00:00Z", "name": "pageview", "url": "https://demo.example/docs", "visitor": "7f3a9c",
    }]);
    let told = json!({ "accepted": 1, "dropped": 0, "drops": {}, "rejected": 0, "errors": [] });
    let take = Operation::post("/api/v1/sites/{site}/events", "Send events from a server").scope(&["events"]);
    let take = take.about(
        "Of now or of the past, as a list or one a line. A row that is wrong costs no other; 202 means that what was accepted is \
         on the disk.",
    );
    // A row that is no event is told of, and refuses no request; without a list each line is a row.
    let row = json!({ "anyOf": [event, {}] });
    let rows = json!({ "anyOf": [schema::list(row), {}] });
    let take = take.body_of(&["application/json"], rows, Some(&example));
    api.add(take.answer(202, "What became of the rows.", answer, &told).fails(&[408, 413, 415, 429, 503]));
}
