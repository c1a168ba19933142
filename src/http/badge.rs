//! Owns the public badges. A site shows them only when its owner says so; else there is no such picture.

use actix_web::{HttpRequest, Responder, web};
use dashmap::DashMap;
use jiff::Timestamp;

use serde_json::json;

use super::{
    Shared, State,
    error::ApiError,
    etag,
    openapi::{Description, Operation, schema},
};
use crate::{
    badge::{BadgeParams, ParamError, Show, params::LABEL_MAX_CHARS},
    control::snapshot::SiteWithSalts,
    model::{SiteId, SiteName},
    reports::count,
};

/// Longest query string that is read.
const QUERY_BYTES: usize = 2048;
/// How long a counted number serves all readers.
const COUNT_MS: i64 = 10_000;

/// Numbers that were counted a moment ago, by site and kind: at most three a site.
#[derive(Default)]
pub struct Counted {
    numbers: DashMap<(SiteId, Show), (i64, u64)>,
}

/// `GET /badge/{site}.svg`
pub async fn svg(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let name = SiteName::parse(&site).map_err(|_not_a_name| ApiError::SiteNotFound)?;
    let site = state.sites.current().snapshot.get(&name).cloned().ok_or(ApiError::SiteNotFound)?;
    if !site.site.settings.public_badge {
        return Err(ApiError::SiteNotFound);
    }
    let query = request.query_string();
    if query.len() > QUERY_BYTES {
        return Err(ApiError::Malformed(format!("the query string is longer than {QUERY_BYTES} bytes")));
    }
    let params = BadgeParams::parse(query)?;
    let number = number(&state, &site, params.show).await?;
    // Image proxies keep pictures for as long as they may: a live number says `no-cache` besides.
    let cache = if params.show == Show::Online { "public, max-age=5, no-cache" } else { "public, max-age=60" };
    Ok(etag::answer(&request, "image/svg+xml", cache, params.badge(number).svg().into_bytes()))
}

async fn number(shared: &Shared, site: &SiteWithSalts, show: Show) -> Result<u64, ApiError> {
    let now = Timestamp::now();
    let now_ms = now.as_millisecond();
    let key = (site.site.id, show);
    if let Some(counted) = shared.badges.numbers.get(&key)
        && (0..COUNT_MS).contains(&(now_ms - counted.0))
    {
        return Ok(counted.1);
    }
    let number = match show {
        // In memory, and new at every look.
        Show::Online => return Ok(shared.presence.count(site.site.id, now_ms)),
        Show::Today => count::visitors_today(&shared.store, &site.site, now).await?,
        Show::Total => count::total_visits(&shared.store, &site.site, now).await?,
    };
    shared.badges.numbers.insert(key, (now_ms, number));
    Ok(number)
}

impl From<ParamError> for ApiError {
    fn from(error: ParamError) -> Self {
        Self::invalid(error.parameter(), error.to_string())
    }
}

pub fn describe(api: &mut Description) {
    api.tag("Badges", "Public pictures with a number. A site has them only when its owner says so (`public_badge`).");
    let get = Operation::get("/badge/{site}.svg", "A badge").open();
    let get = get.query(
        "show",
        "The number: who is online, today's visitors, all visits.",
        schema::words(&["online", "today", "total"]),
    );
    let get = get.query("style", "How it looks.", schema::words(&["flat"]));
    let label = json!({ "type": "string", "maxLength": LABEL_MAX_CHARS });
    let get = get.query("label", "The text beside the number.", label);
    let get = get.query("color", "Three or six hexadecimal digits, or a name.", schema::text());
    let get = get.query("lang", "The language of the label.", schema::words(&["en", "bg"]));
    api.add(get.file(200, "The picture.", &["image/svg+xml"]).empty(304, "As before."));
}
