//! Owns the public doors for events: our beacon, Plausible's event, the pixel.
//!
//! What 202 promises: every event of the request is durable at the level of the setting `durability` (by default synced to
//! the disk) and will be in ClickHouse exactly once, or was left out by a documented rule (`X-Heatline-Dropped`). What it
//! does not promise: that it outlives this machine's disk. 4xx, 429 and 503 mean that nothing of the request was kept.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{StatusCode, header},
    web::{self, Payload, Query},
};
use jiff::Timestamp;
use rand::Rng;
use serde_json::json;

use super::{
    Shared, State,
    body::{INGEST_BODY_BYTES, read_json_text},
    client,
    error::ApiError,
    openapi::{Description, Operation, schema},
};
use crate::{
    ingest::{
        Refusal, Signals, Verdict, beacon,
        pixel::{self, PixelQuery},
        plausible,
    },
    model::{Beacon, DropReason, Outcome, Sender, ViewId},
};

pub(super) const DROPPED_HEADER: &str = "x-heatline-dropped";
const PLAUSIBLE_DROPPED_HEADER: &str = "x-plausible-dropped";
/// Seconds after which a refused sender should come back.
const RETRY_SECONDS: u32 = 5;

/// `POST /api/beacon`: a batch of our tracker.
pub async fn beacon(request: HttpRequest, payload: Payload, state: State) -> Result<impl Responder, ApiError> {
    let received_at_ms = Timestamp::now().as_millisecond();
    let beacon = counted(&state, read_beacon(&request, payload, received_at_ms).await)?;
    let verdicts = take(&state, vec![beacon], &request, received_at_ms).await?;
    if verdicts.contains(&Verdict::Accepted { wants_layout: true }) {
        return Ok(HttpResponse::Accepted().json(json!({"layout": true})));
    }
    Ok(accepted(dropped(&verdicts)))
}

async fn read_beacon(request: &HttpRequest, payload: Payload, received_at_ms: i64) -> Result<Beacon, ApiError> {
    let body = read_json_text(request, payload, INGEST_BODY_BYTES).await?;
    Ok(beacon::parse(&body, received_at_ms)?)
}

/// `POST /api/event`: one event of a Plausible tracker or server.
pub async fn event(request: HttpRequest, payload: Payload, state: State) -> Result<impl Responder, ApiError> {
    let received_at_ms = Timestamp::now().as_millisecond();
    let beacons = counted(&state, read_event(&request, payload, received_at_ms).await)?;
    if request.headers().get("x-debug-request").is_some_and(|value| value == "true") {
        let address = client::address(&request, &state).to_string();
        return Ok(HttpResponse::Ok().json(json!({"ip": address})));
    }
    let dropped = dropped(&take(&state, beacons, &request, received_at_ms).await?);
    let mut response = accepted(dropped);
    if dropped.is_some() {
        let name = header::HeaderName::from_static(PLAUSIBLE_DROPPED_HEADER);
        response.headers_mut().insert(name, header::HeaderValue::from_static("1"));
    }
    Ok(response)
}

async fn read_event(request: &HttpRequest, payload: Payload, received_at_ms: i64) -> Result<Vec<Beacon>, ApiError> {
    let body = read_json_text(request, payload, INGEST_BODY_BYTES).await?;
    Ok(plausible::parse(&body, random_view(), received_at_ms)?)
}

/// `GET /pixel.gif`: a pageview without JavaScript. The picture comes whatever becomes of the event.
pub async fn pixel(request: HttpRequest, state: State) -> Result<impl Responder, ApiError> {
    let received_at_ms = Timestamp::now().as_millisecond();
    let beacon = counted(&state, read_pixel(&request, received_at_ms))?;
    let verdicts = take(&state, vec![beacon], &request, received_at_ms).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).content_type("image/gif");
    if let Some(reason) = dropped(&verdicts) {
        response.insert_header((DROPPED_HEADER, reason.as_str()));
    }
    Ok(response.body(pixel::GIF))
}

fn read_pixel(request: &HttpRequest, received_at_ms: i64) -> Result<Beacon, ApiError> {
    let query = Query::<PixelQuery>::from_query(request.query_string())
        .map_err(|error| ApiError::Malformed(error.to_string()))?;
    Ok(pixel::parse(&query, random_view(), received_at_ms)?)
}

