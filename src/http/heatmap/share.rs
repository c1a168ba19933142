//! Owns how a map is given away: links that open one map to whoever has them, and the token by which the overlay shows all maps
//! of a site on its pages for an hour.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{Document, make, parameters_of};
use crate::{
    enrich::canonical_path,
    http::{
        State,
        auth::Caller,
        client,
        error::ApiError,
        extractors::JsonObject,
        links::{self, Pairs},
    },
    model::Site,
};

/// How long the overlay may be looked at before it has to be opened again.
const OVERLAY: SignedDuration = SignedDuration::from_hours(1);

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
    links::DEFAULT_LINK_DAYS
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverlayBody {
    path: String,
    /// Where the page is; by default a host of the site's settings, or its name.
    hostname: Option<String>,
}

/// `POST /api/v1/sites/{site}/heatmap/sign`: a link that shows one map to whoever has it.
pub async fn sign(
    request: HttpRequest,
    site: web::Path<String>,
    body: JsonObject<SignBody>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_share(&state, &site).await?;
    let SignBody { format, parameters, expires_in_days } = body.into_inner();
    let ends_at = links::ends_at(expires_in_days)?;
    let pairs = parameters.into_iter().map(|(name, value)| Ok((name.clone(), text_of(&name, value)?)));
    let pairs = pairs.collect::<Result<Pairs, ApiError>>()?;
    // A link with a typing error is found here, and not by whoever it was given to.
    let (_, range) = parameters_of(pairs.clone())?;
    make::scope(&state, &site, &range).await?;
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

/// `POST /api/v1/sites/{site}/heatmap/overlay`: the address at which a page shows its own heat map, for an hour.
pub async fn overlay(
    request: HttpRequest,
    site: web::Path<String>,
    body: JsonObject<OverlayBody>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_share(&state, &site).await?;
    let OverlayBody { path, hostname } = body.into_inner();
    let path = canonical_path(&path).map_err(|error| ApiError::invalid("/path", error.to_string()))?;
    let expires_at = links::in_whole_seconds(Timestamp::now() + OVERLAY);
    let key = state.control.keep_link_key(site.site.id).await?;
    let token = links::token(&key, site.site.id, expires_at);
    let base = client::base_url(&request, &state)?;
    let mut url = page_url(&base, &site.site, hostname.as_deref())?;
    url.set_path(path.as_str());
    url.set_fragment(Some(&format!("{}{token}", links::OVERLAY_FRAGMENT)));
    let answer = json!({"url": url, "token": token, "expires_at": expires_at});
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

/// Returns the address of a site's pages. The demo site is served by ourselves, and sites on this computer without https.
fn page_url(base: &Url, site: &Site, hostname: Option<&str>) -> Result<Url, ApiError> {
    let own = site.settings.hostnames.iter().find(|name| !name.contains('*')).map(String::as_str);
    let host = hostname.or(own).unwrap_or(site.name.as_str());
    if Some(host) == base.host_str() {
        return Ok(base.clone());
    }
    let scheme = if host.starts_with("localhost") || host.starts_with("127.") { "http" } else { "https" };
    Url::parse(&format!("{scheme}://{host}/"))
        .map_err(|error| ApiError::invalid("/hostname", format!("{host:?} is no host name: {error}")))
}

fn text_of(name: &str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        // Filters are told as they are in reports.
        Value::Array(_) if name.ends_with("filters") => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(ApiError::invalid(format!("/parameters/{name}"), "it is neither text nor a number nor true or false"))
        }
    }
}
