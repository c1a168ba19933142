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
        let mut report = app.query(&body).await;
        let cursor = report["meta"].as_object_mut().unwrap().remove("cursor");
        assert_eq!(cursor.is_some(), body["pagination"]["limit"] == 1, "{what}: {body}");
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

/// The two days with most of the small data set.
fn two_days(keys: &Value) -> Value {
    let mut body =
        json!({"site_id": SITE, "metrics": ["visitors", "bounce_rate"], "date_range": ["2026-03-10", "2026-03-11"]});
    body.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn a_report_is_compared_with_an_earlier_period_row_by_row() {
    let app = start_with_data().await;
    let by_day =
        json!({"date_range": ["2026-03-10", "2026-03-10"], "dimensions": ["time:day"], "compare": "previous_period"});
    let report = app.query(&two_days(&by_day)).await;
    // On the day before there was one visitor, who bounced.
    let expected = json!([{"dimensions": ["2026-03-10"], "metrics": [3, 75],
        "compare": {"dimensions": ["2026-03-09"], "metrics": [1, 100], "change": [200, -25]}}]);
    assert_eq!(numbers(&report["results"]), numbers(&expected));
    let asked = &report["query"]["compare"];
    assert_eq!(asked["mode"], "previous_period");
    assert_eq!(asked["date_range"], json!(["2026-03-09T00:00:00+02:00", "2026-03-09T23:59:59+02:00"]));

    // Of a country that was not there before no change is told.
    let by_country = json!({"metrics": ["visitors"], "dimensions": ["visit:country"], "rows": "objects",
        "pagination": {"limit": 3}, "compare": {"date_range": ["2026-03-09", "2026-03-09"]}});
    let rows = app.query(&two_days(&by_country)).await["results"].clone();
    let expected = json!([
        {"visit:country": "BG", "visitors": 3,
         "compare": {"visit:country": "BG", "visitors": 0, "change": {"visitors": null}}},
        {"visit:country": "DE", "visitors": 1,
         "compare": {"visit:country": "DE", "visitors": 0, "change": {"visitors": null}}},
        {"visit:country": "US", "visitors": 1,
         "compare": {"visit:country": "US", "visitors": 1, "change": {"visitors": 0}}},
    ]);
    assert_eq!(numbers(&rows), numbers(&expected));
    app.stop().await;
}

#[tokio::test]
async fn a_cursor_goes_on_where_the_page_ended() {
    let app = start_with_data().await;
    let mut body =
        two_days(&json!({"metrics": ["visitors"], "dimensions": ["event:page"], "pagination": {"limit": 2}}));
    let whole = app.query(&two_days(&json!({"metrics": ["visitors"], "dimensions": ["event:page"]}))).await;
    assert_eq!(whole["meta"], json!({}));
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let report = app.query(&body).await;
        rows.extend(report["results"].as_array().unwrap().clone());
        let Some(cursor) = report["meta"]["cursor"].as_str() else { break };
        body["cursor"] = cursor.into();
    }
    assert_eq!(json!(rows), whole["results"]);
    assert_eq!(rows.len(), 3);
    // Of another question it is no cursor.
    body["metrics"] = json!(["visits"]);
    let problem = app.query_request(&body).send().await.problem(400, "invalid", "another question");
    assert_eq!(problem["errors"][0]["pointer"], "/cursor");
    app.stop().await;
}

#[tokio::test]
async fn rows_come_as_lines_too() {
    let app = start_with_data().await;
    let ask = async |format: &str| {
        let body = two_days(&json!({"dimensions": ["time:day", "visit:country"], "format": format}));
        let answer = app.query_request(&body).send().await.expect(200, format);
        (answer.header("content-type").unwrap().to_owned(), answer.text().to_owned())
    };
    let (content_type, csv) = ask("csv").await;
    assert_eq!(content_type, "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!(lines[0], "time:day,visit:country,visitors,bounce_rate");
    assert_eq!(lines[1], "2026-03-10,BG,2,33");
    assert_eq!(lines.len(), 6, "{csv}");
    let (content_type, text) = ask("ndjson").await;
    assert_eq!(content_type, "application/x-ndjson");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows[0], json!({"time:day": "2026-03-10", "visit:country": "BG", "visitors": 2, "bounce_rate": 33}));
    assert_eq!(rows.len(), lines.len() - 2);
    app.stop().await;
}

