//! Owns the live view: who is here as a document, and the description of all that tells of it.

mod events;
mod history;
mod stream;
mod told;
mod visitors;
mod wanted;

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde_json::json;

use super::{
    State,
    error::ApiError,
    openapi::{Description, Operation, schema},
    reader::{Part, Reader},
};

pub use events::events;
pub use history::history;
pub use stream::stream;
pub use told::Told;
pub use visitors::visitors;

/// `GET /api/v1/sites/{site}/live`
pub async fn snapshot(site: web::Path<String>, reader: Reader, state: State) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::Reports).await?;
    let snapshot = state.presence.snapshot(site.site.id, Timestamp::now().as_millisecond());
    let live_feed = site.site.settings.live_feed && reader.sees(Part::Visitors);
    let document = told::Document::new(&snapshot, live_feed, None);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(document))
}

pub fn describe(api: &mut Description) {
    api.tag("Live", "Who is here now: a visitor is for five minutes after the last sign of life.");
    describe_now(api);
    describe_visitors(api);
    describe_streams(api);
    describe_history(api);
}

fn describe_now(api: &mut Description) {
    let counted = |names: &[&str]| {
        let keys = names.iter().map(|name| (*name, schema::text())).chain([("visitors", schema::count())]);
        schema::list(schema::object(&keys.collect::<Vec<_>>()))
    };
    let degrees = || schema::or_null(json!({ "type": "number" }));
    let city = schema::object(&[
        ("country", schema::text()),
        ("city", schema::text()),
        ("latitude", degrees()),
        ("longitude", degrees()),
        ("visitors", schema::count()),
    ]);
    api.schema("LiveVisitor", schema::object(&visitor_keys()));
    api.schema(
        "Live",
        schema::object(&[
            ("visitors", schema::count()),
            ("views_last_minute", schema::count()),
            ("pages", counted(&["path"])),
            ("countries", counted(&["country"])),
            ("cities", schema::list(city)),
            ("sources", counted(&["source"])),
            ("devices", counted(&["device"])),
            ("live_feed", schema::flag()),
            ("sessions", schema::list(schema::reference("LiveVisitor"))),
        ]),
    );
    let example = json!({
        "visitors": 1, "views_last_minute": 2, "pages": [{ "path": "/", "visitors": 1 }],
        "countries": [{ "country": "BG", "visitors": 1 }], "cities": [{ "country": "BG", "city": "Sofia", "latitude": 42.7, "longitude": 23.3, "visitors": 1 }],
        "sources": [{ "source": "Google", "visitors": 1 }], "devices": [{ "device": "desktop", "visitors": 1 }],
        "live_feed": true, "sessions": [a_visitor()],
    });
    let get = Operation::get("/api/v1/sites/{site}/live", "Who is here").scope(&["stats"]).shared();
    let get = get
        .about("The 50 visitors who came last are listed in `sessions`, unless the site's setting `live_feed` is off.");
    api.add(get.answer(200, "The moment.", schema::reference("Live"), &example));
}

fn visitor_keys() -> Vec<(&'static str, serde_json::Value)> {
    let texts = ["country", "city", "browser", "os", "device", "source", "path"].map(|name| (name, schema::text()));
    let more = [
        ("before", schema::list(schema::text())),
        ("pages", schema::count()),
        ("since", schema::moment()),
        ("returning", schema::or_null(schema::flag())),
    ];
    texts.into_iter().chain(more).collect()
}

fn a_visitor() -> serde_json::Value {
    json!({
        "country": "BG", "city": "Sofia", "browser": "Chrome", "os": "Windows", "device": "desktop", "source": "Google",
        "path": "/", "before": ["/pricing"], "pages": 2, "since": "2026-11-23T17:40:00Z", "returning": false,
    })
}

