//! Reports of a small data set over HTTP, against the real engine. The numbers were computed by hand and by a model.

use std::fmt::Write as _;

use heatline::store::{Client, Statement, engine::config::read_endpoint};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::helpers::{SITE, TestApp, a_beacon, a_pageview, a_visitor, beacon::SAFARI_ON_IPHONE};

/// Fifteen rows of three days in March and of the day in October on which Sofia's clocks go back.
const EVENTS: &str = include_str!("fixtures/events.ndjson");
/// What is asked, the body, the rows, the `meta`.
const CASES: &str = include_str!("fixtures/report_cases.json");

const OTHER_SITE: &str = "other.example";

/// A service with the data set in two sites: what one site is told must not change by the other.
pub async fn start_with_data() -> TestApp {
    let app = TestApp::start_empty(|_| {}).await;
    for (site, offset) in [(SITE, 0), (OTHER_SITE, 500)] {
        app.add_site_with(site, "Europe/Sofia", json!({})).await;
        insert(&app, site, offset).await;
    }
    app
}

/// Puts the data set into a site of Sofia's time. `offset` makes other sessions and visitors of it.
async fn insert(app: &TestApp, site: &str, offset: u64) {
    insert_in_zone(app, site, offset, "Europe/Sofia").await;
}

async fn insert_in_zone(app: &TestApp, site: &str, offset: u64, zone: &str) {
    let mut sql = "INSERT INTO events SETTINGS input_format_skip_unknown_fields = 0 FORMAT JSONEachRow\n".to_owned();
    for line in EVENTS.lines() {
        let mut row: Value = serde_json::from_str(line).unwrap();
        row["site_id"] = app.site_id(site).await.get().into();
        let at: Timestamp = format!("{}Z", row["at"].as_str().unwrap()).parse().unwrap();
        row["day"] = at.in_tz(zone).unwrap().date().to_string().into();
        for id in ["session_id", "visitor_id"] {
            row[id] = (row[id].as_u64().unwrap() + offset).into();
        }
        writeln!(sql, "{row}").unwrap();
    }
    let endpoint = read_endpoint(&app.config.data_dir.join("engine")).unwrap();
    Client::new(endpoint).execute(&Statement::new(sql)).await.unwrap();
}