#[tokio::test]
async fn a_report_tells_what_was_read_for_it() {
    let app = start_with_data().await;
    let report = app.query(&two_days(&json!({"explain": true, "include": {"total_rows": true}}))).await;
    let steps = report["meta"]["explain"].as_array().unwrap();
    assert_eq!(steps.iter().map(|step| step["name"].clone()).collect::<Value>(), json!(["rows", "total_rows"]));
    assert!(steps[0]["rows_read"].as_u64().is_some_and(|rows| rows >= 10), "{report}");
    assert!(steps[0]["statement"].as_str().is_some_and(|sql| sql.contains("{site:UInt32}")), "{report}");
    app.stop().await;
}

#[tokio::test]
async fn a_link_shows_one_report_to_whoever_has_it() {
    let app = start_with_data().await;
    let question = two_days(&json!({"format": "csv"}));
    let signed = app.post("/api/v2/query/sign").key(&app.key).json(&json!({"query": question, "expires_in_days": 1}));
    let signed = signed.send().await.expect(201, "signing").json();
    let url = url::Url::parse(signed["url"].as_str().unwrap()).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let shown = app.get(&path).send().await.expect(200, "the link").text().to_owned();
    assert_eq!(shown, "visitors,bounce_rate\r\n5,40\r\n");
    // Of another question, without its signature, or of a site that there is not, it opens nothing.
    for wrong in
        [path.replace("bounce_rate", "visits"), path.replace("sig=", "sig=A"), path.replace(SITE, "none.example")]
    {
        app.get(&wrong).send().await.problem(404, "site_not_found", &wrong);
    }
    let question: String = url::form_urlencoded::byte_serialize(question.to_string().as_bytes()).collect();
    app.get(&format!("/api/v2/query?query={question}")).send().await.problem(401, "not_signed_in", "no link, no key");
    app.get(&format!("/api/v2/query?query={question}")).key(&app.key).send().await.expect(200, "a key");
    app.stop().await;
}

#[tokio::test]
async fn goals_and_segments_of_the_site_are_found_by_name() {
    let app = start_with_data().await;
    let put = async |path: &str, body: Value| {
        let request = app.post(&format!("/api/v1/sites/{SITE}/{path}")).key(&app.key).json(&body);
        request.send().await.expect(201, path).json()
    };
    put("goals", json!({"event_name": "signup"})).await;
    put("goals", json!({"page_path": "/docs*"})).await;
    let segment = put("segments", json!({"name": "Bulgaria", "filters": [["is", "visit:country", ["BG"]]]})).await;
    let by_goal = json!({"metrics": ["visitors", "events", "conversion_rate"], "dimensions": ["event:goal"]});
    let rows = app.query(&two_days(&by_goal)).await["results"].clone();
    let expected = json!([
        {"dimensions": ["Visit /docs*"], "metrics": [2, 2, 40]},
        {"dimensions": ["signup"], "metrics": [1, 1, 20]},
    ]);
    assert_eq!(numbers(&rows), numbers(&expected));
    let of_segment = json!({"metrics": ["visitors"], "filters": [["is", "segment", [segment["id"]]]]});
    assert_eq!(app.query(&two_days(&of_segment)).await["results"][0]["metrics"], json!([3]));
    let mut other = two_days(&json!({"filters": [["is", "event:goal", ["signup"]]]}));
    other["site_id"] = OTHER_SITE.into();
    app.query_request(&other).send().await.problem(400, "invalid", "another site's goal");
    app.stop().await;
}

