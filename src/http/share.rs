//! Owns what somebody with a shared link meets first: the page, what the link shows, and the password. What they read then goes
//! through [`super::reader`].

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header::{self, HeaderName, HeaderValue},
    web,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    Shared, State, assets, client,
    error::ApiError,
    extractors::JsonObject,
    middleware::dashboard_policy,
    openapi::{Description, Operation, schema},
    public_live,
    reader::{self, Part, Reader, site_of},
};
use crate::{
    control::{ControlError, SharedLink},
    model::SiteName,
};

/// Name of the parameter with what opens a link, as Plausible has it.
const AUTH: &str = "auth";
/// Most parameters of an address that are looked through.
const MOST_PARAMETERS: usize = 64;

static ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnlockBody {
    password: String,
}

/// `GET /share/{site}`
pub async fn overview(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    dashboard(&request, &site, &state).await
}

/// `GET /share/{site}/{page}`
pub async fn page(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: State,
) -> Result<impl Responder, ApiError> {
    dashboard(&request, &path.0, &state).await
}

/// Answers with the dashboard, which reads what opens the link from its address.
///
/// It may be framed by those whom the site's owner names, where the address has a link of the site that is good; everybody else
/// gets the same page, and no frame.
async fn dashboard(request: &HttpRequest, site: &str, shared: &Shared) -> Result<HttpResponse, ApiError> {
    let mut response = assets::dashboard_page(request).ok_or(ApiError::NotFound)?;
    let ancestors = ancestors(shared, request, site).await?.unwrap_or_else(|| "'none'".to_owned());
    let policy = HeaderValue::from_str(&dashboard_policy(&ancestors));
    let policy = policy.map_err(|error| ApiError::Internal(error.to_string()))?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // The address opens the link: no other site is told it, no crawler keeps it.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ROBOTS_TAG.clone(), HeaderValue::from_static("noindex"));
    Ok(response)
}

/// Returns who may frame the page of a site's link; nobody, where the address has no good link.
async fn ancestors(shared: &Shared, request: &HttpRequest, site: &str) -> Result<Option<String>, ApiError> {
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes()).take(MOST_PARAMETERS);
    let Some((_, token)) = pairs.find(|(name, _)| name == AUTH) else { return Ok(None) };
    let link = match shared.control.shared_link_of(&token, Timestamp::now()).await {
        Ok(link) => link,
        Err(ControlError::SharedLinkNotFound | ControlError::SharedLinkEnded) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let named = SiteName::parse(site).ok();
    let known = site_of(shared, &link).filter(|known| Some(&known.site.name) == named.as_ref());
    Ok(known.map(|known| public_live::ancestors(&known.site)))
}

/// `GET /api/v1/share`: what the link shows, or that it asks for a password first.
pub async fn show(request: HttpRequest, state: State) -> Result<impl Responder, ApiError> {
    let shown = reader::link_shown(&request).ok_or(ApiError::NotSignedIn)?;
    let now = Timestamp::now();
    let answer = match state.control.open_shared_link(shown, now).await {
        Ok(link) => told(&state, link).await?,
        // What it shows is not told before the password is given; that there is such a link, who has it knows.
        Err(ControlError::SharedLinkLocked) => json!({"needs_password": true}),
        Err(error) => return Err(error.into()),
    };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

async fn told(shared: &Shared, link: SharedLink) -> Result<Value, ApiError> {
    let site = site_of(shared, &link).ok_or(ApiError::SharedLinkNotFound)?;
    let custom_properties = shared.control.props(site.site.id).await?;
    let (expires_at, reader) = (link.expires_at, Reader::Link(link));
    Ok(json!({
        "needs_password": false,
        "domain": site.site.name,
        "timezone": site.site.time_zone.iana_name().unwrap_or("UTC"),
        "custom_properties": custom_properties,
        "heatmaps": reader.sees(Part::HeatMaps),
        "live_feed": reader.sees(Part::Visitors) && site.site.settings.live_feed,
        "expires_at": expires_at,
    }))
}

/// `POST /api/v1/share`: gives a pass for the password, which from then on is shown in place of the link.
pub async fn unlock(
    request: HttpRequest,
    body: JsonObject<UnlockBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let token = reader::link_shown(&request).ok_or(ApiError::NotSignedIn)?;
    let (address, now_ms) = (client::address(&request, &state), state.ingest.clock.now_ms());
    // Counted by the link itself, which nobody knows who was not given it.
    let wait = |retry_after_seconds| ApiError::TooManyAttempts { retry_after_seconds };
    state.throttle.check(token, address, now_ms).map_err(wait)?;
    let (pass, expires_at) = match state.control.unlock_shared_link(token, &body.password, Timestamp::now()).await {
        Err(error @ ControlError::WrongLinkPassword) => {
            state.throttle.failed(token, address, state.ingest.clock.now_ms());
            return Err(error.into());
        }
        other => other?,
    };
    let answer = json!({"pass": pass, "expires_at": expires_at});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer))
}

pub fn describe(api: &mut Description) {
    let about = "The dashboard of a site for who has a link to it. What opens the link stands in the fragment (`#auth=…`) or, for \
                 frames, in the query (`?auth=…`); `embed=true` leaves out head and foot, `theme=light|dark|system`, `lang=en|bg` and \
                 `background=transparent` choose. It is framed by those whom the site's setting `live_frame_ancestors` names.";
    for (path, summary) in
        [("/share/{site}", "A shared dashboard"), ("/share/{site}/{page}", "A page of a shared dashboard")]
    {
        let page = Operation::get(path, summary).open().about(about);
        let page = page.query(AUTH, "What opens the link.", schema::text());
        let page = page.query("embed", "Whether head and foot are left out.", schema::words(&["true", "false"]));
        let page = page.query("theme", "Default: the visitor's.", schema::words(&["light", "dark", "system"]));
        let page = page.query("lang", "Default: the visitor's.", schema::words(&["en", "bg"]));
        let page = page.query("background", "`transparent`, or a colour such as `#f4f2ee`.", schema::text());
        api.add(page.file(200, "The page.", &["text/html"]).empty(304, "As before."));
    }
    let shown = schema::with_optional(
        schema::object(&[("needs_password", schema::flag())]),
        &[
            ("domain", schema::text()),
            ("timezone", schema::text()),
            ("custom_properties", schema::list(schema::text())),
            ("heatmaps", schema::flag()),
            ("live_feed", schema::flag()),
            ("expires_at", schema::or_null(schema::moment())),
        ],
    );
    let example = json!({
        "needs_password": false, "domain": "demo.example", "timezone": "Europe/Sofia", "custom_properties": ["plan"],
        "heatmaps": true, "live_feed": false, "expires_at": null,
    });
    let get = Operation::get("/api/v1/share", "What a shared link shows").link();
    let get = get.about("Where a password is asked for and was not given, only that is told.");
    api.add(get.answer(200, "What it shows.", shown, &example));
    let body = schema::object(&[("password", json!({ "type": "string", "format": "password" }))]);
    let post = Operation::post("/api/v1/share", "Give the password of a shared link").link();
    let post = post.about("The pass is sent in place of the link, as a bearer token, for up to twelve hours.");
    let post = post.body(body, &json!({ "password": "correct horse battery" }));
    let pass = schema::object(&[("pass", schema::text()), ("expires_at", schema::moment())]);
    let example = json!({ "pass": "hlp_1_1795400000_AAAAAAAAAAAAAAAAAAAAAA", "expires_at": "2026-11-23T17:40:00Z" });
    api.add(post.answer(200, "The pass.", pass, &example).fails(&[429]));
}
