//! Events that servers send: of any time, row by row, and put together into sessions by when they happened.

use std::io::Write;

use heatline::control::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::helpers::{SITE, TestApp, a_pageview, a_visitor, beacon::GOOGLEBOT};

/// Three visitors over two days of 2021, some of their events less than half an hour apart, in the order of time.
fn the_past() -> Vec<Value> {
    let start: Timestamp = "2021-03-04T22:00:00Z".parse().unwrap();
    let mut rows: Vec<(i64, Value)> = Vec::new();
    for (visitor, gaps) in
        [("ann", [0, 10, 29, 31, 5, 200]), ("bob", [3, 30, 30, 30, 30, 31]), ("eve", [90, 1, 1, 60, 1, 1])]
    {
        let mut minute = 0;
        for (index, gap) in gaps.into_iter().enumerate() {
            minute += gap;
            let at = start + SignedDuration::from_mins(minute);
            let name = if index % 3 == 2 { "Buy" } else { "pageview" };
            let url = format!("https://demo.example/{visitor}/{index}?utm_source=mail{index}");
            rows.push((minute, json!({"timestamp": at.to_string(), "name": name, "url": url, "visitor": visitor})));
        }
    }
    rows.sort_by_key(|(minute, _)| *minute);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Returns what is stored of a site, but for the numbers that differ from site to site; and how many of those there are.
async fn stored(app: &TestApp, site: &str) -> (Value, Value) {
    let id = app.site_id(site).await.get();
    let rows = format!(
        "SELECT toString(at), toString(kind), name, pathname, toString(day), toString(session_started_at), entry_pathname,
            utm_source, source FROM events WHERE site_id = {id} ORDER BY at, pathname, name"
    );
    let counts = format!(
        "SELECT uniqExact(visitor_id), uniqExact(session_id), uniqExact(view_id) FROM events WHERE site_id = {id}"
    );
    (json!(app.rows(&rows).await), json!(app.rows(&counts).await))
}

#[tokio::test]
async fn the_same_events_make_the_same_sessions_however_they_are_cut_into_requests() {
    let app = TestApp::start_empty(|_| {}).await;
    for site in ["a.example", "b.example", "c.example"] {
        app.add_site_with(site, "UTC", json!({"hostnames": ["demo.example"]})).await;
    }
    let all = the_past();
    app.events("a.example", &all).await;
    for piece in all.chunks(2) {
        app.events("b.example", piece).await;
    }
    let (bob, others): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|row| row["visitor"] == "bob");
    app.events("c.example", &bob).await;
    app.events("c.example", &others.iter().rev().cloned().collect::<Vec<_>>()).await;
    app.flushed().await;

    let at_once = stored(&app, "a.example").await;
    assert_eq!(at_once.0.as_array().unwrap().len(), 18);
    // Minutes since 22:00. Ann: 0 to 39, 70 to 75, 275; Bob: 3 to 123, 154; Eve: 90 to 92, 152 to 154. The night makes
    // another visitor of each.
    assert_eq!(at_once.1, json!([[6, 7, 18]]), "{}", at_once.0);
    assert_eq!(stored(&app, "b.example").await, at_once, "in pieces");
    assert_eq!(stored(&app, "c.example").await, at_once, "in another order");
    let bobs = "SELECT uniqExact(visitor_id), uniqExact(day) FROM events
        WHERE pathname LIKE '/bob/%' AND session_started_at < '2021-03-04 23:00:00' GROUP BY site_id";
    assert_eq!(json!(app.rows(bobs).await), json!([[2, 2], [2, 2], [2, 2]]), "a session goes on over midnight");

    // Once more: the same rows with the same numbers, for nothing names the events.
    app.events("a.example", &all).await;
    app.flushed().await;
    let id = app.site_id("a.example").await.get();
    let twice = format!(
        "SELECT count() FROM (SELECT count() AS times FROM events WHERE site_id = {id}
         GROUP BY at, visitor_id, session_id, view_id, pathname) WHERE times = 2"
    );
    assert_eq!(app.cell(&twice).await, 18);
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_row_costs_no_other_and_an_id_counts_once() {
    let app = TestApp::start().await;
    let row = |id: &str| {
        json!({"timestamp": "2024-02-29T12:00:00+02:00", "name": "Buy", "url": "https://demo.example/p", "id": id,
            "revenue": {"currency": "EUR", "amount": "19.90"}, "props": {"plan": "pro"}, "ip": "203.0.113.9"})
    };
    let changed = |id: &str, name: &str, value: Value| {
        let mut row = row(id);
        row[name] = value;
        row
    };
    let rows = [
        row("1"),
        json!([]),
        row("1"),
        row("2"),
        changed("x", "url", json!("https://other.example/")),
        changed("y", "user_agent", json!(GOOGLEBOT)),
        changed("z", "revenue", json!({"currency": "EUR", "amount": "much"})),
    ];
    let answer = app.events_request(SITE, &rows).send().await.expect(202, "most rows are in order").json();
    assert_eq!(answer["accepted"], 2);
    assert_eq!(answer["drops"], json!({"bot": 1, "hostname": 1, "repeated": 1}));
    assert_eq!((&answer["dropped"], &answer["rejected"]), (&json!(3), &json!(2)));
    let errors = answer["errors"].as_array().unwrap().iter().map(|error| (&error["row"], &error["pointer"]));
    assert_eq!(errors.collect::<Vec<_>>(), [(&json!(1), &json!("")), (&json!(6), &json!("/revenue"))]);

    // A server that had no answer sends it all again.
    let again = app.events_request(SITE, &rows).send().await.expect(202, "the same again").json();
    assert_eq!((&again["accepted"], &again["drops"]["repeated"]), (&json!(0), &json!(3)));
    app.flushed().await;
    let stored = app.rows("SELECT toString(at), toString(revenue), currency, props['plan'], country FROM events").await;
    assert_eq!(json!(stored), json!(vec![["2024-02-29 10:00:00.000", "19.9", "EUR", "pro", ""]; 2]));
    let metrics = app.metrics().await;
    assert_eq!((metrics.events("accepted", ""), metrics.events("rejected", "")), (2, 4));
    assert_eq!(metrics.events("dropped", "repeated"), 4);
    app.stop().await;
}

