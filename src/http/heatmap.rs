//! Owns the doors to heat maps: the picture, its numbers, and the list of pages that have one.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    http::header::{self, HeaderValue},
    web,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Shared, State,
    auth::Caller,
    client,
    error::ApiError,
    etag,
    links::{self, Pairs, Query},
    reports,
};
use crate::{
    control::{Scope as Permission, snapshot::SiteWithSalts},
    enrich::canonical_path,
    heatmap::{HeatMap, HeatmapError, MapRequest, ParamError, Scope, load},
};

/// The page, whose spelling is brought to the stored one.
const PATH: &str = "path";
const DEFAULT_RANGE: &str = "30d";
/// How long a map waits for its turn to be drawn.
const RENDER_WAIT: Duration = Duration::from_secs(3);
/// Asked again every time: the next click changes the map.
const CACHE: &str = "private, no-cache";
/// A picture on somebody's page may be a minute old.
const LINK_CACHE_SECONDS: i64 = 60;
/// How long a link may be open: ten years are as good as for ever.
const LINK_DAYS: RangeInclusive<u32> = 1..=3660;

/// What there is of a map.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Document {
    #[default]
    Png,
    Json,
}

impl Document {
    const fn name(self) -> &'static str {
        match self {
            Self::Png => "heatmap.png",
            Self::Json => "heatmap.json",
        }
    }
}

/// A request that may be answered.
struct Asked {
    site: Arc<SiteWithSalts>,
    pairs: Pairs,
    /// How long the link is still open that let the request in; none for users and keys.
    link: Option<SignedDuration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignBody {
    #[serde(default)]
    format: Document,
    /// Those of the picture's own URL.
    parameters: Map<String, Value>,
    #[serde(default = "thirty")]
    expires_in_days: u32,
}

const fn thirty() -> u32 {
    30
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagesQuery {
    date_range: Option<String>,
}

/// `GET /api/v1/sites/{site}/heatmap.png`
pub async fn png(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let Asked { site, pairs, link } = asked(&request, &site, Document::Png, &state).await?;
    let picture = draw(pairs, &site, &state, |map| map.png()).await?;
    Ok(answer(&request, link, "image/png", picture))
}

/// `GET /api/v1/sites/{site}/heatmap.json`
pub async fn json(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let Asked { site, pairs, link } = asked(&request, &site, Document::Json, &state).await?;
    let name = site.site.name.clone();
    let text = draw(pairs, &site, &state, move |map| Ok(map.json(name.as_str()).into_bytes())).await?;
    Ok(answer(&request, link, "application/json", text))
}

/// `POST /api/v1/sites/{site}/heatmap/sign`: a link that shows one map to whoever has it.
pub async fn sign(
    request: HttpRequest,
    site: web::Path<String>,
    body: web::Json<SignBody>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_share(&state, &site).await?;
    let SignBody { format, parameters, expires_in_days } = body.into_inner();
    if !LINK_DAYS.contains(&expires_in_days) {
        let detail = format!("it is {expires_in_days}, expected {} to {}", LINK_DAYS.start(), LINK_DAYS.end());
        return Err(ApiError::invalid("/expires_in_days", detail));
    }
    let pairs = parameters.into_iter().map(|(name, value)| Ok((name.clone(), text_of(&name, value)?)));
    let pairs = pairs.collect::<Result<Pairs, ApiError>>()?;
    // A link with a typing error is found here, and not by whoever it was given to.
    let (_, range) = parameters_of(pairs.clone())?;
    scope(&state, &site, &range).await?;
    let ends_at = Timestamp::now() + SignedDuration::from_hours(24 * i64::from(expires_in_days));
    // Whole seconds, as they stand in the link.
    let ends_at = Timestamp::from_second(ends_at.as_second()).unwrap_or(ends_at);
    let key = state.control.keep_link_key(site.site.id).await?;
    let query = links::sign(&key, site.site.id, format.name(), &pairs, ends_at);
    let mut url = client::base_url(&request, &state)?;
    // Every address of http has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["api", "v1", "sites", site.site.name.as_str(), format.name()]);
    }
    url.set_query(Some(&query));
    let answer = json!({"url": url, "expires_at": ends_at});
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// `DELETE /api/v1/sites/{site}/heatmap/sign`: no link of the site opens anything any more.
pub async fn end_links(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    state.control.end_links(site.site.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who asks is let in by a link, or as a user or key.
async fn asked(request: &HttpRequest, site: &str, document: Document, shared: &State) -> Result<Asked, ApiError> {
    let Query { pairs, link } = Query::read(request.query_string())?;
    let Some(link) = link else {
        let site = Caller::extract(request).await?.site(shared, site, Permission::Stats).await?;
        return Ok(Asked { site, pairs, link: None });
    };
    let (site, left) = links::open(shared, site, document.name(), &pairs, &link, Timestamp::now()).await?;
    Ok(Asked { site, pairs, link: Some(left) })
}

/// Answers with a document. What is asked for by a link is for pages of any site, and for what lies between.
fn answer(request: &HttpRequest, link: Option<SignedDuration>, kind: &'static str, bytes: Vec<u8>) -> HttpResponse {
    let Some(left) = link else { return etag::answer(request, kind, CACHE, bytes) };
    let cache = format!("public, max-age={}", left.as_secs().min(LINK_CACHE_SECONDS));
    let mut response = etag::answer(request, kind, &cache, bytes);
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

fn text_of(name: &str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(ApiError::invalid(format!("/parameters/{name}"), "it is neither text nor a number nor true or false"))
        }
    }
}

/// `GET /api/v1/sites/{site}/pages`
pub async fn pages(
    site: web::Path<String>,
    query: web::Query<PagesQuery>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Permission::Stats).await?;
    let scope = scope(&state, &site, query.date_range.as_deref().unwrap_or(DEFAULT_RANGE)).await?;
    let pages = load::load_pages(&state.store, &scope).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"pages": pages})))
}

