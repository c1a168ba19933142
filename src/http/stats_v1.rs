//! Owns the doors of Plausible's Stats API v1. What its parameters mean is [`reports::v1`]'s matter.

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;

use serde_json::json;

use super::{
    State,
    auth::Caller,
    error::ApiError,
    openapi::{Description, Operation, schema},
    reports::{all_definitions, in_turn, told},
};
use crate::{
    control::Scope,
    reports::{
        self, RunError,
        v1::{Kind, Parameters, Question, in_parameters},
    },
};

#[derive(Deserialize)]
pub struct RealtimeQuery {
    site_id: String,
}

/// `GET /api/v1/stats/realtime/visitors`: a bare number.
pub async fn realtime_visitors(
    query: web::Query<RealtimeQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &query.site_id, Scope::Stats).await?;
    let visitors = state.presence.count(site.site.id, Timestamp::now().as_millisecond());
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(visitors))
}

/// `GET /api/v1/stats/aggregate`
pub async fn aggregate(
    query: web::Query<Parameters>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    answer(Kind::Aggregate, &query, &caller, &state).await
}

/// `GET /api/v1/stats/timeseries`
pub async fn timeseries(
    query: web::Query<Parameters>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    answer(Kind::Timeseries, &query, &caller, &state).await
}

/// `GET /api/v1/stats/breakdown`
pub async fn breakdown(
    query: web::Query<Parameters>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    answer(Kind::Breakdown, &query, &caller, &state).await
}

async fn answer(kind: Kind, parameters: &Parameters, caller: &Caller, state: &State) -> Result<HttpResponse, ApiError> {
    let name = parameters.get("site_id").ok_or_else(|| ApiError::invalid("/site_id", "`site_id` is required."))?;
    let site = caller.site(state, name, Scope::Stats).await?;
    let site = &site.site;
    let now = Timestamp::now();
    let question = Question::read(kind, parameters, site.time_zone.to_datetime(now).date())?;
    let definitions = all_definitions(state, site).await?;
    let named = format!("v1 {question:?} {definitions:?}");
    in_turn(state, site, now, &named, false, async || {
        let report = reports::run(&state.store, site, &definitions, question.query.clone(), now).await;
        let report = report.map_err(|error| match error {
            RunError::Query(errors) => RunError::Query(in_parameters(errors)),
            other => other,
        })?;
        told(&question.answer(&report))
    })
    .await
}

pub fn describe(api: &mut Description) {
    api.tag("Plausible's Stats API v1", "For programs that speak to Plausible. `docs/api.md` says what is beyond it.");
    let one = Operation::get("/api/v1/stats/realtime/visitors", "How many visitors are there now").scope(&["stats"]);
    let one = one.needs("site_id", "The site's name.", schema::text(), &json!("demo.example"));
    api.add(one.answer(200, "A bare number.", schema::count(), &json!(21)).fails(&[404]));

    let change = schema::with_optional(schema::object(&[("value", json!(true))]), &[("change", json!(true))]);
    let totals = json!({ "type": "object", "additionalProperties": change });
    let aggregate = described("/api/v1/stats/aggregate", "Totals of a period");
    let aggregate = aggregate.query("compare", "With what to compare.", schema::words(&["previous_period"]));
    let example = json!({ "results": { "visitors": { "value": 21, "change": 5 }, "bounce_rate": { "value": 53 } } });
    api.add(aggregate.answer(200, "The totals.", schema::object(&[("results", totals)]), &example));

    let rows = || schema::object(&[("results", schema::list(json!({ "type": "object" })))]);
    let timeseries = described("/api/v1/stats/timeseries", "A period by its days");
    let intervals = schema::words(&["minute", "hour", "day", "date", "week", "month"]);
    let timeseries = timeseries.query("interval", "The pieces; it follows from the period.", intervals);
    let example =
        json!({ "results": [{ "date": "2026-01-01", "visitors": 3 }, { "date": "2026-01-02", "visitors": 0 }] });
    api.add(timeseries.answer(200, "A row for each piece, with zeros.", rows(), &example));

    let breakdown = described("/api/v1/stats/breakdown", "A period by the values of a property");
    let property = "What to group by: `visit:source`, `event:page`, `event:goal`, `event:props:plan` and so on.";
    let breakdown = breakdown.needs("property", property, schema::reference("Dimension"), &json!("event:page"));
    let breakdown = breakdown.query("limit", "Most rows; 100 if it is not said.", schema::whole(1, 1000));
    let breakdown = breakdown.query("page", "Which page of rows, from 1.", schema::whole(1, 1_000_000));
    let example = json!({ "results": [{ "page": "/", "visitors": 3 }, { "page": "/docs", "visitors": 2 }] });
    api.add(breakdown.answer(200, "A row for each value.", rows(), &example));
}

/// Describes what the three reports have in common.
fn described(path: &'static str, summary: &'static str) -> Operation {
    let operation = Operation::get(path, summary).scope(&["stats"]);
    let period = json!({ "type": "string", "pattern": "^(12mo|6mo|month|30d|7d|day|custom|year|[1-9][0-9]{0,2}d|[1-9][0-9]?mo)$" });
    let metrics = json!({ "type": "string", "examples": ["visitors,pageviews"] });
    let filters = json!({ "type": "string", "examples": ["event:page==/blog/**;visit:country==DE|FR"] });
    operation
        .needs("site_id", "The site's name.", schema::text(), &json!("demo.example"))
        .query_like("period", "How long, up to `date`; 30d if it is not said.", period, &json!("7d"))
        .query("date", "The last day, today if it is not said; with `custom` the first and the last.", schema::text())
        .query_like(
            "metrics",
            "Names with commas; `visitors` if it is not said.",
            metrics,
            &json!("visitors,pageviews"),
        )
        .query("filters", "`==`, `!=`, `~` and `!~`, values with `|`, filters with `;`, any text as `*`.", filters)
        .query("with_imported", "Understood, and changes nothing.", schema::flag())
        .fails(&[404, 422])
}