#[tokio::test]
async fn an_event_of_now_belongs_to_the_visit_that_is_going_on() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/shop")).await;
    let browser = a_visitor();
    let now = Timestamp::now();
    let row = |minutes: i64, who: &Value| {
        let at = (now - SignedDuration::from_mins(minutes)).to_string();
        let mut row = json!({"timestamp": at, "name": "Paid", "url": "https://demo.example/paid"});
        row.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        row
    };
    let same = json!({"ip": browser.address, "user_agent": browser.user_agent});
    // The other one is remembered from further back, and is here, too.
    let other = json!({"visitor": "user 7"});
    app.events(SITE, &[row(0, &same), row(3, &same), row(45, &other), row(20, &other), row(1, &other)]).await;
    app.flushed().await;
    let visits =
        "SELECT count(), uniqExact(visitor_id), any(entry_pathname) FROM events GROUP BY session_id ORDER BY 3";
    assert_eq!(json!(app.rows(visits).await), json!([[3, 1, "/paid"], [3, 1, "/shop"]]));
    assert_eq!(app.live(SITE).await["visitors"], 2);
    app.stop().await;
}

#[tokio::test]
async fn what_is_too_much_for_one_request_is_refused_whole() {
    let app = TestApp::start().await;
    let row = json!({"timestamp": "2024-01-01T00:00:00Z", "name": "x", "url": "https://demo.example/"});
    let path = format!("/api/v1/sites/{SITE}/events");
    let post = || app.post(&path).key(&app.key);
    let answer = app.events_request(SITE, &vec![row.clone(); 5001]).send().await;
    answer.problem(413, "too_large", "one row too many");
    post().json(&json!([])).send().await.problem(400, "malformed", "nothing at all");
    post().body("application/json", "[{").send().await.problem(400, "malformed", "half a list");
    post().body("image/png", "[]").send().await.problem(415, "unsupported_media_type", "a picture");
    let zipped = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let bomb = zipped(&vec![b' '; 64 * 1024 * 1024]);
    let answer = post().header("content-encoding", "gzip").bare_body(bomb).send().await;
    answer.problem(413, "too_large", "a bomb");
    let months: Vec<Value> = (0..61)
        .map(|month| {
            let mut row = row.clone();
            row["timestamp"] = json!(format!("{}-{:02}-01T12:00:00Z", 2015 + month / 12, 1 + month % 12));
            row
        })
        .collect();
    let answer = app.events_request(SITE, &months).send().await;
    assert!(answer.problem(400, "invalid", "too many months").to_string().contains("61 months"));
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 0, "nothing of it was kept");

    let lines = format!("{row}\n{row}\n");
    let zipped_lines = post().header("content-encoding", "gzip").body("application/x-ndjson", zipped(lines.as_bytes()));
    assert_eq!(zipped_lines.send().await.expect(202, "gzipped lines").json()["accepted"], 2);
    app.events(SITE, &months[..60]).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 62);
    app.stop().await;
}

#[tokio::test]
async fn who_only_looks_sends_nothing_and_no_name_is_stored() {
    let app = TestApp::start().await;
    let row = json!({"timestamp": "2024-01-01T00:00:00Z", "name": "x", "url": "https://demo.example/",
        "visitor": "sentinel-of-a-visitor", "ip": "203.0.113.77", "user_agent": "sentinel-of-an-agent"});
    let viewer = app.signed_in("vera@x.example", Some((SITE, Role::Viewer))).await;
    let path = format!("/api/v1/sites/{SITE}/events");
    let answer = app.post(&path).session(&viewer).json(&json!([row])).send().await;
    answer.problem(403, "not_admin", "a viewer");
    app.events(SITE, &[row]).await;
    app.flushed().await;
    let dump = app.rows("SELECT * FROM events").await;
    assert_eq!(dump.len(), 1);
    let dump = json!(dump).to_string();
    assert!(!dump.contains("sentinel") && !dump.contains("203.0.113"), "{dump}");
    app.stop().await;
}
