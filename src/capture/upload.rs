//! Owns sending a picture to a service.
//!
//! With the HTTP client that the driver of ClickHouse brings along anyway: no other crate is built for one request.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, header};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;
use url::Url;

use super::CaptureError;

/// How long the server may take for a picture of ten megabytes.
const LIMIT: Duration = Duration::from_mins(2);
/// Longest answer that is read.
const ANSWER_BYTES: usize = 64 * 1024;

/// A service, and the key that opens it.
#[derive(Clone)]
pub struct Server {
    pub url: Url,
    pub key: String,
}

/// Uploads a picture of a page at a width.
pub async fn upload(server: &Server, site: &str, path: &str, width: u32, picture: Vec<u8>) -> Result<(), CaptureError> {
    let connector =
        hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let request = Request::put(address(server, site, path, width)?.as_str())
        .header(header::AUTHORIZATION, format!("Bearer {}", server.key))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Full::new(Bytes::from(picture)))
        .map_err(|error| CaptureError::ServerAddress(error.to_string()))?;
    let exchange = async {
        let answer = client.request(request).await.map_err(|error| CaptureError::Send(chain(&error)))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES).collect().await;
        Ok::<_, CaptureError>((status, body.map(http_body_util::Collected::to_bytes).unwrap_or_default()))
    };
    let late = || CaptureError::Send(format!("it did not answer within {} s", LIMIT.as_secs()));
    let (status, body) = tokio::time::timeout(LIMIT, exchange).await.map_err(|_elapsed| late())??;
    if status.is_success() {
        return Ok(());
    }
    Err(CaptureError::NotTaken { status: status.as_u16(), detail: detail(&body) })
}

fn address(server: &Server, site: &str, path: &str, width: u32) -> Result<Url, CaptureError> {
    let mut url = server.url.clone();
    let unusable = || CaptureError::ServerAddress(format!("{} is no address of http", server.url));
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable());
    }
    url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(["api", "v1", "sites", site, "screenshot"]);
    url.query_pairs_mut().clear().append_pair("path", path).append_pair("width", &width.to_string());
    Ok(url)
}

/// Returns what a problem document says.
fn detail(body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let first = &problem["errors"][0];
    let said = first["detail"].as_str().or_else(|| problem["detail"].as_str());
    said.unwrap_or("it does not say why; is this the address of Heatline?").to_owned()
}

/// Joins an error with its causes: the client's own words say little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> Server {
        Server { url: url.parse().unwrap(), key: "k".to_owned() }
    }

    #[test]
    fn the_address_is_below_that_of_the_server() {
        for (url, expected) in [
            ("http://127.0.0.1:7070", "http://127.0.0.1:7070/api/v1/sites/a.example/screenshot"),
            ("https://x.example/stats/", "https://x.example/stats/api/v1/sites/a.example/screenshot"),
            ("https://x.example/?a=b", "https://x.example/api/v1/sites/a.example/screenshot"),
        ] {
            let address = address(&server(url), "a.example", "/цени", 390).unwrap();
            assert_eq!(address.as_str(), format!("{expected}?path=%2F%D1%86%D0%B5%D0%BD%D0%B8&width=390"));
        }
        assert!(address(&server("ftp://x.example/"), "a.example", "/", 390).is_err());
        assert!(address(&server("mailto:x@x.example"), "a.example", "/", 390).is_err());
    }

    #[test]
    fn the_detail_that_says_most_is_told() {
        assert_eq!(detail(br#"{"detail":"a value is not valid","errors":[{"detail":"too wide"}]}"#), "too wide");
        assert_eq!(detail(br#"{"detail":"no such site"}"#), "no such site");
        assert!(detail(b"<html>").contains("address of Heatline"));
    }
}