/// Returns the value with every number as a float: `1` and `1.0` are the same answer.
pub fn numbers(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(numbers).collect(),
        Value::Object(keys) => keys.iter().map(|(key, value)| (key.clone(), numbers(value))).collect(),
        Value::Number(number) => number.as_f64().into(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_report_of_the_small_data_set_says_what_was_computed_by_hand() {
    let app = start_with_data().await;
    let cases: Vec<(String, Value, Value, Value)> = serde_json::from_str(CASES).unwrap();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    for (what, mut body, results, meta) in cases {
        body["site_id"] = SITE.into();
        let report = app.query(&body).await;
        assert_eq!(numbers(&report["results"]), numbers(&results), "{what}: {body}");
        assert_eq!(report["meta"], meta, "{what}: {body}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_report_repeats_the_question_as_it_was_understood() {
    let app = start_with_data().await;
    let body = json!({"site_id": SITE, "metrics": ["visitors"], "date_range": ["2026-03-10", "2026-03-10"]});
    let query = &app.query(&body).await["query"];
    assert_eq!(query["site_id"], SITE);
    assert_eq!(query["metrics"], json!(["visitors"]));
    assert_eq!(query["date_range"], json!(["2026-03-10T00:00:00+02:00", "2026-03-10T23:59:59+02:00"]));
    assert_eq!(query["filters"], json!([]));
    app.stop().await;
}

#[tokio::test]
async fn the_days_of_a_report_are_those_of_the_site() {
    let app = TestApp::start_empty(|_| {}).await;
    // Ten minutes before midnight in Sofia and ten minutes after it are one evening in London.
    for (site, zone, expected) in [
        ("sofia.example", "Europe/Sofia", json!([["2026-03-09", 1], ["2026-03-10", 5], ["2026-03-11", 1]])),
        ("london.example", "Europe/London", json!([["2026-03-09", 1], ["2026-03-10", 6], ["2026-03-11", 0]])),
    ] {
        app.add_site_with(site, zone, json!({})).await;
        insert_in_zone(&app, site, 0, zone).await;
        let body = json!({"site_id": site, "metrics": ["pageviews"], "dimensions": ["time:day"],
                          "date_range": ["2026-03-09", "2026-03-11"]});
        let report = app.query(&body).await;
        let rows = report["results"].as_array().unwrap();
        let days: Vec<Value> = rows.iter().map(|row| json!([row["dimensions"][0], row["metrics"][0]])).collect();
        assert_eq!(json!(days), expected, "{site}");
    }
    app.stop().await;
}

#[tokio::test]
async fn what_was_just_sent_is_in_the_reports_of_every_current_range() {
    let app = TestApp::start().await;
    let visitor = a_visitor().address("8.8.8.8");
    app.accepted(&a_pageview("/a").view(1).referrer("https://www.google.com/").from(visitor.clone()).ago(60_000)).await;
    let read = json!({"type": "engagement", "engaged": 20_000, "depth": 80, "ago": 40_000});
    app.accepted(&a_beacon().path("/a").view(1).from(visitor.clone()).event(read)).await;
    app.accepted(&a_pageview("/b").view(2).from(visitor.clone()).ago(30_000)).await;
    let bought = json!({"type": "event", "name": "Buy", "props": {"plan": "pro"}});
    app.accepted(&a_beacon().path("/b").view(2).from(visitor).event(bought)).await;
    app.accepted(&a_pageview("/b").from(a_visitor().user_agent(SAFARI_ON_IPHONE)).ago(60_000)).await;
    app.flushed().await;

    let metrics = ["visitors", "visits", "pageviews", "events", "bounce_rate", "views_per_visit", "visit_duration"];
    for date_range in ["day", "24h", "7d", "28d", "30d", "91d", "month", "6mo", "12mo", "year", "all"] {
        let report = app.query(&json!({"site_id": SITE, "metrics": metrics, "date_range": date_range})).await;
        // Two visits: one of sixty seconds with two pages, one bounce.
        let expected = json!([{"dimensions": [], "metrics": [2, 2, 3, 4, 50, 1.5, 30]}]);
        assert_eq!(numbers(&report["results"]), numbers(&expected), "{date_range}");
    }
    let by = async |dimension: &str| {
        let body = json!({"site_id": SITE, "metrics": ["visitors"], "date_range": "day", "dimensions": [dimension]});
        app.query(&body).await["results"].clone()
    };
    let rows = |pairs: &[(&str, u32)]| -> Value {
        pairs.iter().map(|(name, visitors)| json!({"dimensions": [name], "metrics": [visitors]})).collect()
    };
    assert_eq!(by("event:page").await, rows(&[("/b", 2), ("/a", 1)]));
    assert_eq!(by("visit:source").await, rows(&[("Direct / None", 1), ("Google", 1)]));
    assert_eq!(by("visit:device").await, rows(&[("Desktop", 1), ("Mobile", 1)]));
    assert_eq!(by("visit:browser").await, rows(&[("Chrome", 1), ("Safari", 1)]));
    assert_eq!(by("event:name").await, rows(&[("pageview", 2), ("Buy", 1)]));
    app.stop().await;
}

#[tokio::test]
async fn the_body_is_read_as_plausibles_clients_send_it() {
    let app = start_with_data().await;
    let body = json!({"site_id": SITE, "metrics": ["visits"], "date_range": ["2026-03-10", "2026-03-10"]}).to_string();
    for content_type in ["application/json", "application/json; charset=utf-8", "text/plain"] {
        let request = app.post("/api/v2/query").key(&app.key).body(content_type, body.clone());
        let report = request.send().await.expect(200, content_type).json();
        assert_eq!(report["results"][0]["metrics"], json!([4]), "{content_type}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_question_with_mistakes_is_refused_with_every_place() {
    let app = TestApp::start().await;
    let body = json!({"site_id": SITE, "metrics": ["users"], "date_range": "1w", "fill": 1});
    let problem = app.query_request(&body).send().await.problem(400, "invalid", "three mistakes");
    let errors = problem["errors"].as_array().unwrap();
    let pointers: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/metrics/0", "/date_range", "/fill"]);
    assert!(errors.iter().all(|error| error["detail"].as_str().is_some_and(|detail| detail.len() > 20)), "{problem}");
    app.stop().await;
}

#[tokio::test]
async fn hostile_text_is_counted_filtered_and_shown_as_text() {
    let app = TestApp::start().await;
    let names =
        ["' OR 1=1 --", "\\", "{x:String}", "`", "</script><script>alert(1)</script>", "=cmd|' /C calc'!A0", "?", "%"];
    for name in names {
        app.accepted(&a_beacon().event(json!({"type": "event", "name": name}))).await;
    }
    app.flushed().await;
    for name in names {
        let body = json!({"site_id": SITE, "metrics": ["events"], "date_range": "day", "dimensions": ["event:name"],
                          "filters": [["is", "event:name", [name]]]});
        let expected = json!([{"dimensions": [name], "metrics": [1]}]);
        assert_eq!(app.query(&body).await["results"], expected, "{name}");
    }
    app.stop().await;
}
