//! Owns the public counters. A site shows them only when its owner says so; else there is no such picture.
//!
//! A picture is served in three steps, each remembered apart: what was counted (ten seconds, for all pictures of a site), the
//! picture of it (until something else is shown), and who has it already (its tag). A live number is looked up each time.

mod counted;
mod counting;
pub mod describe;
pub mod foreign;
mod pictures;
mod place;
mod places;
pub mod widget;

use std::{num::NonZeroU32, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header,
    web::{self, Bytes},
};
use jiff::Timestamp;

use super::{State, client, error::ApiError, etag, shelf::Made};
use crate::{
    badge::{BadgeParams, ParamError, Period, Show, content::Badge},
    control::snapshot::SiteWithSalts,
    ingest::{RateKey, RateLimit, RateLimiter},
    render::typeset::Faces,
};

pub use describe::describe;

/// Longest query string that is read.
pub(super) const QUERY_BYTES: usize = 8192;
/// Questions and drawings that one network may cause in a second, and at once. What is remembered costs nothing.
const MISSES_PER_SECOND: u32 = 100;
const MISSES_AT_ONCE: u32 = 1_000;
/// Nothing in a picture may act, whatever it is opened as.
const PICTURE_CSP: &str = "default-src 'none'; sandbox";

/// What is shared by all who look at badges.
pub struct Badges {
    counted: counted::Counted,
    pictures: pictures::Pictures,
    looks: counting::Looks,
    misses: RateLimiter,
    faces: Arc<Faces>,
    widgets: Arc<places::Places>,
}

impl Badges {
    /// Makes what draws in these fonts.
    pub fn new(faces: Faces) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let limit = RateLimit { per_second: at_least_one(MISSES_PER_SECOND), burst: at_least_one(MISSES_AT_ONCE) };
        Self {
            counted: counted::Counted::default(),
            pictures: pictures::Pictures::default(),
            looks: counting::Looks::default(),
            misses: RateLimiter::new(limit),
            faces: Arc::new(faces),
            widgets: Arc::default(),
        }
    }

    /// Takes the cost of something that is not remembered.
    fn miss(&self, request: &HttpRequest, state: &State) -> Result<(), ApiError> {
        let sender = RateKey::Sender(client::address(request, state));
        let taken = self.misses.take(sender, 1, Timestamp::now().as_millisecond());
        taken.map_err(|wait| ApiError::RateLimited { retry_after_seconds: wait.seconds })
    }
}

/// The forms in which a badge is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    Svg,
    Png,
    Json,
}

impl Form {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Svg => "image/svg+xml",
            Self::Png => "image/png",
            Self::Json => "application/json",
        }
    }

    fn parse(ending: &str) -> Option<Self> {
        match ending {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// `GET /badge/{site}.svg`, `.png` and `.json`
pub async fn badge(
    request: HttpRequest,
    place: web::Path<(String, String)>,
    state: State,
) -> Result<impl Responder, ApiError> {
    let (name, ending) = place.into_inner();
    let form = Form::parse(&ending).ok_or(ApiError::NotFound)?;
    let site = place::public_site(&state, &name)?;
    let mut params = BadgeParams::parse(query(&request)?)?;
    sow(&mut params, &site)?;
    if params.count {
        counting::asked(&request, &state, &site, params.path.as_ref()).await?;
    }
    let content = counted::content(&request, &state, &site, &params).await?;
    let cache = cache_control(&params);
    let badge = params.badge(content);
    respond(&request, &state, &site, &badge, (form, cache)).await
}

/// Returns the query of a request, where it is no longer than a badge's can be.
pub(super) fn query(request: &HttpRequest) -> Result<&str, ApiError> {
    let query = request.query_string();
    if query.len() > QUERY_BYTES {
        return Err(ApiError::Malformed(format!("the query string is longer than {QUERY_BYTES} bytes")));
    }
    Ok(query)
}

/// Adds what the owner sowed, and refuses what others may not.
fn sow(params: &mut BadgeParams, site: &SiteWithSalts) -> Result<(), ParamError> {
    let settings = &site.site.settings;
    if params.seed > 0 && !settings.seed_in_url {
        return Err(ParamError::SeedRefused);
    }
    if params.is_whole() {
        params.seed += settings.seed_count;
    }
    Ok(())
}

/// Image proxies keep pictures for as long as they may: a live number says `no-cache` besides, and what counts who looks has
/// to be asked for each time.
fn cache_control(params: &BadgeParams) -> &'static str {
    match params.show {
        _ if params.count => "no-cache, no-store, must-revalidate, max-age=0",
        Show::Online => "public, max-age=5, no-cache",
        Show::Counted(Period::Yesterday) => "public, max-age=300",
        Show::Counted(Period::Today | Period::Week | Period::Month | Period::All) => "public, max-age=60",
    }
}

/// Answers with a badge, drawn now or before.
async fn respond(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    badge: &Badge,
    (form, cache): (Form, &str),
) -> Result<HttpResponse, ApiError> {
    let made = match form {
        // Quickly written, and other than a picture it names the site.
        Form::Json => Made::of(Bytes::from(badge.json(site.site.name.as_str()).to_string())),
        Form::Svg | Form::Png => picture(request, state, badge, form).await?,
    };
    let known = etag::is_known(request, &made.etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, made.etag))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_CSP))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .content_type(form.media_type());
    Ok(if known { response.finish() } else { response.body(made.bytes) })
}

async fn picture(request: &HttpRequest, state: &State, badge: &Badge, form: Form) -> Result<Made, ApiError> {
    let key = pictures::key(badge, form);
    if let Some(made) = state.badges.pictures.find(&key) {
        return Ok(made);
    }
    state.badges.miss(request, state)?;
    let bytes = match form {
        // A few shapes and texts: some tens of microseconds.
        Form::Svg | Form::Json => badge.svg(&state.badges.faces).into_bytes(),
        Form::Png => {
            let (badge, faces) = (badge.clone(), Arc::clone(&state.badges.faces));
            let drawn = state.renders.draw(move || badge.png(&faces)).await?;
            drawn.map_err(|error| ApiError::Internal(error.to_string()))?
        }
    };
    let made = Made::of(Bytes::from(bytes));
    state.badges.pictures.keep(key, made.clone());
    Ok(made)
}

impl From<ParamError> for ApiError {
    fn from(error: ParamError) -> Self {
        Self::invalid(error.parameter(), error.to_string())
    }
}
