//! Owns the doors to reports.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Shared, State,
    auth::Caller,
    body::{API_BODY_BYTES, read_json_text},
    error::{ApiError, FieldError},
};
use crate::{
    control::Scope,
    model::Site,
    reports::{self, DateRange, QueryError, QueryErrors, Range, RunError},
};

/// `POST /api/v2/query`: Plausible's Stats API v2.
pub async fn query(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read_json_text(&request, payload, API_BODY_BYTES).await?;
    let body: Value = serde_json::from_slice(&body).map_err(|error| ApiError::Malformed(error.to_string()))?;
    let query = reports::parse(&body)?;
    let site = caller.site(&state, query.site.as_str(), Scope::Stats).await?;
    let report = reports::run(&state.store, &site.site, query, Timestamp::now()).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report))
}

/// Name of the parameter that says which days.
pub const DATE_RANGE: &str = "date_range";
const DEFAULT_OUTCOMES_RANGE: &str = "day";

/// Reads a date range and finds out which days it is for a site.
pub async fn resolve_range(shared: &Shared, site: &Site, text: &str) -> Result<Range, ApiError> {
    let range = DateRange::from_text(text).map_err(wrong_range)?;
    resolve(shared, site, &range).await
}

/// Finds out which days a range is for a site.
pub async fn resolve(shared: &Shared, site: &Site, range: &DateRange) -> Result<Range, ApiError> {
    let first_day = reports::first_day(&shared.store, site.id, range).await?;
    range.resolve(&site.time_zone, Timestamp::now(), first_day).map_err(wrong_range)
}

fn wrong_range(error: QueryError) -> ApiError {
    ApiError::invalid(DATE_RANGE, error.detail)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomesQuery {
    date_range: Option<String>,
}

/// `GET /api/v1/sites/{site}/outcomes`: why hits are missing.
pub async fn outcomes(
    site: web::Path<String>,
    query: web::Query<OutcomesQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Scope::Stats).await?;
    let text = query.date_range.as_deref().unwrap_or(DEFAULT_OUTCOMES_RANGE);
    let range = resolve_range(&state, &site.site, text).await?;
    let report = reports::outcomes::outcomes(&state.store, &site.site, &range).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report))
}

#[derive(Deserialize)]
pub struct RealtimeQuery {
    site_id: String,
}

/// `GET /api/v1/stats/realtime/visitors`: a bare number, as Plausible's v1 has it.
pub async fn realtime_visitors(
    query: web::Query<RealtimeQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &query.site_id, Scope::Stats).await?;
    let visitors = state.presence.count(site.site.id, Timestamp::now().as_millisecond());
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(visitors))
}

impl From<QueryErrors> for ApiError {
    fn from(errors: QueryErrors) -> Self {
        let fields = errors
            .as_slice()
            .iter()
            .map(|error| FieldError { pointer: error.pointer.clone(), detail: error.detail.clone() });
        Self::Invalid(fields.collect())
    }
}

impl From<RunError> for ApiError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Query(errors) => errors.into(),
            RunError::Store(error) => error.into(),
            RunError::Shape(error) => Self::Internal(error.to_string()),
        }
    }
}
