//! Owns the live page that anybody may see, where a site's owner says so, and the stream that pushes it. Nothing on it tells of one
//! visitor: numbers, the pages and places that enough of them share, and no sessions.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, Responder,
    http::header::{self, HeaderValue},
    web::{self, Bytes},
};
use dashmap::DashMap;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use tokio::time::timeout_at;

use super::{
    Shared, State, assets, client,
    error::ApiError,
    map::{self, public_site},
    openapi::{Description, Operation, schema},
    push::{self, HEARTBEAT, HERE, PUSH_INTERVAL},
    remembered::Remembered,
};
use crate::{
    map::{Shown, base},
    model::{Site, SiteId},
    reports::places::{self, MINUTES},
};

/// Longest lists.
const TOP: usize = 10;
/// Most places on the map.
const MOST_PLACES: usize = 300;
/// How long a moment serves all who look.
const MOMENT_MS: i64 = 200;
/// How long the minutes of the last hour are good at least.
const MINUTES_LIFE: Duration = Duration::from_secs(10);

/// When the latest moment of a site was put together, and what it is.
type Latest = Arc<Mutex<Option<(i64, Arc<Moment>)>>>;

/// Moments of public pages that were put together a moment ago.
#[derive(Default)]
pub struct Moments {
    made: DashMap<SiteId, Latest>,
    minutes: Remembered<SiteId, Arc<[u64; MINUTES]>>,
}

/// What the page shows. The order of keys is that of the document.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Moment {
    visitors: u64,
    views_last_minute: u64,
    /// Pages with enough visitors, most first.
    pages: Vec<(String, u64)>,
    /// Visitors of all other pages.
    other_pages: u64,
    countries: Vec<(String, u64)>,
    /// Tenths of a pixel of the map, and visitors.
    places: Vec<(i32, i32, u64)>,
    /// Width and height of the map.
    map: (u32, u32),
    /// Pageviews of each minute of the last hour, the oldest first.
    minutes: Vec<u64>,
}

/// `GET /live/{site}`
pub async fn page(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let site = public_site(&state, &site, |site| site.settings.public_live)?;
    let mut response = assets::live_page(&request).ok_or(ApiError::NotFound)?;
    let policy = policy(&site.site.settings.live_frame_ancestors);
    let policy = HeaderValue::from_str(&policy).map_err(|error| ApiError::Internal(error.to_string()))?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `GET /live/{site}/stream`: a moment, then another whenever something changed.
///
/// As for the dashboard nothing is queued: who reads slowly gets the latest only, and every message is the whole.
pub async fn stream(request: HttpRequest, site: web::Path<String>, state: State) -> Result<impl Responder, ApiError> {
    let name = site.into_inner();
    let id = public_site(&state, &name, |site| site.settings.public_live)?.site.id;
    let place = state.public_streams.take(client::address(&request, &state));
    let place = place.ok_or(ApiError::Unavailable { retry_after_seconds: 30 })?;
    let messages = async_stream::stream! {
        let _place = place;
        let mut changes = state.presence.watch(id);
        let mut stopping = state.stopping.subscribe();
        let mut number = 0_u64;
        let mut shown: Option<Arc<Moment>> = None;
        loop {
            let Ok(site) = public_site(&state, &name, |site| site.settings.public_live) else { break };
            // Without ClickHouse the page stays as it is, and the stream open.
            let now = moment(&state, &site.site).await.ok().filter(|now| shown.as_ref() != Some(now));
            // The owner may have changed their mind meanwhile.
            if public_site(&state, &name, |site| site.settings.public_live).is_err() {
                break;
            }
            if let Some(now) = now {
                yield Ok::<Bytes, ApiError>(push::message("moment", number, &*now));
                number += 1;
                shown = Some(now);
                tokio::time::sleep(PUSH_INTERVAL).await;
            } else {
                yield Ok(HERE);
            }
            let heartbeat = tokio::time::Instant::now() + HEARTBEAT;
            tokio::select! {
                change = timeout_at(heartbeat, changes.changed()) => if matches!(change, Ok(Err(_))) { break },
                _ = stopping.wait_for(|&stopping| stopping) => break,
            }
        }
    };
    Ok(push::answer(messages))
}

/// Nothing inline, nothing from elsewhere; framed by those alone whom the owner names.
fn policy(ancestors: &[String]) -> String {
    let ancestors = [&["'self'".to_owned()], ancestors].concat().join(" ");
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors {ancestors}"
    )
}