/// Puts a map together and makes bytes of it, beside the async threads. A few at a time; who waits too long is sent away.
async fn draw(
    pairs: Pairs,
    site: &SiteWithSalts,
    shared: &Shared,
    form: impl FnOnce(HeatMap) -> Result<Vec<u8>, HeatmapError> + Send + 'static,
) -> Result<Vec<u8>, ApiError> {
    let (wanted, range) = parameters_of(pairs)?;
    let scope = scope(shared, site, &range).await?;
    let (page, rows) = load::load(&shared.store, &wanted, &scope).await?;
    let waited = tokio::time::timeout(RENDER_WAIT, shared.renders.acquire()).await;
    let Ok(Ok(_permit)) = waited else {
        return Err(ApiError::Unavailable { retry_after_seconds: 1 });
    };
    let drawn = web::block(move || form(HeatMap::assemble(wanted, page, &rows)?)).await;
    Ok(drawn.map_err(|error| ApiError::Internal(error.to_string()))??)
}

/// Reads the parameters: what map, and of which days.
fn parameters_of(mut pairs: Pairs) -> Result<(MapRequest, String), ApiError> {
    let range = match pairs.iter().position(|(name, _)| name == reports::DATE_RANGE) {
        Some(place) => pairs.remove(place).1,
        None => DEFAULT_RANGE.to_owned(),
    };
    // A path is found however it is escaped, as it would be counted.
    for (name, value) in &mut pairs {
        if name == PATH {
            *value = canonical_path(value).map_err(|error| ApiError::invalid(PATH, error.to_string()))?.into_string();
        }
    }
    Ok((MapRequest::parse(&pairs)?, range))
}

async fn scope(shared: &Shared, site: &SiteWithSalts, range: &str) -> Result<Scope, ApiError> {
    let range = reports::resolve_range(shared, &site.site, range).await?;
    Ok(Scope {
        site_id: site.site.id,
        from_day: range.from_day,
        to_day: range.to_day,
        from_ms: range.from_ms,
        to_ms: range.to_ms,
    })
}

impl From<ParamError> for ApiError {
    fn from(error: ParamError) -> Self {
        Self::invalid(error.name, error.detail)
    }
}

impl From<HeatmapError> for ApiError {
    fn from(error: HeatmapError) -> Self {
        match error {
            HeatmapError::NoData => Self::NoData,
            HeatmapError::TooLarge { .. } => Self::invalid("width", error.to_string()),
            HeatmapError::Row { .. } | HeatmapError::Encode(_) => Self::Internal(error.to_string()),
        }
    }
}

impl From<load::LoadError> for ApiError {
    fn from(error: load::LoadError) -> Self {
        match error {
            load::LoadError::Store(error) => error.into(),
            load::LoadError::Map(error) => error.into(),
        }
    }
}
