//! Owns the hits counters: `hits.sh/{host}/{path}.svg` as `/hits/{host}/{path}.svg`, and seeyoufarm's
//! `/api/count/{incr|keep}/badge.svg?url=…`.

use std::{collections::HashMap, sync::Arc};

use actix_web::{HttpRequest, HttpResponse, web};
use url::Url;

use super::{State, number, parameters};
use crate::{
    badge::{Color, Label, Lang, Metric, Period, content::Badge},
    control::snapshot::SiteWithSalts,
    http::{
        badge::{Form, counting, place, respond},
        error::ApiError,
    },
    model::Pathname,
};

/// Each look counts, so each has to reach us.
const CACHE: &str = "no-cache, no-store, must-revalidate, max-age=0";

/// `GET /hits/{host}/{path}.{svg|png|json}`, or with the name of a site in place of the host.
pub async fn hits(
    request: HttpRequest,
    place: web::Path<(String, String)>,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let (page, ending) = place.into_inner();
    let form = Form::parse(&ending).ok_or(ApiError::NotFound)?;
    let parameters = parameters(&request)?;
    let (host, path) = page.split_once('/').unwrap_or((&page, ""));
    let site = match parameters.get("site") {
        Some(name) => place::public_site(&state, name)?,
        None => place::public_site(&state, host).or_else(|_no_name| place::site_of_host(&state, host))?,
    };
    let path = place::path(path).ok_or(ApiError::NotFound)?;
    let counts = parameters.get("action").is_none_or(|action| action == "hit");
    let with_today = parameters.get("view").is_some_and(|view| view == "today-total");
    answer(&request, &state, (&site, &path), &Look { form, counts, with_today, parameters }).await
}

/// `GET /api/count/{incr|keep}/badge.svg?url=…`
pub async fn seeyoufarm(
    request: HttpRequest,
    action: web::Path<String>,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let counts = match action.as_str() {
        "incr" => true,
        "keep" => false,
        _ => return Err(ApiError::NotFound),
    };
    let parameters = parameters(&request)?;
    let url = parameters.get("url").ok_or_else(|| ApiError::invalid("url", "the address of the page is expected"))?;
    let url = if url.contains("://") { url.clone() } else { format!("https://{url}") };
    let url = Url::parse(&url).map_err(|error| ApiError::invalid("url", error.to_string()))?;
    let site = match (parameters.get("site"), url.host_str()) {
        (Some(name), _) => place::public_site(&state, name)?,
        (None, Some(host)) => place::site_of_host(&state, host)?,
        (None, None) => return Err(ApiError::SiteNotFound),
    };
    let path = place::path_of(&url).ok_or(ApiError::NotFound)?;
    let look = Look { form: Form::Svg, counts, with_today: true, parameters };
    answer(&request, &state, (&site, &path), &look).await
}

/// What a page asked for.
struct Look {
    form: Form,
    counts: bool,
    /// Whether the number of today stands before the whole.
    with_today: bool,
    parameters: HashMap<String, String>,
}

async fn answer(
    request: &HttpRequest,
    state: &State,
    (site, path): (&Arc<SiteWithSalts>, &Pathname),
    look: &Look,
) -> Result<HttpResponse, ApiError> {
    if look.counts {
        counting::look(request, state, site, Some(path)).await;
    }
    let given = |names: &[&str]| names.iter().find_map(|name| look.parameters.get(*name));
    let label = Label::parse(given(&["title", "label"]).map_or("hits", String::as_str))?;
    let color = given(&["count_bg", "color"]).map(|color| Color::parse(color)).transpose()?;
    let views = async |period| number(request, state, site, (period, Metric::Views), Some(path)).await;
    let lang = Lang::default();
    let all = views(Period::All).await?;
    let value = if look.with_today {
        let today = views(Period::Today).await?;
        // Both are remembered for some seconds, each since another moment.
        format!("{} / {}", lang.number(today), lang.number(all.max(today)))
    } else {
        lang.number(all)
    };
    let badge = Badge::plain(label.as_str().to_owned(), value, color);
    respond(request, state, site, &badge, (look.form, CACHE)).await
}
