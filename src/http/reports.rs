//! Owns the doors to reports.

use std::sync::Arc;

use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, http::header, web};
use async_stream::stream;
use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{
    Shared, State,
    auth::Caller,
    body::{API_BODY_BYTES, read_json_text},
    client,
    error::{ApiError, FieldError},
    links,
};
use crate::{
    control::{Scope, snapshot::SiteWithSalts},
    model::Site,
    reports::{
        self, DateRange, Definitions, Format, Lines, QueryError, QueryErrors, Range, RawQuery, RunError, filter::Filter,
    },
};

/// What a link to a report opens.
const DOCUMENT: &str = "query";
/// Name of the parameter with the question.
const QUESTION: &str = "query";

/// `POST /api/v2/query`: Plausible's Stats API v2.
pub async fn query(
    request: HttpRequest,
    payload: web::Payload,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let body = read_json_text(&request, payload, API_BODY_BYTES).await?;
    let query = reports::parse(&json(&body)?)?;
    let site = caller.site(&state, query.site.as_str(), Scope::Stats).await?;
    answer(state, site, query).await
}

/// `GET /api/v2/query?query=…`: the same with the question in the address, for who may see the site and for who has a link.
pub async fn linked(request: HttpRequest, state: State) -> Result<HttpResponse, ApiError> {
    let links::Query { pairs, link } = links::Query::read(request.query_string())?;
    let [(name, text)] = pairs.as_slice() else { return Err(ApiError::invalid(QUESTION, EXPECTED)) };
    if name != QUESTION {
        return Err(ApiError::invalid(name, EXPECTED));
    }
    let Some(link) = link else {
        let caller = Caller::extract(&request).await?;
        let query = reports::parse(&json(text.as_bytes())?)?;
        let site = caller.site(&state, query.site.as_str(), Scope::Stats).await?;
        return answer(state, site, query).await;
    };
    // What is wrong with a question is nobody's business who was not given the link.
    let body = json(text.as_bytes()).map_err(|_no_json| ApiError::SiteNotFound)?;
    let name = body["site_id"].as_str().unwrap_or_default();
    let (site, _left) = links::open(&state, name, DOCUMENT, &pairs, &link, Timestamp::now()).await?;
    answer(state, site, reports::parse(&body)?).await
}

const EXPECTED: &str = "the question is expected here and nothing else: ?query= and what POST takes, as JSON";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    query: Value,
    #[serde(default = "thirty")]
    expires_in_days: u32,
}

const fn thirty() -> u32 {
    links::DEFAULT_LINK_DAYS
}

/// `POST /api/v2/query/sign`: a link that shows one report to whoever has it.
pub async fn sign(
    request: HttpRequest,
    body: web::Json<SignBody>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let SignBody { query: body, expires_in_days } = body.into_inner();
    let query = reports::parse(&body)?;
    let site = caller.site_to_share(&state, query.site.as_str()).await?;
    // A link with a mistake is found here, and not by whoever it was given to.
    let definitions = all_definitions(&state, &site.site).await?;
    reports::resolve(&state.store, &site.site, &definitions, query, Timestamp::now()).await?;
    let ends_at = links::ends_at(expires_in_days)?;
    let key = state.control.keep_link_key(site.site.id).await?;
    let pairs = [(QUESTION.to_owned(), body.to_string())];
    let mut url = client::base_url(&request, &state)?;
    // Every address of http has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["api", "v2", "query"]);
    }
    url.set_query(Some(&links::sign(&key, site.site.id, DOCUMENT, &pairs, ends_at)));
    let answer = serde_json::json!({"url": url, "expires_at": ends_at});
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

fn json(text: &[u8]) -> Result<Value, ApiError> {
    serde_json::from_slice(text).map_err(|error| ApiError::Malformed(error.to_string()))
}

/// Answers a question about a site, in the format that it asks for.
async fn answer(state: State, site: Arc<SiteWithSalts>, query: RawQuery) -> Result<HttpResponse, ApiError> {
    match query.format {
        Format::Json => whole(&state, &site.site, query).await,
        Format::Csv => streamed(&state, &site.site, query, "text/csv; charset=utf-8").await,
        Format::Ndjson => streamed(&state, &site.site, query, "application/x-ndjson").await,
    }
}

async fn whole(shared: &Shared, site: &Site, query: RawQuery) -> Result<HttpResponse, ApiError> {
    let definitions = all_definitions(shared, site).await?;
    let now = Timestamp::now();
    // What is read is told of this very question.
    let alone = query.explain.then(|| now.as_nanosecond());
    // Periods move with the clock, and with the day of the site.
    let named = format!("{alone:?} {} {} {query:?} {definitions:?}", site.id.get(), now.as_second() / 60);
    let key = *blake3::hash(named.as_bytes()).as_bytes();
    let ask = async || {
        let report = reports::run(&shared.store, site, &definitions, query, now).await?;
        serde_json::to_vec(&report).map_err(|error| ApiError::Internal(error.to_string()))
    };
    let made = shared.questions.answer(site.id, key, || shared.arrivals.of(site.id.get()), ask).await?;
    let mut response = HttpResponse::Ok();
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).content_type("application/json").body(made.bytes))
}

async fn streamed(
    shared: &Shared,
    site: &Site,
    query: RawQuery,
    content_type: &'static str,
) -> Result<HttpResponse, ApiError> {
    let definitions = all_definitions(shared, site).await?;
    let format = query.format;
    let turn = shared.questions.turn(site.id).await?;
    let query = reports::resolve(&shared.store, site, &definitions, query, Timestamp::now()).await?;
    let mut lines = Lines::begin(&shared.store, site.id, query, format)?;
    // A question that fails does so at its first line, where there still is a status to tell it by.
    let first = lines.next().await?;
    let body = stream! {
        let _turn = turn;
        let mut next = Ok(first);
        while let Ok(Some(chunk)) = next {
            yield Ok(Bytes::from(chunk));
            next = lines.next().await;
        }
        // The connection is cut, so that nobody takes a part for the whole.
        if let Err(error) = next {
            yield Err(ApiError::from(error));
        }
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((
        header::CONTENT_DISPOSITION,
        format!("attachment; filename=\"{}.{}\"", site.name.as_str(), format.as_str()),
    ));
    Ok(response.content_type(content_type).streaming(body))
}

/// Returns what the site's owner has defined, where filters may speak of it.
pub async fn definitions(shared: &Shared, site: &Site, filters: &[Filter]) -> Result<Definitions, ApiError> {
    if filters.is_empty() { Ok(Definitions::default()) } else { all_definitions(shared, site).await }
}

/// Returns what the site's owner has defined.
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
