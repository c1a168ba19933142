//! Owns the list of who is here, as a document with filters.

use actix_web::{HttpRequest, HttpResponse, Responder, http::header, web};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::wanted::Wanted;
use crate::{
    http::{
        State,
        error::ApiError,
        links,
        reader::{Part, Reader},
    },
    live::LiveSession,
};

/// Visitors of one answer, where nothing else is asked for.
const USUAL: usize = 50;
/// Most visitors of one answer.
const MOST: usize = 500;

/// A visitor, and for how long they are on the site.
#[derive(Serialize)]
struct Shown {
    seconds: i64,
    #[serde(flatten)]
    session: LiveSession,
}

/// `GET /api/v1/sites/{site}/live/visitors`: who is here, who came last first.
pub async fn visitors(
    request: HttpRequest,
    site: web::Path<String>,
    reader: Reader,
    state: State,
) -> Result<impl Responder, ApiError> {
    let site = reader.site(&state, &site, Part::Visitors).await?;
    let (most, wanted) = parameters(request.query_string())?;
    let now = Timestamp::now();
    let live_feed = site.site.settings.live_feed;
    let most = if live_feed { most } else { 0 };
    let (found, visitors) =
        state.presence.visitors(site.site.id, most, now.as_millisecond(), |session| wanted.has(session));
    let shown =
        found.into_iter().map(|session| Shown { seconds: now.duration_since(session.since).as_secs().max(0), session });
    let document = json!({"live_feed": live_feed, "visitors": visitors, "sessions": shown.collect::<Vec<_>>()});
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(document))
}

fn parameters(query: &str) -> Result<(usize, Wanted), ApiError> {
    let (mut most, mut wanted) = (USUAL, Wanted::default());
    for (name, value) in links::Query::read(query)?.pairs {
        match name.as_str() {
            "limit" => {
                most =
                    value.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
                        ApiError::invalid("limit", format!("a number from 1 to {MOST} is expected here"))
                    })?;
            }
            "filters" => wanted = Wanted::parse(&value, false)?,
            _ => return Err(ApiError::invalid(name, "there is no such parameter; there are limit and filters")),
        }
    }
    Ok((most, wanted))
}
