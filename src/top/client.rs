//! Owns the connection to a service: the live document, the history and the stream, read as JSON. Every answer is bounded.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{Request, Response, body::Incoming, header};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::{sync::mpsc, time::timeout};
use url::Url;

/// How long an answer may take to begin.
const LIMIT: Duration = Duration::from_secs(15);
/// Without a sign of life for so long, the connection is given up; heartbeats come every 15 seconds.
const SILENCE: Duration = Duration::from_secs(40);
/// Longest document, and longest message of a stream.
const MOST_BYTES: usize = 1 << 20;

/// Why the view cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum TopError {
    #[error("{0} is no address of http")]
    Address(Url),
    #[error("cannot reach the service: {0}")]
    Unreachable(String),
    #[error("the service refuses ({status}): {detail}")]
    Refused { status: u16, detail: String },
    #[error("the service answers what this program does not understand: {0}")]
    Answer(String),
    #[error("the terminal cannot be used: {0}")]
    Terminal(std::io::Error),
}

/// The live document, as far as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Live {
    pub visitors: u64,
    pub views_last_minute: u64,
    pub pages: Vec<Page>,
    pub countries: Vec<Country>,
    pub sources: Vec<Source>,
    #[serde(default)]
    pub live_feed: bool,
    pub sessions: Vec<Session>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Page {
    pub path: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Country {
    pub country: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Source {
    pub source: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Session {
    pub country: String,
    pub city: String,
    pub browser: String,
    pub os: String,
    pub source: String,
    pub path: String,
    pub before: Vec<String>,
    pub since: jiff::Timestamp,
    pub returning: Option<bool>,
}

#[derive(Deserialize)]
struct History {
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Point {
    peak: u64,
}

/// A service, and the key that opens it.
#[derive(Clone)]
pub struct Service {
    url: Url,
    key: String,
    client: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Service {
    pub fn new(url: Url, key: String) -> Result<Self, TopError> {
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() {
            return Err(TopError::Address(url));
        }
        let connector =
            hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Ok(Self { url, key, client: Client::builder(TokioExecutor::new()).build(connector) })
    }

    /// Returns who is here.
    pub async fn live(&self, site: &str) -> Result<Live, TopError> {
        self.document(&["api", "v1", "sites", site, "live"], None).await
    }

    /// Returns the most visitors of each minute of the last hours, oldest first.
    pub async fn minutes(&self, site: &str) -> Result<Vec<u64>, TopError> {
        let path = ["api", "v1", "sites", site, "live", "history"];
        let history: History = self.document(&path, Some("date_range=24h")).await?;
        Ok(history.points.iter().map(|point| point.peak).collect())
    }

    /// Hands on what the stream says until it ends, or nobody listens.
    pub async fn stream(&self, site: &str, updates: &mpsc::Sender<Result<Live, String>>) -> Result<(), TopError> {
        let mut answer = self.ask(&["api", "v1", "sites", site, "live", "stream"], None).await?;
        let mut text = Vec::new();
        loop {
            let frame = timeout(SILENCE, answer.body_mut().frame()).await;
            let frame = frame.map_err(|_elapsed| TopError::Unreachable("it is silent".to_owned()))?;
            let Some(frame) = frame else { return Ok(()) };
            let frame = frame.map_err(|error| TopError::Unreachable(error.to_string()))?;
            text.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                let message: Vec<u8> = text.drain(..end + 2).collect();
                if let Some(live) = read_message(&message)?
                    && updates.send(Ok(live)).await.is_err()
                {
                    return Ok(());
                }
            }
            if text.len() > MOST_BYTES {
                return Err(TopError::Answer("a message without an end".to_owned()));
            }
        }
    }

    async fn document<T: for<'de> Deserialize<'de>>(&self, path: &[&str], query: Option<&str>) -> Result<T, TopError> {
        let answer = self.ask(path, query).await?;
        let body = timeout(LIMIT, Limited::new(answer.into_body(), MOST_BYTES).collect()).await;
        let body = body.map_err(|_elapsed| TopError::Unreachable("the answer does not end".to_owned()))?;
        let bytes = body.map_err(|error| TopError::Unreachable(error.to_string()))?.to_bytes();
        serde_json::from_slice(&bytes).map_err(|error| TopError::Answer(error.to_string()))
    }

    async fn ask(&self, path: &[&str], query: Option<&str>) -> Result<Response<Incoming>, TopError> {
        let mut url = self.url.clone();
        url.path_segments_mut().map_err(|()| TopError::Address(self.url.clone()))?.pop_if_empty().extend(path);
        url.set_query(query);
        let request = Request::get(url.as_str())
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .body(Empty::new())
            .map_err(|error| TopError::Answer(error.to_string()))?;
        let answer = timeout(LIMIT, self.client.request(request)).await;
        let answer = answer.map_err(|_elapsed| TopError::Unreachable("it does not answer".to_owned()))?;
        let answer = answer.map_err(|error| TopError::Unreachable(chain(&error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let body = timeout(LIMIT, Limited::new(answer.into_body(), MOST_BYTES).collect()).await;
        let bytes = body.ok().and_then(Result::ok).map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or("it does not say why; is this the address of Heatline?");
        Err(TopError::Refused { status: status.as_u16(), detail: detail.to_owned() })
    }
}

/// Reads a message of a stream; comments say nothing.
fn read_message(message: &[u8]) -> Result<Option<Live>, TopError> {
    let text = String::from_utf8_lossy(message);
    let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: ")) else { return Ok(None) };
    serde_json::from_str(data).map(Some).map_err(|error| TopError::Answer(error.to_string()))
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

    #[test]
    fn messages_are_read_and_comments_left_out() {
        assert_eq!(read_message(b": here\n\n").unwrap(), None);
        let message =
            b"event: update\nid: 1\ndata: {\"visitors\":3,\"views_last_minute\":1,\"pages\":[],\"countries\":[],\
            \"sources\":[],\"sessions\":[],\"more\":1}\n\n";
        assert_eq!(read_message(message).unwrap().unwrap().visitors, 3);
        assert!(read_message(b"data: [\n\n").is_err());
    }

    #[test]
    fn only_addresses_of_http_are_taken() {
        for (url, good) in [("http://127.0.0.1:7070", true), ("https://x.example/a/", true), ("ftp://x.example", false)]
        {
            assert_eq!(Service::new(url.parse().unwrap(), String::new()).is_ok(), good, "{url}");
        }
    }
}
