//! Owns the doors to the shared links of a site: its owner and editors make, change and remove them. What a link shows is looked at
//! through [`super::reader`], the page itself is in [`super::share`].

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use url::Url;

use super::{
    State,
    auth::Caller,
    client,
    error::ApiError,
    extractors::JsonObject,
    links,
    openapi::{Description, Operation, schema},
};
use crate::control::{Change, ControlError, NewSharedLink, Password, SharedLink, SharedLinkId, SharedLinkPatch, Shows};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddBody {
    name: String,
    password: Option<String>,
    expires_in_days: Option<u32>,
    #[serde(default)]
    heatmaps: bool,
    #[serde(default)]
    live_feed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    name: Option<String>,
    #[serde(default)]
    password: New<String>,
    #[serde(default)]
    expires_in_days: New<u32>,
    heatmaps: Option<bool>,
    live_feed: Option<bool>,
}

/// What becomes of something that a link may have or not.
#[derive(Default)]
enum New<T> {
    /// Where it is not given.
    #[default]
    Stays,
    /// For `null`.
    Goes,
    Is(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for New<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Goes, Self::Is))
    }
}

impl<T> New<T> {
    fn read<U>(self, read: impl FnOnce(T) -> Result<U, ApiError>) -> Result<Change<U>, ApiError> {
        match self {
            Self::Stays => Ok(Change::Stays),
            Self::Goes => Ok(Change::Goes),
            Self::Is(value) => Ok(Change::To(read(value)?)),
        }
    }
}

/// `GET /api/v1/sites/{site}/shared-links`: by name. Who only looks is not told: a link would outlive their membership.
pub async fn list(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let base = client::base_url(&request, &state)?;
    let links = state.control.shared_links(site.site.id).await?;
    let links: Vec<Value> = links.iter().map(|link| shown(&base, site.site.name.as_str(), link)).collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({"shared_links": links})))
}

