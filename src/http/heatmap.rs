//! Owns the doors to heat maps: the picture, its numbers, and the list of pages that have one.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::{Shared, State, auth::Caller, error::ApiError, etag, reports};
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
/// Most parameters of a query string.
const MOST_PARAMETERS: usize = 32;
/// Asked again every time: the next click changes the map.
const CACHE: &str = "private, no-cache";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagesQuery {
    date_range: Option<String>,
}

/// `GET /api/v1/sites/{site}/heatmap.png`
pub async fn png(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Permission::Stats).await?;
    let picture = draw(&request, &site, &state, |map| map.png()).await?;
    Ok(etag::answer(&request, "image/png", CACHE, picture))
}

/// `GET /api/v1/sites/{site}/heatmap.json`
pub async fn json(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site(&state, &site, Permission::Stats).await?;
    let name = site.site.name.clone();
    let text = draw(&request, &site, &state, move |map| Ok(map.json(name.as_str()).into_bytes())).await?;
    Ok(etag::answer(&request, "application/json", CACHE, text))
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
    request: &HttpRequest,
    site: &SiteWithSalts,
    shared: &Shared,
    form: impl FnOnce(HeatMap) -> Result<Vec<u8>, HeatmapError> + Send + 'static,
) -> Result<Vec<u8>, ApiError> {
    let (wanted, range) = parameters(request)?;
    let scope = scope(shared, site, &range).await?;
    let (page, rows) = load::load(&shared.store, &wanted, &scope).await?;
    let waited = tokio::time::timeout(RENDER_WAIT, shared.renders.acquire()).await;
    let Ok(Ok(_permit)) = waited else {
        return Err(ApiError::Unavailable { retry_after_seconds: 1 });
    };
    let drawn = web::block(move || form(HeatMap::assemble(wanted, page, &rows)?)).await;
    Ok(drawn.map_err(|error| ApiError::Internal(error.to_string()))??)
}

/// Reads the query string: what map, and of which days.
fn parameters(request: &HttpRequest) -> Result<(MapRequest, String), ApiError> {
    let mut pairs: Vec<(String, String)> =
        form_urlencoded::parse(request.query_string().as_bytes()).into_owned().take(MOST_PARAMETERS + 1).collect();
    if pairs.len() > MOST_PARAMETERS {
        return Err(ApiError::Malformed(format!("the query string has more than {MOST_PARAMETERS} parameters")));
    }
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
