//! Owns who sent a request, as its connection and headers tell.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpRequest, http::header::HeaderName};

use super::Shared;
use crate::{ingest::Signals, model::Sender};

/// Longest user agent that is read; the rest is cut.
const USER_AGENT_BYTES: usize = 1024;

/// Returns the address of the browser: of the connection, or what a trusted proxy says.
pub fn address(request: &HttpRequest, shared: &Shared) -> IpAddr {
    let forwarded = texts(request, "forwarded");
    let x_forwarded_for = texts(request, "x-forwarded-for");
    shared.proxies.client_address(peer(request), &forwarded, &x_forwarded_for)
}

/// Returns whether the browser speaks HTTPS with us or with our proxy.
pub fn is_secure(request: &HttpRequest, shared: &Shared) -> bool {
    let by_setting = shared.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    let forwarded = texts(request, "forwarded");
    by_setting || shared.proxies.is_secure(peer(request), &forwarded, &texts(request, "x-forwarded-proto"))
}

/// Returns address and user agent. Lives on the handler's stack only.
pub fn sender(request: &HttpRequest, shared: &Shared) -> Sender {
    let user_agent = texts(request, "user-agent").first().copied().unwrap_or_default();
    Sender {
        address: address(request, shared),
        user_agent: crate::model::names::cut(user_agent, USER_AGENT_BYTES).to_owned(),
    }
}

/// Returns what the headers say about the visitor's wishes and the browser's intent.
pub fn signals(request: &HttpRequest) -> Signals {
    let is = |name: &'static str, value: &str| texts(request, name).iter().any(|text| text.trim() == value);
    let has = |name: &'static str, word: &str| {
        texts(request, name).iter().any(|text| text.to_ascii_lowercase().contains(word))
    };
    Signals {
        do_not_track: is("sec-gpc", "1") || is("dnt", "1"),
        prefetch: has("sec-purpose", "prefetch") || has("purpose", "prefetch") || has("x-moz", "prefetch"),
    }
}

fn peer(request: &HttpRequest) -> IpAddr {
    // Absent only in requests that no socket brought, in unit tests of actix.
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

fn texts<'a>(request: &'a HttpRequest, name: &'static str) -> Vec<&'a str> {
    request.headers().get_all(HeaderName::from_static(name)).filter_map(|value| value.to_str().ok()).collect()
}
