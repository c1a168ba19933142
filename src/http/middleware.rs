//! Owns what every response has: security headers, and a problem document wherever an error has no body of ours.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
};

use super::{error, ingest::DROPPED_HEADER};

/// Nothing inline, nothing from elsewhere.
static DASHBOARD_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
     font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
static NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
static REFERRER_POLICY: HeaderValue = HeaderValue::from_static("strict-origin-when-cross-origin");
static ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");
static CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");
static SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
/// What scripts of other sites may read: when to come back, and why something was left out.
static EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static("Retry-After, X-Heatline-Dropped");

/// Paths that any site may call: the tracker, its beacons, pictures.
const FOR_ANY_ORIGIN: [&str; 10] = [
    "/js/",
    "/api/beacon",
    "/api/event",
    "/pixel.gif",
    "/badge/",
    "/map/",
    "/counter/",
    "/busuanzi",
    "/hits/",
    "/api/count/",
];

/// Where events are sent, which are most of all requests: that they are kept is said in a few bytes, which no browser shows and which need
/// no rules for a page.
const INGEST: [&str; 2] = ["/api/beacon", "/api/event"];

/// Headers that are added here.
const MOST_HEADERS: usize = 6;

/// Finishes every response.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_ingest = INGEST.contains(&request.path());
    let for_any_origin = FOR_ANY_ORIGIN.iter().any(|prefix| request.path().starts_with(prefix));
    let response = next.call(request).await?.map_into_boxed_body();
    let mut response = with_problem(response);
    let is_receipt = is_ingest && response.status().is_success();
    let headers = response.headers_mut();
    headers.reserve(MOST_HEADERS);
    set_default(headers, header::X_CONTENT_TYPE_OPTIONS, &NOSNIFF);
    if !is_receipt {
        set_default(headers, header::REFERRER_POLICY, &REFERRER_POLICY);
        set_default(headers, header::CONTENT_SECURITY_POLICY, &DASHBOARD_CSP);
    }
    let resource_policy = if for_any_origin {
        set_default(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, &ANY_ORIGIN);
        if !is_receipt || headers.contains_key(DROPPED_HEADER) {
            set_default(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, &EXPOSED_HEADERS);
        }
        &CROSS_ORIGIN
    } else {
        &SAME_ORIGIN
    };
    set_default(headers, header::CROSS_ORIGIN_RESOURCE_POLICY, resource_policy);
    Ok(response)
}

/// Gives an error without a body of ours, such as actix's 404 and 405, a problem document.
fn with_problem(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/problem+json")) {
        return response;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut problem = error::of_status(status, response.request());
    if let Some(allow) = allow {
        problem.headers_mut().insert(header::ALLOW, allow);
    }
    let request = response.request().clone();
    ServiceResponse::new(request, problem)
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value.clone());
    }
}
