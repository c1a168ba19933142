//! Owns the service as its users meet it: one method for each endpoint, so that tests read as use cases.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Beacon, PATIENCE, Visitor, eventually, metrics::Metrics, stream::EventStream, zone_at_noon};

/// A running service.
pub struct Api {
    pub url: String,
    pub internal_url: String,
    /// A key that opens everything.
    pub key: String,
    http: reqwest::Client,
}

/// A request that is being put together.
#[must_use]
pub struct Request {
    builder: reqwest::RequestBuilder,
}

impl Api {
    pub fn new(url: String, internal_url: String, key: String) -> Self {
        let redirects = reqwest::redirect::Policy::none();
        // No connection is kept: a service that stops waits for those that are open.
        let client = reqwest::Client::builder().redirect(redirects).pool_max_idle_per_host(0);
        let http = client.timeout(Duration::from_secs(30)).build().unwrap();
        Self { url, internal_url, key, http }
    }

    /// Starts a request to the public listener, of a stranger.
    pub fn request(&self, method: Method, path: &str) -> Request {
        Request { builder: self.http.request(method, format!("{}{path}", self.url)) }
    }

    pub fn get(&self, path: &str) -> Request {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Request {
        self.request(Method::POST, path)
    }

    // Ingest

    /// `POST /api/beacon`, as a browser does it.
    pub async fn beacon(&self, beacon: &Beacon) -> Answer {
        self.beacon_request(beacon).send().await
    }

    pub fn beacon_request(&self, beacon: &Beacon) -> Request {
        self.post("/api/beacon").visitor(&beacon.visitor).text(beacon.body.to_string())
    }

    /// Sends a beacon that must be accepted.
    pub async fn accepted(&self, beacon: &Beacon) {
        let answer = self.beacon(beacon).await.expect(202, "a beacon that is in order");
        assert_eq!(answer.header("x-heatline-dropped"), None, "{beacon:?}");
    }

    /// Sends a beacon to a service that may be gone; returns the status, if there is an answer.
    pub async fn try_beacon(&self, beacon: &Beacon) -> Option<u16> {
        let response = self.beacon_request(beacon).builder.send().await.ok()?;
        Some(response.status().as_u16())
    }

    /// `POST /api/event`, as Plausible's tracker does it.
    pub fn event_request(&self, visitor: &Visitor, body: &Value) -> Request {
        self.post("/api/event").visitor(visitor).text(body.to_string())
    }

    /// `POST /api/v1/sites/{site}/events`
    pub fn events_request(&self, site: &str, rows: &[Value]) -> Request {
        self.post(&format!("/api/v1/sites/{site}/events")).key(&self.key).json(&json!(rows))
    }

    /// Sends events of a server that must all be accepted.
    pub async fn events(&self, site: &str, rows: &[Value]) {
        let answer = self.events_request(site, rows).send().await.expect(202, "events that are in order").json();
        let expected = json!({"accepted": rows.len(), "dropped": 0, "drops": {}, "rejected": 0, "errors": []});
        assert_eq!(answer, expected);
    }

    /// `GET /pixel.gif`
    pub async fn pixel(&self, visitor: &Visitor, query: &str) -> Answer {
        self.get(&format!("/pixel.gif?{query}")).visitor(visitor).send().await
    }

    /// Waits until everything that was accepted is in ClickHouse.
    pub async fn flushed(&self) {
        let metrics = eventually("the spool is empty", PATIENCE, async || {
            Some(self.metrics().await).filter(|metrics| metrics.value("spool_waiting_bytes") == 0)
        });
        assert_eq!(metrics.await.value("dead_letters_total"), 0, "rows were refused by clickhouse");
    }

    // Sites

    /// Adds a site in whose time zone it is noon.
    pub async fn add_site(&self, domain: &str) {
        self.add_site_with(domain, &zone_at_noon(), json!({})).await;
    }

    pub async fn add_site_with(&self, domain: &str, zone: &str, settings: Value) {
        let body = json!({"domain": domain, "timezone": zone, "settings": settings});
        self.post("/api/v1/sites").key(&self.key).json(&body).send().await.expect(200, "a new site");
    }

    /// `GET /api/v1/sites`
    pub async fn sites(&self) -> Vec<Value> {
        self.read("/api/v1/sites").await["sites"].as_array().unwrap().clone()
    }

    /// `PATCH /api/v1/sites/{site}`
    pub async fn change_site(&self, site: &str, settings: Value) {
        let request = self.request(Method::PATCH, &format!("/api/v1/sites/{site}")).key(&self.key);
        request.json(&json!({"settings": settings})).send().await.expect(200, "a change of settings");
    }

    // Sessions

    /// `POST /api/v1/session`
    pub async fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.post("/api/v1/session").json(&json!({"email": email, "password": password})).send().await
    }