/// `POST /api/v1/sites/{site}/shared-links`
pub async fn add(
    request: HttpRequest,
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<AddBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let base = client::base_url(&request, &state)?;
    let AddBody { name, password, expires_in_days, heatmaps, live_feed } = body.into_inner();
    let new = NewSharedLink {
        name,
        password: password.as_deref().map(parse_password).transpose()?,
        shows: Shows { heatmaps, live_feed },
        expires_at: expires_in_days.map(links::ends_at).transpose()?,
    };
    let link = state.control.add_shared_link(site.site.id, &new, Timestamp::now()).await?;
    let shown = shown(&base, site.site.name.as_str(), &link);
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// `PATCH /api/v1/sites/{site}/shared-links/{id}`: what is not given stays, and so does the address.
pub async fn change(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    caller: Caller,
    body: JsonObject<ChangeBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    let base = client::base_url(&request, &state)?;
    let ChangeBody { name, password, expires_in_days, heatmaps, live_feed } = body.into_inner();
    let password = password.read(|text| parse_password(&text))?;
    let expires_at = expires_in_days.read(links::ends_at)?;
    let patch = SharedLinkPatch { name, password, expires_at, heatmaps, live_feed };
    let link = state.control.change_shared_link(site.site.id, parse_id(&id)?, &patch).await?;
    let shown = shown(&base, site.site.name.as_str(), &link);
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// `DELETE /api/v1/sites/{site}/shared-links/{id}`: who has it open sees no more of the site within two seconds.
pub async fn remove(
    path: web::Path<(String, String)>,
    caller: Caller,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (site, id) = path.into_inner();
    let site = caller.site_to_change(&state, &site).await?;
    state.control.remove_shared_link(site.site.id, parse_id(&id)?).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the number of a link; what is none names no link.
fn parse_id(text: &str) -> Result<SharedLinkId, ApiError> {
    text.parse().map(SharedLinkId::new).map_err(|_no_number| ApiError::SharedLinkNotFound)
}

fn parse_password(text: &str) -> Result<Password, ApiError> {
    Password::parse(text).map_err(|error| ControlError::from(error).into())
}

fn shown(base: &Url, site: &str, link: &SharedLink) -> Value {
    json!({
        "id": link.id.get(),
        "name": link.name,
        "url": url(base, site, link),
        "embed_url": framed_url(base, site, link),
        "has_password": link.has_password(),
        "heatmaps": link.shows.heatmaps,
        "live_feed": link.shows.live_feed,
        "expires_at": link.expires_at,
        "created_at": link.created_at,
    })
}

/// Returns the address for people. What opens the link stands in the fragment, which browsers send to nobody: no log has it.
fn url(base: &Url, site: &str, link: &SharedLink) -> Url {
    let mut url = page(base, site);
    url.set_fragment(Some(&format!("auth={}", link.token())));
    url
}

/// Returns the address for frames, and for programs that know Plausible's. The server has to see that the link is good before it
/// lets the page be framed.
fn framed_url(base: &Url, site: &str, link: &SharedLink) -> Url {
    let mut url = plausible_url(base, site, link);
    url.query_pairs_mut().append_pair("embed", "true");
    url
}

/// Returns the address as Plausible has it.
pub fn plausible_url(base: &Url, site: &str, link: &SharedLink) -> Url {
    let mut url = page(base, site);
    url.query_pairs_mut().append_pair("auth", &link.token());
    url
}

fn page(base: &Url, site: &str) -> Url {
    let mut url = base.clone();
    // Every address of http has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["share", site]);
    }
    url
}

pub fn describe(api: &mut Description) {
    api.tag(
        "Shared links",
        "Links that show the dashboard of a site to whoever has them. `docs/sharing.md` tells more.",
    );
    let link = schema::object(&[
        ("id", schema::count()),
        ("name", schema::text()),
        ("url", schema::text()),
        ("embed_url", schema::text()),
        ("has_password", schema::flag()),
        ("heatmaps", schema::flag()),
        ("live_feed", schema::flag()),
        ("expires_at", schema::or_null(schema::moment())),
        ("created_at", schema::moment()),
    ]);
    api.schema("SharedLink", link);
    let link = || schema::reference("SharedLink");
    let example = json!({
        "id": 1, "name": "For the board",
        "url": "https://stats.example.org/share/demo.example#auth=hls_1_AAAAAAAAAAAAAAAAAAAAAA",
        "embed_url": "https://stats.example.org/share/demo.example?auth=hls_1_AAAAAAAAAAAAAAAAAAAAAA&embed=true",
        "has_password": true, "heatmaps": true, "live_feed": false, "expires_at": "2026-12-23T17:40:00Z",
        "created_at": "2026-11-23T17:40:00Z",
    });
    let password =
        || json!({ "type": ["string", "null"], "format": "password", "description": "At least ten characters." });
    let days =
        || json!({ "type": ["integer", "null"], "minimum": 1, "maximum": 3660, "description": "None: it has no end." });
    let list = Operation::get("/api/v1/sites/{site}/shared-links", "List shared links").scope(&["sites"]);
    let links = schema::object(&[("shared_links", schema::list(link()))]);
    api.add(list.answer(200, "The links by name.", links, &json!({ "shared_links": [example] })));
    let more = [
        ("password", password()),
        ("expires_in_days", days()),
        ("heatmaps", schema::flag()),
        ("live_feed", schema::flag()),
    ];
    let body = schema::with_optional(schema::object(&[("name", schema::text())]), &more);
    let asked = json!({ "name": "For the board", "password": "correct horse battery", "expires_in_days": 30, "heatmaps": true });
    let post = Operation::post("/api/v1/sites/{site}/shared-links", "Make a shared link").scope(&["sites"]).about(
        "`url` is for people, `embed_url` for frames on pages that the site's setting `live_frame_ancestors` names. A link shows \
         reports and counts; heat maps and single visitors only where that is said.",
    );
    api.add(post.body(body, &asked).answer(201, "The link.", link(), &example).fails(&[409]));
    let body = schema::optional(&[
        ("name", schema::text_or_null()),
        ("password", password()),
        ("expires_in_days", days()),
        ("heatmaps", schema::or_null(schema::flag())),
        ("live_feed", schema::or_null(schema::flag())),
    ]);
    let patch = Operation::patch("/api/v1/sites/{site}/shared-links/{id}", "Change a shared link").scope(&["sites"]);
    let patch = patch.about("What is not given stays; `null` takes the password or the end away.");
    let patch = patch.body(body, &json!({ "name": "For the new board" }));
    api.add(patch.answer(200, "The link.", link(), &example).fails(&[409]));
    let delete = Operation::delete("/api/v1/sites/{site}/shared-links/{id}", "Remove a shared link").scope(&["sites"]);
    api.add(delete.about("Streams that it opened end within two seconds.").empty(204, "It opens nothing any more."));
}
