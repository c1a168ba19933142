//! Owns the doors to heat maps: the picture in each of its formats, its numbers, the ledger of elements, and the list of pages
//! that have one. Who may ask is in [`ask`], the making in [`make`], links and tokens in [`share`], clicks as they come in [`stream`].

mod ask;
mod describe;
mod make;
mod share;
mod stream;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    http::header::{self, HeaderValue},
    web,
};
use serde::Deserialize;
use serde_json::json;

use self::{
    ask::{Access, Asked, parameters_of},
    make::Making,
};
use super::{
    State,
    error::ApiError,
    reader::{Part, Reader},
    shelf::Made,
};
use crate::{
    heatmap::{HeatmapError, ParamError, json::ElementsReport, load, query::PageSearch},
    render::EncodeError,
};

pub use describe::describe;
pub use share::{end_links, overlay, sign};
pub use stream::stream;

pub(super) const DEFAULT_RANGE: &str = "30d";
/// Asked again every time: the next click changes the map.
const CACHE: &str = "private, no-cache";
/// A picture on somebody's page may be a minute old.
const LINK_CACHE_SECONDS: i64 = 60;
/// Most pages in the list, and as many as it has when nothing else is asked for.
const MOST_PAGES: u32 = 500;

/// What there is of a map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Document {
    #[default]
    Png,
    Webp,
    Svg,
    Gif,
    Json,
}

impl Document {
    const fn name(self) -> &'static str {
        match self {
            Self::Png => "heatmap.png",
            Self::Webp => "heatmap.webp",
            Self::Svg => "heatmap.svg",
            Self::Gif => "heatmap.gif",
            Self::Json => "heatmap.json",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
            Self::Gif => "image/gif",
            Self::Json => "application/json",
        }
    }
}

/// `GET /api/v1/sites/{site}/heatmap.png`
pub async fn png(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Document::Png, &state).await
}

/// `GET /api/v1/sites/{site}/heatmap.webp`
pub async fn webp(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Document::Webp, &state).await
}

/// `GET /api/v1/sites/{site}/heatmap.svg`
pub async fn svg(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Document::Svg, &state).await
}

/// `GET /api/v1/sites/{site}/heatmap.gif`: a moving picture, of the hours of the day or since the page was loaded.
pub async fn gif(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Document::Gif, &state).await
}

/// `GET /api/v1/sites/{site}/heatmap.json`
pub async fn json(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Document::Json, &state).await
}

async fn show(request: &HttpRequest, site: &str, document: Document, state: &State) -> Result<HttpResponse, ApiError> {
    let Asked { site, pairs, access } = match ask::asked(request, site, document, state).await {
        Ok(asked) => asked,
        // What a script on the owner's page is refused, it must be able to read.
        Err(error) if ask::has_token(request) => return Ok(open_to_all(error.error_response())),
        Err(error) => return Err(error),
    };
    let made = async {
        let making = Making::prepare(state, &site, pairs, &access).await?;
        let key = making.key(document);
        let arrivals = || state.arrivals.of(site.site.id.get());
        state.renders.shelf.get(key, arrivals, async || making.make(document).await).await
    };
    match (made.await, access) {
        (Ok(drawn), Access::Caller | Access::Shared) => Ok(answer(request, document, CACHE, drawn)),
        (Ok(drawn), Access::Token) => Ok(open_to_all(answer(request, document, CACHE, drawn))),
        (Ok(drawn), Access::Link { left }) => {
            let cache = format!("public, max-age={}", left.as_secs().min(LINK_CACHE_SECONDS));
            Ok(open_to_all(answer(request, document, &cache, drawn)))
        }
        (Err(error), Access::Caller | Access::Shared) => Err(error),
        (Err(error), Access::Token | Access::Link { .. }) => Ok(open_to_all(error.error_response())),
    }
}

/// Answers with a document, or with 304 to who has it.
fn answer(request: &HttpRequest, document: Document, cache: &str, drawn: Made) -> HttpResponse {
    let known = super::etag::is_known(request, &drawn.etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, drawn.etag)).insert_header((header::CACHE_CONTROL, cache));
    response.content_type(document.content_type());
    if document == Document::Svg {
        // Opened by itself it is a document of our origin; nothing in it may run.
        response.insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        ));
    }
    if known { response.finish() } else { response.body(drawn.bytes) }
}

/// Lets pages of any site read an answer.
fn open_to_all(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    response
}

/// `GET /api/v1/sites/{site}/elements`: what happened to each element of a page.
pub async fn elements(
    request: HttpRequest,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::HeatMaps).await?;
    let pairs = super::links::Query::read(request.query_string())?.pairs;
    let making = Making::prepare(&state, &site, pairs, &Access::of(&reader)).await?;
    let (page, ledger) = making.ledger().await?;
    let report = ElementsReport::of(making.request().pages.as_str(), page.views, &ledger);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagesQuery {
    date_range: Option<String>,
    #[serde(default)]
    search: String,
    limit: Option<u32>,
}

/// `GET /api/v1/sites/{site}/pages`
pub async fn pages(
    site: web::Path<String>,
    query: web::Query<PagesQuery>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::HeatMaps).await?;
    let PagesQuery { date_range, search, limit } = query.into_inner();
    let limit = limit.unwrap_or(MOST_PAGES);
    if !(1..=MOST_PAGES).contains(&limit) {
        return Err(ApiError::invalid("limit", format!("it is {limit}, expected 1 to {MOST_PAGES}")));
    }
    let scope = make::scope(&state, &site, date_range.as_deref().unwrap_or(DEFAULT_RANGE)).await?;
    let pages = load::load_pages(&state.store, &PageSearch { text: search, limit }, &scope).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"pages": pages})))
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
            HeatmapError::NotMoving => Self::invalid("kind", error.to_string()),
            HeatmapError::NotSinceLoad => Self::invalid("frames", error.to_string()),
            HeatmapError::Encode(EncodeError::TooLongForWebp { .. }) => Self::invalid("scale", error.to_string()),
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
