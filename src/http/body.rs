//! Owns reading a request's body: bounded in size and time, also while it is decoded.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
    web,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::{
    decode::{DecodeError, Encoding, decode},
    error::ApiError,
};

/// Largest body of an ingest request.
pub const INGEST_BODY_BYTES: usize = 64 * 1024;
/// Largest body of any other request.
pub const API_BODY_BYTES: usize = 256 * 1024;
/// The media types of JSON, and of lines of JSON. A body may also be unnamed.
const JSON_TEXT: [&str; 3] = ["", "text/plain", "application/json"];
const JSON_LINES: [&str; 7] = [
    "",
    "text/plain",
    "application/json",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
];
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an upload may take: 10 MiB at 1 Mbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(90);

/// Reads JSON as browsers send it: `text/plain` (no preflight), `application/json`, or unnamed.
pub async fn read_json_text(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    read_text(request, payload, limit, BODY_TIMEOUT, &JSON_TEXT).await
}

/// Reads JSON, or lines of JSON, of a program that sends much at once.
pub async fn read_json_lines(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    read_text(request, payload, limit, UPLOAD_TIMEOUT, &JSON_LINES).await
}

async fn read_text(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
    within: Duration,
    kinds: &[&str],
) -> Result<Bytes, ApiError> {
    let encoding = encoding(request).filter(|_| is_one_of(request, kinds)).ok_or(ApiError::UnsupportedMediaType)?;
    let body = read(request, payload, limit, within).await?;
    if encoding == Encoding::Identity {
        return Ok(body);
    }
    // Beside the async threads: a body made to be slow costs milliseconds.
    let decoded = web::block(move || decode(encoding, &body, limit)).await;
    let decoded = decoded.map_err(|error| ApiError::Internal(error.to_string()))?;
    decoded.map(Bytes::from).map_err(|error| match error {
        DecodeError::TooLarge { limit_bytes } => ApiError::TooLarge { limit_bytes },
        DecodeError::Damaged { .. } => ApiError::Malformed(error.to_string()),
    })
}

/// Returns the one coding of a body. None where it has another or several.
fn encoding(request: &HttpRequest) -> Option<Encoding> {
    let mut values = request.headers().get_all(CONTENT_ENCODING);
    let Some(value) = values.next() else { return Some(Encoding::Identity) };
    if values.next().is_some() {
        return None;
    }
    Encoding::parse(value.to_str().ok()?)
}

/// Reads a form: small, and not encoded.
pub async fn read_form(request: &HttpRequest, payload: web::Payload) -> Result<Bytes, ApiError> {
    if encoding(request) != Some(Encoding::Identity) {
        return Err(ApiError::UnsupportedMediaType);
    }
    read(request, payload, API_BODY_BYTES, BODY_TIMEOUT).await
}

/// Reads a file as it is. What it is, its bytes say.
pub async fn read_upload(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    read(request, payload, limit, UPLOAD_TIMEOUT).await
}

async fn read(
    request: &HttpRequest,
    mut payload: web::Payload,
    limit: usize,
    within: Duration,
) -> Result<Bytes, ApiError> {
    let too_large = || ApiError::TooLarge { limit_bytes: limit };
    // A promise of too much is refused before a byte of it is read.
    let promised = header_text(request, &CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
    if promised.is_some_and(|bytes| bytes > limit as u64) {
        return Err(too_large());
    }
    let collect = async {
        let (mut first, mut body) = (Bytes::new(), BytesMut::new());
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| ApiError::Malformed(format!("the body cannot be read: {error}")))?;
            if first.len() + body.len() + chunk.len() > limit {
                return Err(too_large());
            }
            // Nearly every body of a beacon comes in one piece, which is not copied.
            if first.is_empty() && body.is_empty() {
                first = chunk;
                continue;
            }
            body.extend_from_slice(&std::mem::take(&mut first));
            body.extend_from_slice(&chunk);
        }
        Ok(if body.is_empty() { first } else { body.freeze() })
    };
    tokio::time::timeout(within, collect).await.map_err(|_elapsed| ApiError::RequestTimeout)?
}

fn is_one_of(request: &HttpRequest, kinds: &[&str]) -> bool {
    media_type(request).is_none_or(|kind| kinds.contains(&kind.as_str()))
}

/// Returns what the body is said to be, in small letters and without parameters.
pub fn media_type(request: &HttpRequest) -> Option<String> {
    header_text(request, &CONTENT_TYPE)
        .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

fn header_text<'a>(request: &'a HttpRequest, name: &actix_web::http::header::HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}
