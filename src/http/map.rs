//! Owns the public maps of visitors. A site shows them only when its owner says so; else there is no such picture.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Shared, State,
    error::ApiError,
    etag,
    openapi::{Description, Operation, schema},
    remembered::Remembered,
    shelf::{Key, Shelf},
};
use crate::{
    control::snapshot::SiteWithSalts,
    map::{
        Crowd, Lang, MapParams, MapRange, ParamError, Shown, Style, Theme, VisitorMap, base, params::WIDTHS,
        places::CROWD_DAYS,
    },
    model::{CountedPlace, Site, SiteId, SiteName},
    reports::places,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use jiff::Timestamp;

/// Longest query string that is read.
const QUERY_BYTES: usize = 1024;
/// How long it is remembered at least from where enough visitors came.
const CROWD_LIFE: Duration = Duration::from_mins(1);
/// Opened by itself an SVG is a document of our origin; nothing in it may run.
const SVG_CSP: &str = "default-src 'none'; frame-ancestors 'none'";
/// The empty map changes with the program.
const BASE_CACHE: &str = "public, max-age=86400";

/// Pictures that are kept, in bytes of all together.
const KEPT_BYTES: usize = 16 << 20;

/// Places that were counted a moment ago, and the pictures of them.
///
/// Anybody may ask for any width and style of a picture: these have one turn of their own, so that however many are asked for the
/// owners' heat maps wait for one of them at most.
pub struct Places {
    shelf: Shelf,
    counted: Remembered<(SiteId, MapRange), Arc<Vec<CountedPlace>>>,
    /// With the least number of visitors that they were asked for.
    crowds: Remembered<(SiteId, u16), Arc<Crowd>>,
}

impl Default for Places {
    fn default() -> Self {
        let (counted, crowds) = (Remembered::default(), Remembered::default());
        Self { shelf: Shelf::new(1).with_room(KEPT_BYTES), counted, crowds }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Svg,
    Png,
}

/// `GET /map/{site}.svg`
pub async fn svg(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Form::Svg, &state).await
}

/// `GET /map/{site}.png`
pub async fn png(request: HttpRequest, site: web::Path<String>, state: State) -> Result<HttpResponse, ApiError> {
    show(&request, &site, Form::Png, &state).await
}

/// `GET /assets/world.svg`: the land without visitors, which the live page draws upon.
pub async fn world(request: HttpRequest, state: State) -> Result<HttpResponse, ApiError> {
    let key = *blake3::hash(b"world").as_bytes();
    let draw = async || state.renders.draw(|| base::svg(Theme::Transparent).into_bytes()).await;
    let made = state.places.shelf.get(key, || 0, draw).await?;
    Ok(etag::answer(&request, "image/svg+xml", BASE_CACHE, made.bytes.to_vec()))
}

async fn show(request: &HttpRequest, site: &str, form: Form, state: &State) -> Result<HttpResponse, ApiError> {
    let site = public_site(state, site, |site| site.settings.public_map)?;
    let query = request.query_string();
    if query.len() > QUERY_BYTES {
        return Err(ApiError::Malformed(format!("the query string is longer than {QUERY_BYTES} bytes")));
    }
    let params = MapParams::parse(query)?;
    let now = Timestamp::now();
    let counted = counted(state, &site.site, params.range, now).await?;
    let shown = Shown::of(&counted, &*crowd(state, &site.site, now).await?, site.site.settings.public_map_min_visitors);
    let geo = state.ingest.enrichers.geo.as_ref().map(|geo| geo.maker().to_owned()).unwrap_or_default();
    let key = key(site.site.id, form, &params, &shown);
    let draw = async || {
        let map = VisitorMap { params, shown, geo };
        let drawn = state.renders.draw(move || match form {
            Form::Svg => Ok(map.svg().into_bytes()),
            Form::Png => map.png(),
        });
        drawn.await?.map_err(|error| ApiError::Internal(error.to_string()))
    };
    // The name of a picture has all that is on it: rows that arrive make another name.
    let made = state.places.shelf.get(key, || 0, draw).await?;
    // Image proxies keep pictures for as long as they may: who is here now says `no-cache` besides.
    let cache = match params.range {
        MapRange::Now => "public, max-age=15, no-cache",
        MapRange::Hour => "public, max-age=60",
        MapRange::Day | MapRange::Week | MapRange::Month | MapRange::All => "public, max-age=300",
    };
    let kind = if form == Form::Svg { "image/svg+xml" } else { "image/png" };
    let mut response = etag::answer(request, kind, cache, made.bytes.to_vec());
    if form == Form::Svg {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(SVG_CSP));
    }
    Ok(response)
}

/// Returns the site of a name, if its owner shows this of it to anybody.
pub fn public_site(
    shared: &Shared,
    name: &str,
    is_public: impl Fn(&Site) -> bool,
) -> Result<Arc<SiteWithSalts>, ApiError> {
    let name = SiteName::parse(name).map_err(|_not_a_name| ApiError::SiteNotFound)?;
    let site = shared.sites.current().snapshot.get(&name).cloned().ok_or(ApiError::SiteNotFound)?;
    if is_public(&site.site) { Ok(site) } else { Err(ApiError::SiteNotFound) }
}

