//! Owns the list of sites and their settings. Shapes follow Plausible's Sites API where they agree.

use actix_web::{HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Shared, State,
    auth::Caller,
    error::ApiError,
    extractors::JsonObject,
    openapi::{Description, Operation, schema},
};
use crate::{
    control::{Role, SitePatch, snapshot::Sites, time_zone},
    ingest::KnownSites,
    model::{Site, SiteId, SiteName, SiteSettings},
};

/// Most sites in one answer.
const LIST_LIMIT: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateBody {
    domain: String,
    timezone: Option<String>,
    settings: Option<SiteSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpdateBody {
    timezone: Option<String>,
    #[serde(default)]
    settings: Map<String, Value>,
}

#[derive(Serialize)]
struct SiteResponse {
    domain: String,
    timezone: String,
    live: u64,
    settings: SiteSettings,
    /// Of one site that is asked for by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_properties: Option<Vec<String>>,
}

/// `GET /api/v1/sites`: the sites that the caller may see, by name.
pub async fn list(caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let visible = visible_sites(&caller, &state).await?;
    let sites = state.sites.current();
    let mut shown: Vec<SiteResponse> = sites
        .snapshot
        .iter()
        .filter(|entry| visible.as_ref().is_none_or(|ids| ids.contains(&entry.site.id)))
        .map(|entry| respond(&state, &entry.site))
        .collect();
    shown.sort_unstable_by(|a, b| a.domain.cmp(&b.domain));
    shown.truncate(LIST_LIMIT);
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"sites": shown, "meta": {"after": null, "before": null, "limit": LIST_LIMIT}})))
}

/// Returns the sites that the caller may see; `None` means all.
async fn visible_sites(caller: &Caller, shared: &Shared) -> Result<Option<Vec<SiteId>>, ApiError> {
    match caller {
        Caller::User(user) if user.admin => Ok(None),
        Caller::User(user) => {
            let roles = shared.control.sites_of(user.id).await?;
            Ok(Some(roles.into_iter().map(|(site, _role): (SiteId, Role)| site).collect()))
        }
        Caller::Key(key) => Ok(key.site.map(|only| vec![only])),
    }
}

/// `POST /api/v1/sites`
pub async fn create(caller: Caller, body: JsonObject<CreateBody>, state: State) -> Result<impl Responder, ApiError> {
    caller.require_all_sites()?;
    let CreateBody { domain, timezone, settings } = body.into_inner();
    let name = SiteName::parse(&domain).map_err(|error| ApiError::invalid("/domain", error.to_string()))?;
    let zone = time_zone(timezone.as_deref().unwrap_or("UTC"))?;
    let site = state.control.add_site(&name, &zone, settings.unwrap_or_default(), Timestamp::now()).await?;
    refresh(&state).await?;
    Ok(HttpResponse::Ok().json(respond(&state, &site)))
}

/// `GET /api/v1/sites/{site}`
pub async fn show(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_look_at(&state, &site).await?;
    let custom_properties = Some(state.control.props(site.site.id).await?);
    let shown = SiteResponse { custom_properties, ..respond(&state, &site.site) };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(shown))
}

/// `PATCH /api/v1/sites/{site}`: replaces the given settings, the others stay.
pub async fn update(
    site: web::Path<String>,
    caller: Caller,
    body: JsonObject<UpdateBody>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    let UpdateBody { timezone, settings } = body.into_inner();
    let patch = SitePatch { time_zone: timezone.as_deref().map(time_zone).transpose()?, settings };
    let site = state.control.update_site(site.site.id, &patch).await?;
    refresh(&state).await?;
    Ok(HttpResponse::Ok().json(respond(&state, &site)))
}

/// `DELETE /api/v1/sites/{site}`: no event of it is accepted from now on; what is stored is erased in the background.
pub async fn remove(site: web::Path<String>, caller: Caller, state: State) -> Result<impl Responder, ApiError> {
    let site = caller.site_to_change(&state, &site).await?;
    caller.require_all_sites()?;
    state.control.remove_site(site.site.id).await?;
    refresh(&state).await?;
    // The site is gone already; its files go at the next start then.
    if let Err(error) = state.screenshots.remove_site(site.site.id).await {
        tracing::warn!(%error, site.id = site.site.id.get(), "screenshots of a removed site stay on the disk");
    }
    let eraser = state.eraser.clone();
    tokio::spawn(async move { eraser.erase_removed_site(site.site.id, Timestamp::now().as_millisecond()).await });
    Ok(HttpResponse::Ok().json(json!({"deleted": true})))
}