    // Reading

    /// `GET /api/v1/sites/{site}/live`
    pub async fn live(&self, site: &str) -> Value {
        self.read(&format!("/api/v1/sites/{site}/live")).await
    }

    /// `GET /api/v1/sites/{site}/live/stream`
    pub async fn live_stream(&self, site: &str) -> EventStream {
        self.stream(&format!("/api/v1/sites/{site}/live/stream"), &self.key).await
    }

    /// Opens an event stream.
    pub async fn stream(&self, path: &str, key: &str) -> EventStream {
        self.get(path).key(key).open().await
    }

    /// `GET /api/v1/stats/realtime/visitors`
    pub async fn realtime_visitors(&self, site: &str) -> Value {
        self.read(&format!("/api/v1/stats/realtime/visitors?site_id={site}")).await
    }

    /// `POST /api/v2/query`
    pub async fn query(&self, body: &Value) -> Value {
        self.query_request(body).send().await.expect(200, &format!("the report {body}")).json()
    }

    pub fn query_request(&self, body: &Value) -> Request {
        self.post("/api/v2/query").key(&self.key).json(body)
    }

    /// `GET /api/v1/sites/{site}/heatmap.json`
    pub async fn heatmap_json(&self, site: &str, query: &str) -> Value {
        self.read(&format!("/api/v1/sites/{site}/heatmap.json?{query}")).await
    }

    /// `GET /api/v1/sites/{site}/heatmap.png`
    pub fn heatmap_png(&self, site: &str, query: &str) -> Request {
        self.get(&format!("/api/v1/sites/{site}/heatmap.png?{query}")).key(&self.key)
    }

    /// `POST /api/v1/sites/{site}/heatmap/sign`
    pub fn sign_request(&self, site: &str, body: &Value) -> Request {
        self.post(&format!("/api/v1/sites/{site}/heatmap/sign")).key(&self.key).json(body)
    }

    /// Makes a link; returns its URL without the address of the service.
    pub async fn sign(&self, site: &str, body: &Value) -> String {
        let answer = self.sign_request(site, body).send().await.expect(201, "a link").json();
        answer["url"].as_str().unwrap().strip_prefix(&self.url).unwrap().to_owned()
    }

    /// `GET /api/v1/sites/{site}/pages`
    pub async fn pages(&self, site: &str) -> Value {
        self.read(&format!("/api/v1/sites/{site}/pages")).await
    }

    /// `GET /badge/{site}.svg`
    pub async fn badge(&self, site: &str, query: &str) -> Answer {
        self.get(&format!("/badge/{site}.svg?{query}")).send().await
    }

    /// `GET /metrics` of the internal listener.
    pub async fn metrics(&self) -> Metrics {
        let response = self.http.get(format!("{}/metrics", self.internal_url)).send().await.unwrap();
        Metrics(Answer::read(response).await.expect(200, "metrics").text().to_owned())
    }

    async fn read(&self, path: &str) -> Value {
        self.get(path).key(&self.key).send().await.expect(200, path).json()
    }
}

impl Request {
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { builder: self.builder.header(name, value) }
    }

    /// Shows an API key.
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// Shows the cookie of a session, as a page of ours does.
    pub fn session(self, session: &str) -> Self {
        self.header("cookie", &format!("heatline_session={session}"))
    }

    /// Comes from this browser, through a proxy on this machine.
    pub fn visitor(self, visitor: &Visitor) -> Self {
        self.header("x-forwarded-for", &visitor.address).header("user-agent", &visitor.user_agent)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// A body as `navigator.sendBeacon` sends it.
    pub fn text(self, body: impl Into<reqwest::Body>) -> Self {
        self.body("text/plain;charset=UTF-8", body)
    }

    pub fn body(self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        Self { builder: self.builder.header("content-type", content_type).body(body) }
    }

    /// A body that does not say what it is.
    pub fn bare_body(self, body: impl Into<reqwest::Body>) -> Self {
        Self { builder: self.builder.body(body) }
    }

    /// Sends a request that is answered with a stream.
    pub async fn open(self) -> EventStream {
        let response = self.builder.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200, "{response:?}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        EventStream::new(response)
    }

    /// Sends it. No answer may be a 5xx.
    pub async fn send(self) -> Answer {
        let answer = self.send_to_a_troubled_service().await;
        assert!(answer.status < 500, "{answer:?}");
        answer
    }

    /// Sends it where a 503 may be right: the test has broken something.
    pub async fn send_to_a_troubled_service(self) -> Answer {
        Answer::read(self.builder.send().await.unwrap()).await
    }
}