/// Returns the visitors of a range by city, as they were counted a moment ago.
async fn counted(
    shared: &Shared,
    site: &Site,
    range: MapRange,
    now: Timestamp,
) -> Result<Arc<Vec<CountedPlace>>, ApiError> {
    let now_ms = now.as_millisecond();
    if range == MapRange::Now {
        // In memory, and new at every look.
        return Ok(Arc::new(shared.presence.places(site.id, now_ms)));
    }
    let asked = (site.id, range);
    if let Some(counted) = shared.places.counted.find(asked) {
        return Ok(counted);
    }
    let started = Instant::now();
    let ask = async || {
        let from_ms = range.length_ms().map(|length_ms| now_ms - length_ms);
        json(&places::places(&shared.store, site, from_ms, now).await?)
    };
    let key = question(site.id, "places", &format!("{range:?}"));
    let made = shared.questions.answer(site.id, key, || 0, ask).await?;
    let counted: Arc<Vec<CountedPlace>> = Arc::new(read(&made.bytes)?);
    shared.places.counted.keep(asked, started, life(range), Arc::clone(&counted));
    Ok(counted)
}

/// Returns from where enough visitors came to be shown, as it was asked a moment ago.
pub async fn crowd(shared: &Shared, site: &Site, now: Timestamp) -> Result<Arc<Crowd>, ApiError> {
    let least = site.settings.public_map_min_visitors;
    if least <= 1 {
        // Everybody is shown.
        return Ok(Arc::default());
    }
    let asked = (site.id, least);
    if let Some(crowd) = shared.places.crowds.find(asked) {
        return Ok(crowd);
    }
    let started = Instant::now();
    let ask = async || {
        let crowds = places::crowds(&shared.store, site, CROWD_DAYS, least, now).await?;
        json(&Crowd { countries: crowds.countries, cities: crowds.cities })
    };
    let key = question(site.id, "crowd", &least.to_string());
    let made = shared.questions.answer(site.id, key, || 0, ask).await?;
    let crowd: Arc<Crowd> = Arc::new(read(&made.bytes)?);
    shared.places.crowds.keep(asked, started, CROWD_LIFE, Arc::clone(&crowd));
    Ok(crowd)
}

/// How long the count of a range is good at least.
const fn life(range: MapRange) -> Duration {
    match range {
        MapRange::Now | MapRange::Hour => Duration::from_secs(15),
        MapRange::Day => Duration::from_secs(30),
        MapRange::Week | MapRange::Month | MapRange::All => Duration::from_mins(2),
    }
}

/// Names what ClickHouse is asked for.
pub fn question(site: SiteId, what: &str, of: &str) -> Key {
    *blake3::hash(format!("{what} {} {of}", site.get()).as_bytes()).as_bytes()
}

pub fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(value).map_err(|error| ApiError::Internal(error.to_string()))
}

pub fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| ApiError::Internal(error.to_string()))
}

/// Names a picture by all that is on it.
fn key(site: SiteId, form: Form, params: &MapParams, shown: &Shown) -> Key {
    let mut hasher = blake3::Hasher::new();
    let form = if form == Form::Svg { "svg" } else { "png" };
    hasher.update(format!("map {} {form} {params:?} {}", site.get(), shown.visitors).as_bytes());
    for spot in &shown.spots {
        for name in [&spot.country, &spot.city] {
            hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        }
        hasher.update(&spot.latitude.to_le_bytes()).update(&spot.longitude.to_le_bytes());
        hasher.update(&spot.visitors.to_le_bytes());
    }
    for (country, visitors) in &shown.countries {
        hasher.update(country.as_bytes()).update(&visitors.to_le_bytes());
    }
    *hasher.finalize().as_bytes()
}

impl From<ParamError> for ApiError {
    fn from(error: ParamError) -> Self {
        Self::invalid(error.parameter(), error.to_string())
    }
}

pub fn describe(api: &mut Description) {
    api.tag(
        "Maps",
        "Public pictures of where visitors are. A site has them only when its owner says so (`public_map`), and a place is on them \
         only when enough visitors came from it (`public_map_min_visitors`).",
    );
    for (path, kind, summary) in [
        ("/map/{site}.svg", "image/svg+xml", "A map of visitors as SVG"),
        ("/map/{site}.png", "image/png", "A map of visitors as PNG"),
    ] {
        let get = Operation::get(path, summary).open();
        let get =
            get.query("range", "Of which time: five minutes are who is here now.", schema::words(&MapRange::WORDS));
        let width = schema::whole((*WIDTHS.start()).into(), (*WIDTHS.end()).into());
        let get = get.query("width", "Pixels; the height follows.", width);
        let get = get.query("style", "Discs for cities, a glow, or coloured countries.", schema::words(&Style::WORDS));
        let get = get.query("theme", "For which ground.", schema::words(&Theme::WORDS));
        let get = get.query("lang", "The language of the words.", schema::words(&Lang::WORDS));
        let get = get.query("caption", "Whether the number of visitors is said.", schema::flag());
        let get = get.query("credits", "Whether the makers of the data are named on the picture.", schema::flag());
        let get = get.query("graticule", "Whether there are lines every thirty degrees.", schema::flag());
        api.add(get.file(200, "The picture.", &[kind]).empty(304, "As before.").fails(&[503]));
    }
    let world = Operation::get("/assets/world.svg", "The land without visitors").open();
    api.add(world.file(200, "The picture.", &["image/svg+xml"]).empty(304, "As before."));
}