#[tokio::test]
async fn an_expression_that_the_store_does_not_take_is_the_questions_mistake() {
    let app = start_with_data().await;
    // Backtracking and looking around are no part of RE2; nor may one be long, nor repeat too much.
    for pattern in ["(a)\\1", "(?=a)", "a{1001}", "[", &"a|".repeat(600), "(a{1000}){1000}"] {
        let body = two_days(&json!({"filters": [["matches", "event:page", [pattern]]]}));
        let problem = app.query_request(&body).send().await.problem(400, "invalid", pattern);
        assert!(problem["errors"][0]["pointer"].as_str().unwrap().starts_with("/filters"), "{problem}");
    }
    app.stop().await;
}

/// Texts that end a string, a statement or a parameter where somebody forgot to quote. After the lists of OWASP and sqlmap.
const INJECTIONS: [&str; 14] = [
    "' OR '1'='1",
    "'; DROP TABLE events; --",
    "\\' OR 1=1 --",
    "') OR 1=1 --",
    "` UNION ALL SELECT name FROM system.tables --",
    "{site:UInt32}",
    "{filter0:Array(String)}",
    "']) OR has(['",
    "\u{0}' OR 1=1",
    "/* */ OR /* */ 1=1",
    "1) UNION ALL SELECT * FROM url('http://127.0.0.1/', CSV, 'a String')",
    "%' OR '%'='",
    "$1",
    "‘ OR 1=1 —",
];

#[tokio::test]
async fn an_injection_is_a_text_like_any_other_or_refused() {
    let app = start_with_data().await;
    let whole = app.query(&two_days(&json!({"metrics": ["visitors", "visits", "events"]}))).await["results"].clone();
    for text in INJECTIONS {
        // As a value it is looked for and not found.
        for dimension in ["event:page", "event:name", "visit:city", "visit:country_name", "event:props:plan"] {
            for operator in ["is", "contains"] {
                let body = two_days(&json!({"metrics": ["events"], "filters": [[operator, dimension, [text]]]}));
                assert_eq!(
                    app.query(&body).await["results"][0]["metrics"],
                    json!([0]),
                    "{operator} {dimension} {text}"
                );
            }
        }
        let body = two_days(&json!({"metrics": ["visits"], "filters": [["has_done", ["is", "event:page", [text]]]]}));
        assert_eq!(app.query(&body).await["results"][0]["metrics"], json!([0]), "has_done {text}");
        // As the name of a property it is one that no event has.
        let property = format!("event:props:{text}");
        let rows =
            app.query(&two_days(&json!({"metrics": ["events"], "dimensions": [property]}))).await["results"].clone();
        assert_eq!(rows, json!([{"dimensions": ["(none)"], "metrics": [8]}]), "{text}");
        // Everywhere else only known words will do.
        let elsewhere = [
            (json!({"metrics": [text]}), "/metrics/0"),
            (json!({"dimensions": [text]}), "/dimensions/0"),
            (json!({"order_by": [[text, "asc"]]}), "/order_by/0/0"),
            (json!({"order_by": [["visitors", text]]}), "/order_by/0/1"),
            (json!({"date_range": text}), "/date_range"),
            (json!({"date_range": [text, text]}), "/date_range"),
            (json!({"filters": [[text, "event:page", ["/"]]]}), "/filters/0/0"),
            (json!({"filters": [["is", text, ["/"]]]}), "/filters/0/1"),
            (json!({"filters": [["is", "segment", [text]]]}), "/filters/0/2/0"),
            (json!({"filters": [["is", "event:goal", [text]]]}), "/filters"),
            (json!({"cursor": text}), "/cursor"),
            (json!({"interval": text, "dimensions": ["time"]}), "/interval"),
            (json!({"compare": text}), "/compare"),
            (json!({"format": text}), "/format"),
            (json!({"pagination": {"limit": text}}), "/pagination/limit"),
        ];
        for (keys, pointer) in elsewhere {
            let problem = app.query_request(&two_days(&keys)).send().await.problem(400, "invalid", text);
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{text}: {problem}");
        }
    }
    let after = app.query(&two_days(&json!({"metrics": ["visitors", "visits", "events"]}))).await["results"].clone();
    assert_eq!(after, whole);
    app.stop().await;
}
