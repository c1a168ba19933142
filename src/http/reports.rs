//! Owns the doors to reports.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use async_stream::stream;
use bytes::Bytes;
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
    reports::{
        self, DateRange, Definitions, Format, Lines, QueryError, QueryErrors, Range, RawQuery, RunError, filter::Filter,
    },
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
    answer(&state, &site.site, query).await
}

/// Answers a question about a site, in the format that it asks for.
async fn answer(shared: &Shared, site: &Site, query: RawQuery) -> Result<HttpResponse, ApiError> {
    let definitions = all_definitions(shared, site).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    let format = query.format;
    let content_type = match format {
        Format::Json => {
            let report = reports::run(&shared.store, site, &definitions, query, Timestamp::now()).await?;
            return Ok(response.json(report));
        }
        Format::Csv => "text/csv; charset=utf-8",
        Format::Ndjson => "application/x-ndjson",
    };
    let query = reports::resolve(&shared.store, site, &definitions, query, Timestamp::now()).await?;
    let mut lines = Lines::begin(&shared.store, site.id, query, format)?;
    // A question that fails does so at its first line, where there still is a status to tell it by.
    let first = lines.next().await?;
    Ok(response.content_type(content_type).streaming(stream! {
        let mut next = Ok(first);
        while let Ok(Some(chunk)) = next {
            yield Ok(Bytes::from(chunk));
            next = lines.next().await;
        }
        // The connection is cut, so that nobody takes a part for the whole.
        if let Err(error) = next {
            yield Err(ApiError::from(error));
        }
    }))
}

/// Returns what the site's owner has defined, where filters may speak of it.
pub async fn definitions(shared: &Shared, site: &Site, filters: &[Filter]) -> Result<Definitions, ApiError> {
    if filters.is_empty() { Ok(Definitions::default()) } else { all_definitions(shared, site).await }
}

pub async fn all_definitions(shared: &Shared, site: &Site) -> Result<Definitions, ApiError> {
    let goals = shared.control.goals(site.id).await?;
    let segments = shared.control.segments(site.id).await?;
    Ok(Definitions { goals, segments })
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
