//! Owns the doors of Plausible's Stats API v1. What its parameters mean is [`reports::v1`]'s matter.

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;

use super::{State, auth::Caller, error::ApiError, reports::all_definitions};
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
    let report = reports::run(&state.store, site, &definitions, question.query.clone(), now).await;
    let report = report.map_err(|error| match error {
        RunError::Query(errors) => RunError::Query(in_parameters(errors)),
        other => other,
    })?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(question.answer(&report)))
}