fn describe_visitors(api: &mut Description) {
    let about = "Who came last comes first; `visitors` counts all that the filters select. Where the site's setting `live_feed` is \
                 off, nobody is listed.";
    let get =
        Operation::get("/api/v1/sites/{site}/live/visitors", "The visitors who are here").scope(&["stats"]).shared();
    let filters = json!(r#"[["is","visit:country",["BG"]]]"#);
    let get = get
        .about(about)
        .query("limit", "How many are listed; 50 where it is not said.", schema::whole(1, 500))
        .query_like(
            "filters",
            "Filters as in reports, of what is known of somebody who is here.",
            schema::text(),
            &filters,
        );
    let keys: Vec<_> = visitor_keys().into_iter().chain([("seconds", schema::count())]).collect();
    let sessions = schema::list(schema::object(&keys));
    let answer =
        schema::object(&[("live_feed", schema::flag()), ("visitors", schema::count()), ("sessions", sessions)]);
    let mut shown = a_visitor();
    shown["seconds"] = json!(75);
    let example = json!({ "live_feed": true, "visitors": 1, "sessions": [shown] });
    api.add(get.answer(200, "The visitors.", answer, &example).fails(&[400]));
}

fn describe_streams(api: &mut Description) {
    let about = "Server-sent events: one `snapshot`, then `update`s of the same shape, at most four a second. Without parameters \
                 the document of `/live`, with an `id` for each visitor that is good within the stream; with `path` the visitors \
                 of these pages. `Last-Event-ID` is understood. The stream ends when the caller may not read the site any more.";
    let stream =
        Operation::get("/api/v1/sites/{site}/live/stream", "Who is here, as it changes").scope(&["stats"]).shared();
    let stream = stream
        .about(about)
        .query("only", "A part of the document.", schema::words(&["totals", "sessions"]))
        .query("path", "A page; up to 20 of them.", schema::text());
    api.add(stream.file(200, "The events.", &["text/event-stream"]).fails(&[400, 503]));
    let about = "Server-sent events: `events` with pageviews and custom events as they come, at most four messages a second and \
                 100 events in each; `missed` counts those that are left out.";
    let filters = json!(r#"[["is","event:name",["signup"]]]"#);
    let events = Operation::get("/api/v1/sites/{site}/live/events", "What visitors do, as they do it")
        .scope(&["stats"])
        .shared();
    let events = events.about(about).query_like(
        "filters",
        "Filters as in reports, of what is known now.",
        schema::text(),
        &filters,
    );
    api.add(events.file(200, "The events.", &["text/event-stream"]).fails(&[400, 409, 503]));
}

fn describe_history(api: &mut Description) {
    let about = "How many were here at the same time, beside the same minutes a week before. A point stands for a minute, or for \
                 more in a long range: `visitors` is the mean, `peak` the most at one moment.";
    let get = Operation::get("/api/v1/sites/{site}/live/history", "How many were here").scope(&["stats"]).shared();
    let get =
        get.about(about).query("date_range", "As in reports, as a text; `24h` where it is not said.", schema::text());
    let point = schema::object(&[
        ("at", schema::moment()),
        ("visitors", schema::count()),
        ("peak", schema::count()),
        ("week_ago", schema::count()),
    ]);
    let now = schema::object(&[("at", schema::moment()), ("visitors", schema::count()), ("week_ago", schema::count())]);
    let peak = schema::object(&[("visitors", schema::count()), ("at", schema::moment())]);
    let answer = schema::object(&[
        ("from", schema::moment()),
        ("to", schema::moment()),
        ("step_seconds", schema::count()),
        ("now", now),
        ("peak", schema::or_null(peak)),
        ("points", schema::list(point)),
    ]);
    let example = json!({
        "from": "2026-11-23T17:40:00Z", "to": "2026-11-23T17:41:00Z", "step_seconds": 60,
        "now": { "at": "2026-11-23T17:41:00Z", "visitors": 3, "week_ago": 2 },
        "peak": { "visitors": 4, "at": "2026-11-23T17:40:00Z" },
        "points": [{ "at": "2026-11-23T17:40:00Z", "visitors": 3, "peak": 4, "week_ago": 2 }],
    });
    api.add(get.answer(200, "The history.", answer, &example).fails(&[400]));
}
