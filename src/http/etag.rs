//! Owns conditional answers: a strong tag of the bytes, and 304 for a reader who has them already.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
};

/// Longest `If-None-Match` that is read; a longer one names nothing.
const TAGS_BYTES: usize = 1024;

/// Answers with bytes, or with 304, so that what has not changed costs the reader nothing.
pub fn answer(request: &HttpRequest, kind: &'static str, cache: &str, bytes: Vec<u8>) -> HttpResponse {
    let hash = blake3::hash(&bytes).to_hex();
    let etag = format!("\"{}\"", &hash[..32]);
    let known = is_known(request, &etag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, etag)).insert_header((header::CACHE_CONTROL, cache)).content_type(kind);
    if known { response.finish() } else { response.body(bytes) }
}

/// Tells whether the reader says that it has the bytes of this tag.
pub fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let tags = text(request, &header::IF_NONE_MATCH).filter(|tags| tags.len() <= TAGS_BYTES);
    tags.is_some_and(|tags| tags.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim() == etag))
}

fn text<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
