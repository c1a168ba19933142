//! Owns the doors to funnels, retention and journeys.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    State,
    body::{API_BODY_BYTES, read_json_text},
    error::ApiError,
    openapi::{Description, Operation, schema},
    reader::{Part, Reader},
    reports::{all_definitions, in_turn, told},
};
use crate::{
    control::snapshot::SiteWithSalts,
    reports::{Definitions, funnel, journeys, retention},
};

/// `POST /api/v1/sites/{site}/funnel`: how many go through steps in their order.
pub async fn funnel(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let asked = Asked::read(&request, payload, &site, &reader, &state).await?;
    let question = funnel::parse(&asked.body)?;
    let Asked { site, definitions, now, .. } = &asked;
    let ask = async || told(&funnel::run(&state.store, &site.site, definitions, &question, *now).await?);
    asked.in_turn("funnel", &state, ask).await
}

/// `POST /api/v1/sites/{site}/retention`: how many of those who came first at one time came again.
pub async fn retention(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let asked = Asked::read(&request, payload, &site, &reader, &state).await?;
    let question = retention::parse(&asked.body)?;
    let Asked { site, definitions, now, .. } = &asked;
    let ask = async || told(&retention::run(&state.store, &site.site, definitions, &question, *now).await?);
    asked.in_turn("retention", &state, ask).await
}

/// `POST /api/v1/sites/{site}/journeys`: which pages come before and after something.
pub async fn journeys(
    request: HttpRequest,
    payload: web::Payload,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let asked = Asked::read(&request, payload, &site, &reader, &state).await?;
    let question = journeys::parse(&asked.body)?;
    let Asked { site, definitions, now, .. } = &asked;
    let ask = async || told(&journeys::run(&state.store, &site.site, definitions, &question, *now).await?);
    asked.in_turn("journeys", &state, ask).await
}

/// What every question of this kind is asked with.
struct Asked {
    body: Value,
    site: Arc<SiteWithSalts>,
    definitions: Definitions,
    now: Timestamp,
}

impl Asked {
    async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        site: &str,
        reader: &Reader,
        state: &State,
    ) -> Result<Self, ApiError> {
        let body = read_json_text(request, payload, API_BODY_BYTES).await?;
        let body = serde_json::from_slice(&body).map_err(|error| ApiError::Malformed(error.to_string()))?;
        let site = reader.site(state, site, Part::Reports).await?;
        let definitions = all_definitions(state, &site.site).await?;
        Ok(Self { body, site, definitions, now: Timestamp::now() })
    }

    async fn in_turn(
        &self,
        kind: &str,
        state: &State,
        ask: impl AsyncFnOnce() -> Result<Vec<u8>, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let named = format!("{kind} {} {:?}", self.body, self.definitions);
        in_turn(state, &self.site.site, self.now, &named, self.body["explain"] == true, ask).await
    }
}

pub fn describe(api: &mut Description) {
    api.tag("Sequences", "Funnels, retention and journeys. `docs/funnels.md` says what exactly they count.");
    api.schema("PageNode", page_node());
    for operation in [describe_funnel(), describe_retention(), describe_journeys()] {
        api.add(operation.fails(&[422]));
    }
}

fn describe_funnel() -> Operation {
    let filters = schema::list(schema::reference("Filter"));
    let step = json!({ "anyOf": [with_absent(schema::optional(&[]), &[
        ("goal", schema::text()),
        ("page", schema::text()),
        ("event", schema::text()),
        ("props", json!({ "type": "object", "additionalProperties": schema::text() })),
        ("filters", filters.clone()),
        ("name", schema::text()),
    ]), filters.clone()] });
    let steps = json!({ "type": "array", "minItems": 2, "maxItems": 10, "items": step });
    let body = with_absent(
        schema::object(&[("date_range", schema::reference("DateRange")), ("steps", steps)]),
        &[
            ("by", schema::words(&["visit", "visitor"])),
            ("window", schema::text()),
            ("order", schema::words(&["loose", "strict"])),
            ("filters", filters),
            ("dimension", schema::reference("Dimension")),
            ("limit", schema::whole(1, 100)),
            ("explain", schema::flag()),
        ],
    );
    let number = || json!({ "type": ["number", "null"] });
    let count = schema::object(&[
        ("name", schema::text()),
        ("visitors", schema::count()),
        ("visits", schema::count()),
        ("conversion_rate", number()),
        ("step_rate", number()),
        ("dropped", number()),
        ("drop_rate", number()),
        ("median_seconds", number()),
    ]);
    let counts = schema::list(count);
    let branch = schema::object(&[("value", schema::text()), ("steps", counts.clone())]);
    let report = schema::with_optional(
        schema::object(&[("steps", counts), ("meta", anything()), ("query", anything())]),
        &[("breakdown", schema::list(branch))],
    );
    let example = json!({
        "steps": [
            { "name": "/", "visitors": 120, "visits": 120, "conversion_rate": 100.0, "step_rate": null, "dropped": null,
              "drop_rate": null, "median_seconds": null },
            { "name": "Documentation", "visitors": 41, "visits": 44, "conversion_rate": 36.67, "step_rate": 36.67,
              "dropped": 76, "drop_rate": 63.33, "median_seconds": 12.4 },
        ],
        "meta": {}, "query": {},
    });
    let asked = json!({
        "date_range": "30d", "steps": [{ "page": "/" }, { "page": "/docs/**", "name": "Documentation" }], "order": "loose",
    });
    let funnel = Operation::post("/api/v1/sites/{site}/funnel", "How many go through steps").scope(&["stats"]).shared();
    funnel.body_of(&KINDS, body, Some(&asked)).answer(200, "The funnel.", report, &example)
}

