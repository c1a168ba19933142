//! Owns busuanzi's counter: a script that calls a function of the page with the views and visitors of page and site.

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde_json::json;

use super::{State, number, parameters};
use crate::{
    badge::{Metric, Period},
    http::{
        badge::{counting, place},
        error::ApiError,
    },
};

/// Longest name of a function.
const CALLBACK_CHARS: usize = 64;

/// `GET /busuanzi?jsonpCallback=…`: the page is the one that the request comes from, or `url`.
pub async fn busuanzi(request: HttpRequest, state: State) -> Result<HttpResponse, ApiError> {
    let parameters = parameters(&request)?;
    let callback = parameters.get("jsonpCallback").map(String::as_str).map(callback).transpose()?;
    let page = match parameters.get("url") {
        Some(url) => Some(url::Url::parse(url).map_err(|error| ApiError::invalid("url", error.to_string()))?),
        None => place::page(&request),
    };
    let site = match (parameters.get("site"), &page) {
        (None, Some(page)) => match page.host_str().map(|host| place::site_of_host(&state, host)) {
            Some(Ok(site)) => site,
            Some(Err(_)) | None => place::site_or_only(&request, &state, None)?,
        },
        (named, _) => place::site_or_only(&request, &state, named.map(String::as_str))?,
    };
    let path = page.as_ref().and_then(place::path_of);
    counting::look(&request, &state, &site, path.as_ref()).await;
    let all = async |metric, path| number(&request, &state, &site, (Period::All, metric), path).await;
    let document = json!({
        "site_uv": all(Metric::Visitors, None).await?,
        "site_pv": all(Metric::Views, None).await?,
        "page_pv": match &path { Some(path) => all(Metric::Views, Some(path)).await?, None => 0 },
        "version": 2.4,
    });
    let (kind, body) = match callback {
        Some(callback) => ("text/javascript; charset=utf-8", format!("try{{{callback}({document});}}catch(e){{}}")),
        None => ("application/json", document.to_string()),
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"))
        .body(body))
}

/// Reads the name of a function: letters, digits, `_` and `$`, nothing that is more than a name.
fn callback(name: &str) -> Result<&str, ApiError> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    let begins = name.starts_with(|c: char| is_name(c) && !c.is_ascii_digit());
    if begins && name.len() <= CALLBACK_CHARS && name.chars().all(is_name) {
        Ok(name)
    } else {
        Err(ApiError::invalid("jsonpCallback", "a name of at most 64 letters, digits, _ and $ is expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_name_is_called() {
        for name in ["BusuanziCallback_1046609647591", "$", "_a"] {
            assert_eq!(callback(name).unwrap(), name);
        }
        let long = "a".repeat(65);
        for name in ["", "1a", "a.b", "alert(1)//", "a;b", "a b", "a\u{2028}", "ф", "a[0]", "</script>", &long] {
            assert!(callback(name).is_err(), "{name}");
        }
    }
}
