//! Owns who sent a request, as its connection and headers tell.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest,
    http::header::{self, HeaderName},
};
use url::Url;

use super::{Shared, error::ApiError};
use crate::{ingest::Signals, model::Sender};

/// Longest user agent that is read; the rest is cut.
const USER_AGENT_BYTES: usize = 1024;

static SEC_GPC: HeaderName = HeaderName::from_static("sec-gpc");
/// The prefetch hint and its older forms.
static PREFETCH: [HeaderName; 3] =
    [HeaderName::from_static("sec-purpose"), HeaderName::from_static("purpose"), HeaderName::from_static("x-moz")];

/// Returns the address of the browser: of the connection, or what a trusted proxy says.
pub fn address(request: &HttpRequest, shared: &Shared) -> IpAddr {
    let (peer, proxies) = (peer(request), &shared.proxies);
    with_texts(request, &header::FORWARDED, |forwarded| {
        with_texts(request, &header::X_FORWARDED_FOR, |lines| proxies.client_address(peer, forwarded, lines))
    })
}

/// Returns whether the browser speaks HTTPS with us or with our proxy.
pub fn is_secure(request: &HttpRequest, shared: &Shared) -> bool {
    let by_setting = shared.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    let (peer, proxies) = (peer(request), &shared.proxies);
    by_setting
        || with_texts(request, &header::FORWARDED, |forwarded| {
            with_texts(request, &header::X_FORWARDED_PROTO, |lines| proxies.is_secure(peer, forwarded, lines))
        })
}

/// Returns the address at which browsers reach us: the setting, or what the request says.
pub fn base_url(request: &HttpRequest, shared: &Shared) -> Result<Url, ApiError> {
    if let Some(url) = &shared.public_url {
        return Ok(url.clone());
    }
    let scheme = if is_secure(request, shared) { "https" } else { "http" };
    let host = texts(request, &header::HOST).next().unwrap_or_default();
    Url::parse(&format!("{scheme}://{host}/"))
        .map_err(|error| ApiError::Malformed(format!("the host {host:?}: {error}")))
}

/// Returns address and user agent. Lives on the handler's stack only.
pub fn sender(request: &HttpRequest, shared: &Shared) -> Sender {
    let user_agent = texts(request, &header::USER_AGENT).next().unwrap_or_default();
    Sender {
        address: address(request, shared),
        user_agent: crate::model::names::cut(user_agent, USER_AGENT_BYTES).to_owned(),
    }
}

/// Returns what the headers say about the visitor's wishes and the browser's intent.
pub fn signals(request: &HttpRequest) -> Signals {
    let is = |name, value: &str| texts(request, name).any(|text| text.trim() == value);
    let has = |name, word: &str| texts(request, name).any(|text| text.to_ascii_lowercase().contains(word));
    Signals {
        do_not_track: is(&SEC_GPC, "1") || is(&header::DNT, "1"),
        prefetch: PREFETCH.iter().any(|name| has(name, "prefetch")),
    }
}

fn peer(request: &HttpRequest) -> IpAddr {
    // Absent only in requests that no socket brought, in unit tests of actix.
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

/// Hands the lines of a header to `work`. Nearly every request has one or none, which takes no memory.
fn with_texts<T>(request: &HttpRequest, name: &HeaderName, work: impl FnOnce(&[&str]) -> T) -> T {
    let mut lines = texts(request, name);
    match (lines.next(), lines.next()) {
        (None, _) => work(&[]),
        (Some(only), None) => work(&[only]),
        (Some(first), Some(second)) => work(&[first, second].into_iter().chain(lines).collect::<Vec<_>>()),
    }
}

fn texts<'a>(request: &'a HttpRequest, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    request.headers().get_all(name).filter_map(|value| value.to_str().ok())
}