/// Makes a change visible at once on this node; others see it within a second.
async fn refresh(shared: &Shared) -> Result<(), ApiError> {
    let sites = Sites::load(&shared.control, Timestamp::now()).await?;
    shared.sites.replace(KnownSites::new(sites));
    Ok(())
}

fn respond(shared: &Shared, site: &Site) -> SiteResponse {
    SiteResponse {
        domain: site.name.as_str().to_owned(),
        timezone: site.time_zone.iana_name().unwrap_or("UTC").to_owned(),
        live: shared.presence.count(site.id, Timestamp::now().as_millisecond()),
        settings: site.settings.clone(),
        custom_properties: None,
    }
}

pub fn describe(api: &mut Description) {
    api.tag(
        "Sites",
        "What is counted, and by which rules. The shapes are those of Plausible's Sites API where they agree.",
    );
    let texts = || schema::list(schema::text());
    api.schema(
        "Settings",
        schema::optional(&[
            ("hostnames", texts()),
            ("excluded_paths", texts()),
            ("excluded_addresses", texts()),
            ("public_badge", schema::flag()),
            ("seed_count", schema::whole(0, 1_000_000_000_000)),
            ("seed_in_url", schema::flag()),
            ("counting_badge", schema::flag()),
            ("public_map", schema::flag()),
            ("public_map_min_visitors", schema::whole(1, 1000)),
            ("public_live", schema::flag()),
            ("live_frame_ancestors", texts()),
            ("honour_privacy_signals", schema::flag()),
            ("heatmap_retention_days", schema::whole(1, 3660)),
            ("retention_days", schema::whole(0, 3660)),
            ("shared_map_min_visitors", schema::whole(1, 1000)),
            ("live_feed", schema::flag()),
        ]),
    );
    let site = schema::object(&[
        ("domain", schema::text()),
        ("timezone", schema::text()),
        ("live", schema::count()),
        ("settings", schema::reference("Settings")),
    ]);
    api.schema("Site", schema::with_optional(site, &[("custom_properties", texts())]));
    let example = json!({
        "domain": "demo.example", "timezone": "Europe/Sofia", "live": 3,
        "settings": {
            "hostnames": ["www.demo.example"], "excluded_paths": ["/admin/*"], "excluded_addresses": ["203.0.113.0/24"],
            "public_badge": true, "seed_count": 0, "seed_in_url": true, "counting_badge": false, "public_map": true, "public_map_min_visitors": 3, "public_live": false,
            "live_frame_ancestors": ["https://demo.example"], "honour_privacy_signals": false, "heatmap_retention_days": 400, "retention_days": 0, "shared_map_min_visitors": 5,
            "live_feed": true,
        },
    });
    let answer = || schema::reference("Site");
    let page = schema::object(&[
        ("after", schema::text_or_null()),
        ("before", schema::text_or_null()),
        ("limit", schema::count()),
    ]);
    let sites = schema::object(&[("sites", schema::list(answer())), ("meta", page)]);
    let list = Operation::get("/api/v1/sites", "List sites").scope(&["stats", "events", "sites"]);
    let listed = json!({ "sites": [example], "meta": { "after": null, "before": null, "limit": LIST_LIMIT } });
    api.add(list.answer(200, "Those that the caller may see, by name.", sites, &listed));

    let body = schema::with_optional(
        schema::object(&[("domain", schema::text())]),
        &[("timezone", schema::text_or_null()), ("settings", schema::or_null(schema::reference("Settings")))],
    );
    let post = Operation::post("/api/v1/sites", "Add a site").scope(&["sites"]);
    let post = post.body(
        body,
        &json!({ "domain": "new.example", "timezone": "Europe/Sofia", "settings": { "public_badge": true } }),
    );
    api.add(post.answer(200, "The site.", answer(), &example).fails(&[409]));

    let get = Operation::get("/api/v1/sites/{site}", "Show a site").scope(&["stats", "sites"]);
    api.add(get.answer(200, "The site.", answer(), &example));
    let body = schema::optional(&[("timezone", schema::text_or_null()), ("settings", schema::reference("Settings"))]);
    let patch = Operation::patch("/api/v1/sites/{site}", "Change a site").scope(&["sites"]);
    let patch = patch.about("The settings that are given are replaced, the others stay.");
    let patch = patch.body(body, &json!({ "settings": { "public_badge": true } }));
    api.add(patch.answer(200, "The site.", answer(), &example));
    let delete = Operation::delete("/api/v1/sites/{site}", "Remove a site").scope(&["sites"]);
    let delete = delete.about("No event of it is accepted from now on; what is stored stays out of reach.");
    let gone = schema::object(&[("deleted", schema::flag())]);
    api.add(delete.answer(200, "It is gone.", gone, &json!({ "deleted": true })));
}