/// Returns what the page shows now. For any number of readers it is put together five times a second at most.
async fn moment(shared: &Shared, site: &Site) -> Result<Arc<Moment>, ApiError> {
    let now = Timestamp::now();
    let minutes = minutes(shared, site, now).await?;
    let crowd = map::crowd(shared, site, now).await?;
    let now_ms = now.as_millisecond();
    let made = shared.moments.made.entry(site.id).or_default().clone();
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((at_ms, moment)) = &*made
        && (0..MOMENT_MS).contains(&(now_ms - at_ms))
    {
        return Ok(Arc::clone(moment));
    }
    let least = site.settings.public_map_min_visitors;
    let shown = Shown::of(&shared.presence.places(site.id, now_ms), &crowd, least);
    let live = shared.presence.snapshot(site.id, now_ms);
    let pages: Vec<(String, u64)> = live
        .pages
        .iter()
        .filter(|page| page.visitors >= least.into())
        .take(TOP)
        .map(|page| (page.path.clone(), page.visitors))
        .collect();
    let on_pages: u64 = pages.iter().map(|(_, visitors)| visitors).sum();
    let spots = shown.spots.iter().take(MOST_PLACES).map(|spot| {
        let (x, y) = base::place(spot.latitude, spot.longitude);
        (x, y, spot.visitors)
    });
    let moment = Arc::new(Moment {
        visitors: live.visitors,
        views_last_minute: live.views_last_minute,
        other_pages: live.visitors.saturating_sub(on_pages),
        pages,
        places: spots.collect(),
        countries: shown.countries.into_iter().take(TOP).collect(),
        map: (base::WIDTH, base::height()),
        minutes: minutes.to_vec(),
    });
    *made = Some((now_ms, Arc::clone(&moment)));
    Ok(moment)
}

async fn minutes(shared: &Shared, site: &Site, now: Timestamp) -> Result<Arc<[u64; MINUTES]>, ApiError> {
    if let Some(minutes) = shared.moments.minutes.find(site.id) {
        return Ok(minutes);
    }
    let started = Instant::now();
    let ask = async || map::json(&places::views_by_minute(&shared.store, site, now).await?.to_vec());
    let minute = (now.as_second() / 10).to_string();
    let made = shared.questions.answer(site.id, map::question(site.id, "minutes", &minute), || 0, ask).await?;
    let minutes: Vec<u64> = map::read(&made.bytes)?;
    let minutes: [u64; MINUTES] =
        minutes.try_into().map_err(|_other| ApiError::Internal("an hour has not sixty minutes".to_owned()))?;
    let minutes = Arc::new(minutes);
    shared.moments.minutes.keep(site.id, started, MINUTES_LIFE, Arc::clone(&minutes));
    Ok(minutes)
}

pub fn describe(api: &mut Description) {
    let page = Operation::get("/live/{site}", "The public live page").open().about(
        "A site has it only when its owner says so (`public_live`); it may be framed by this service and by those that the owner \
         names (`live_frame_ancestors`). `?embed=1` leaves out head and foot, `theme=light|dark` and `lang=en|bg` choose.",
    );
    let page = page.query("embed", "Whether head and foot are left out.", schema::words(&["0", "1"]));
    let page = page.query("theme", "Default: what the visitor's system says.", schema::words(&["light", "dark"]));
    let page = page.query("lang", "Default: what the visitor's browser says.", schema::words(&["en", "bg"]));
    api.add(page.file(200, "The page.", &["text/html"]).empty(304, "As before."));
    let pair = |name: &str| json!({ "type": "array", "description": format!("{name} and visitors"), "minItems": 2, "maxItems": 2 });
    api.schema(
        "PublicMoment",
        schema::object(&[
            ("visitors", schema::count()),
            ("views_last_minute", schema::count()),
            ("pages", schema::list(pair("path"))),
            ("other_pages", schema::count()),
            ("countries", schema::list(pair("code"))),
            ("places", schema::list(json!({ "type": "array", "minItems": 3, "maxItems": 3 }))),
            ("map", json!({ "type": "array", "minItems": 2, "maxItems": 2 })),
            ("minutes", schema::list(schema::count())),
        ]),
    );
    let stream = Operation::get("/live/{site}/stream", "Who is here, as anybody may know it").open().about(
        "Server-sent events `moment`, each a whole `PublicMoment`, at most four a second. Pages and places with too few visitors \
         (`public_map_min_visitors`) are not told; there are no sessions.",
    );
    api.add(stream.file(200, "The events.", &["text/event-stream"]).fails(&[503]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_framed_by_those_alone_who_are_named() {
        assert!(policy(&[]).ends_with("frame-ancestors 'self'"));
        let named = policy(&["https://a.example".to_owned(), "https://*.b.example".to_owned()]);
        assert!(named.ends_with("frame-ancestors 'self' https://a.example https://*.b.example"));
        assert!(!named.contains("unsafe") && named.starts_with("default-src 'none'"));
    }
}