/// `OPTIONS`: any origin may send.
pub async fn preflight() -> impl Responder {
    HttpResponse::build(StatusCode::NO_CONTENT)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

/// Counts a request that was refused before it had events.
fn counted<T>(shared: &web::Data<Shared>, read: Result<T, ApiError>) -> Result<T, ApiError> {
    if read.is_err() {
        shared.ingest.outcomes.open(1).settle(Outcome::Rejected);
    }
    read
}

async fn take(
    shared: &State,
    beacons: Vec<Beacon>,
    request: &HttpRequest,
    received_at_ms: i64,
) -> Result<Vec<Verdict>, ApiError> {
    take_from(shared, beacons, client::sender(request, shared), client::signals(request), received_at_ms).await
}

/// Takes beacons of somebody who is known already.
pub(super) async fn take_from(
    shared: &State,
    beacons: Vec<Beacon>,
    sender: Sender,
    signals: Signals,
    received_at_ms: i64,
) -> Result<Vec<Verdict>, ApiError> {
    let shared = shared.clone();
    // To its end in any case: who hangs up while the disk is synced drops this handler, and what is kept must be counted
    // and shown all the same.
    let taken = ToTheEnd::of(async move { shared.ingest.accept(beacons, &sender, signals, received_at_ms).await });
    Ok(taken.await?)
}

/// A future that goes on in a task of its own when it is dropped before its end. A task from the start would cost each
/// request a second wake-up and two allocations.
struct ToTheEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> ToTheEnd<F> {
    fn of(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future<Output: Send> + Send + 'static> Future for ToTheEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.0.as_mut().expect("nobody polls a future after its end");
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToTheEnd<F> {
    fn drop(&mut self) {
        // Without a runtime the process is ending; the spool is drained all the same.
        if let (Some(future), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(future);
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => Self::Unavailable { retry_after_seconds: RETRY_SECONDS },
            Refusal::InFlight => Self::Unavailable { retry_after_seconds: 1 },
            Refusal::Limited { retry_after_seconds } => Self::RateLimited { retry_after_seconds },
        }
    }
}

/// Returns why something of the request was left out, if it was.
fn dropped(verdicts: &[Verdict]) -> Option<DropReason> {
    verdicts.iter().find_map(|verdict| match verdict {
        Verdict::Dropped(reason) => Some(*reason),
        Verdict::Accepted { .. } => None,
    })
}

fn accepted(dropped: Option<DropReason>) -> HttpResponse {
    let mut response = HttpResponse::Accepted();
    if let Some(reason) = dropped {
        response.insert_header((DROPPED_HEADER, reason.as_str()));
    }
    response.content_type(header::ContentType::json()).body("{}")
}

pub(super) fn random_view() -> ViewId {
    ViewId::new(rand::rng().random())
}

pub fn describe(api: &mut Description) {
    api.tag(
        "Ingest",
        "Where trackers send what happens. 202 means that it is kept for good, or was left out by a documented rule.",
    );
    let types = ["text/plain", "application/json"];
    let number = || schema::count();
    let size = || json!({ "type": "array", "items": number(), "minItems": 2, "maxItems": 2 });
    let kinds = ["pageview", "event", "engagement", "click", "move", "scroll", "layout", "vitals", "leave"];
    let event = json!({
        "type": "object", "required": ["type"],
        "properties": { "type": schema::words(&kinds), "ago": { "type": "integer", "minimum": 0, "description": "Milliseconds ago." } },
    });
    let beacon = schema::object(&[
        ("v", json!({ "const": 1 })),
        ("site", schema::text()),
        ("view", json!({ "type": "string", "pattern": "^[0-9a-fA-F]{16}$" })),
        ("url", schema::text()),
        ("viewport", size()),
        ("document", size()),
        ("events", json!({ "type": "array", "items": event, "minItems": 1, "maxItems": 100 })),
    ]);
    let mut beacon = schema::with_optional(
        beacon,
        &[("n", schema::or_null(number())), ("referrer", schema::text()), ("hash", schema::flag())],
    );
    beacon["additionalProperties"] = true.into();
    api.schema("Beacon", beacon);
    let example = json!({
        "v": 1, "site": "demo.example", "view": "00000000000000a1", "url": "https://demo.example/", "viewport": [1280, 720],
        "document": [1280, 4000], "events": [{ "type": "pageview" }],
    });
    let layout = schema::optional(&[("layout", schema::flag())]);
    let post = Operation::post("/api/beacon", "A batch of our tracker").open();
    let post = post.about("Up to 64 KiB and 100 events. `docs/tracker.md` has the format of every event.");
    let post = post.body_of(&types, schema::reference("Beacon"), Some(&example));
    let accepted =
        "Kept, or left out for the reason in `X-Heatline-Dropped`. With `layout`, the page's layout is wanted.";
    api.add(post.answer(202, accepted, layout, &json!({ "layout": true })).fails(&[429]));
    api.add(preflight_of("/api/beacon"));

    let event = schema::object(&[("name", schema::text()), ("url", schema::text()), ("domain", schema::text())]);
    let mut event = schema::with_optional(
        event,
        &[
            ("referrer", schema::text_or_null()),
            ("props", json!({ "description": "An object of texts and numbers." })),
            ("revenue", json!({ "description": "`currency` and `amount`; what is no money is left out." })),
        ],
    );
    // The short names of its trackers do as well.
    event["required"] = json!([]);
    event["additionalProperties"] = true.into();
    let example = json!({
        "name": "Signup", "url": "https://demo.example/register", "domain": "demo.example", "props": { "plan": "pro" },
    });
    let ip = schema::object(&[("ip", schema::text())]);
    let post = Operation::post("/api/event", "Plausible's events API").open();
    let post = post.about(
        "One event, with the long names or the short ones of Plausible's trackers (`n`, `u`, `d`, `r`, `p`, `$`).",
    );
    let post = post.body_of(&types, event, Some(&example));
    let post =
        post.answer(200, "With `X-Debug-Request: true`: the visitor's address.", ip, &json!({ "ip": "203.0.113.1" }));
    api.add(
        post.answer(202, "Kept, or left out: then `x-plausible-dropped` is 1.", schema::optional(&[]), &json!({}))
            .fails(&[429]),
    );
    api.add(preflight_of("/api/event"));

    let pixel = Operation::get("/pixel.gif", "A page view without JavaScript").open();
    let pixel = pixel.needs("site", "The site's name.", schema::text(), &json!("demo.example"));
    let pixel = pixel.needs("url", "The page's address.", schema::text(), &json!("https://demo.example/"));
    let pixel = pixel.query("referrer", "Where the visitor came from.", schema::text());
    api.add(pixel.file(200, "A transparent picture.", &["image/gif"]).fails(&[413, 429]));
}

fn preflight_of(path: &str) -> Operation {
    let operation = Operation::new(actix_web::http::Method::OPTIONS, path, "May another site send this").open();
    operation.empty(204, "It may.")
}
