//! Owns GoatCounter's visitor counter: `/counter/{path}.json`, `.svg` and `.png`, with the whole site as `TOTAL`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{super::counting, State, parameters};
use crate::{
    badge::{Color, content::Badge},
    control::snapshot::SiteWithSalts,
    http::{
        badge::{Form, counted, place, respond},
        error::ApiError,
    },
    model::Pathname,
};

/// The path that stands for all pages.
const TOTAL: &str = "TOTAL";
const CACHE: &str = "public, max-age=60";

/// `GET /counter/{path}.{svg|png|json}`
pub async fn counter(
    request: HttpRequest,
    place: web::Path<(String, String)>,
    state: State,
) -> Result<HttpResponse, ApiError> {
    let (page, ending) = place.into_inner();
    let form = Form::parse(&ending).ok_or(ApiError::NotFound)?;
    let parameters = parameters(&request)?;
    let site = place::site_or_only(&request, &state, parameters.get("site").map(String::as_str))?;
    let path = match page.as_str() {
        TOTAL => None,
        page => Some(place::path(page).ok_or(ApiError::NotFound)?),
    };
    if parameters.contains_key("count") {
        counting::asked(&request, &state, &site, path.as_ref()).await?;
    }
    let range = range(&site, parameters.get("start"), parameters.get("end"))?;
    let number = number(&request, &state, &site, (range, path.as_ref())).await?;
    if form == Form::Json {
        return Ok(document(number));
    }
    let label = parameters.get("label").map_or("Views", String::as_str).chars().take(60).collect();
    let color = parameters.get("color").map(|color| Color::parse(color)).transpose()?;
    let badge = Badge::plain(label, written(number), color);
    respond(&request, &state, &site, &badge, (form, CACHE)).await
}

/// GoatCounter says 404 of a page that it never saw, and 0.
fn document(number: u64) -> HttpResponse {
    let document = json!({
        "count": written(number), "count_unique": written(number),
        // As numbers, which GoatCounter has not.
        "value": number, "value_unique": number,
    });
    let (status, kind) = match number {
        0 => (StatusCode::NOT_FOUND, "application/problem+json"),
        _ => (StatusCode::OK, "application/json"),
    };
    HttpResponse::build(status)
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(document.to_string())
}

/// Writes a number with narrow spaces between its thousands, as GoatCounter does.
fn written(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Returns the days that are asked for, in the language of reports.
fn range(site: &SiteWithSalts, start: Option<&String>, end: Option<&String>) -> Result<Value, ApiError> {
    let today = Timestamp::now().to_zoned(site.site.time_zone.clone()).date();
    let end = end.map(|end| date("end", end)).transpose()?;
    let last = end.unwrap_or(today);
    let back = |span: jiff::Span| last.checked_sub(span).unwrap_or(last);
    let first = match start.map(String::as_str) {
        None if end.is_none() => return Ok(json!("all")),
        None => back(10.years()),
        Some("week") => back(7.days()),
        Some("month") => back(1.month()),
        Some("year") => back(1.year()),
        Some(day) => date("start", day)?,
    };
    if first > last {
        return Err(ApiError::invalid("start", "it is after the end"));
    }
    Ok(json!([first.to_string(), last.to_string()]))
}

fn date(name: &str, text: &str) -> Result<Date, ApiError> {
    let dates = "a date like 2026-01-31 is expected, or week, month or year as the start";
    text.parse().map_err(|_no_date| ApiError::invalid(name, dates))
}

async fn number(
    request: &HttpRequest,
    state: &State,
    site: &SiteWithSalts,
    (range, path): (Value, Option<&Pathname>),
) -> Result<u64, ApiError> {
    let filters: Vec<Value> = path.iter().map(|path| json!(["is", "event:page", [path]])).collect();
    let seed = if range == "all" && path.is_none() { site.site.settings.seed_count } else { 0 };
    let question = json!({"site_id": site.site.name, "metrics": ["visits"], "date_range": range, "filters": filters});
    Ok(counted::number(request, state, site, &question).await?.saturating_add(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_goatcounter_writes_them() {
        assert_eq!(written(0), "0");
        assert_eq!(written(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