fn describe_retention() -> Operation {
    let filters = schema::list(schema::reference("Filter"));
    let body = with_absent(
        schema::object(&[("date_range", schema::reference("DateRange")), ("by", schema::text())]),
        &[
            ("interval", schema::words(&["day", "week", "month"])),
            ("periods", schema::whole(1, 60)),
            ("first", filters.clone()),
            ("return", filters),
            ("first_since", schema::words(&["ever", "range"])),
            ("explain", schema::flag()),
        ],
    );
    let cohort = schema::object(&[
        ("label", schema::text()),
        ("size", schema::count()),
        ("returned", schema::list(schema::count())),
        ("rates", schema::list(json!({ "type": "number" }))),
    ]);
    let report = schema::object(&[
        ("cohorts", schema::list(cohort.clone())),
        ("overall", cohort),
        ("meta", anything()),
        ("query", anything()),
    ]);
    let january = json!({ "label": "2026-01-01", "size": 120, "returned": [120, 64], "rates": [100.0, 53.33] });
    let example = json!({ "cohorts": [january], "overall": january, "meta": {}, "query": {} });
    let asked = json!({ "date_range": "12mo", "by": "event:props:user", "interval": "month", "periods": 12 });
    let retention = Operation::post("/api/v1/sites/{site}/retention", "How many come again").scope(&["stats"]).shared();
    let retention = retention.about(
        "By a property that the site sends, for visitors themselves are known for one day only: a pseudonymous identifier.",
    );
    retention.body_of(&KINDS, body, Some(&asked)).answer(200, "The cohorts.", report, &example)
}

fn describe_journeys() -> Operation {
    let body = with_absent(
        schema::object(&[("date_range", schema::reference("DateRange"))]),
        &[
            ("page", schema::text()),
            ("event", schema::text()),
            ("props", json!({ "type": "object", "additionalProperties": schema::text() })),
            ("goal", schema::text()),
            ("direction", schema::words(&["before", "after", "both"])),
            ("steps", schema::whole(1, 5)),
            ("limit", schema::whole(1, 50)),
            ("filters", schema::list(schema::reference("Filter"))),
            ("explain", schema::flag()),
        ],
    );
    let branches = schema::with_optional(
        schema::object(&[("other", schema::count()), ("pages", schema::list(schema::reference("PageNode")))]),
        &[("entries", schema::count()), ("exits", schema::count())],
    );
    let report = schema::with_optional(
        schema::object(&[("visits", schema::count()), ("meta", anything()), ("query", anything())]),
        &[("before", branches.clone()), ("after", branches)],
    );
    let welcome = json!({ "page": "/welcome", "visits": 48, "exits": 48, "other": 0, "pages": [] });
    let example = json!({
        "visits": 90, "after": { "exits": 30, "other": 12, "pages": [welcome] }, "meta": {}, "query": {},
    });
    let asked = json!({ "date_range": "7d", "page": "/pricing", "direction": "after", "steps": 3, "limit": 10 });
    let journeys = Operation::post("/api/v1/sites/{site}/journeys", "Which pages come before and after")
        .scope(&["stats"])
        .shared();
    journeys.body_of(&KINDS, body, Some(&asked)).answer(200, "The tree of paths.", report, &example)
}

/// A page of a path, with the pages beyond it.
fn page_node() -> Value {
    schema::with_optional(
        schema::object(&[
            ("page", schema::text()),
            ("visits", schema::count()),
            ("other", schema::count()),
            ("pages", schema::list(schema::reference("PageNode"))),
        ]),
        &[("entries", schema::count()), ("exits", schema::count())],
    )
}

/// An object with keys that may be left out, or be `null`, which is the same.
fn with_absent(object: Value, more: &[(&str, Value)]) -> Value {
    let more: Vec<(&str, Value)> = more.iter().map(|(name, schema)| (*name, schema::or_null(schema.clone()))).collect();
    schema::with_optional(object, &more)
}

fn anything() -> Value {
    json!({ "type": "object" })
}

/// What the bodies may be said to be.
const KINDS: [&str; 2] = ["application/json", "text/plain"];
