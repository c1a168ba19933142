//! What nobody may do by sending much: bodies that swell, one network or site that takes all, names without end. And what
//! a sender may do again: the same batch counts once.

use std::{io::Write, time::Duration};

use serde_json::{Value, json};

use crate::helpers::{PATIENCE, SITE, TestApp, a_beacon, a_pageview, a_visitor, beacon::GOOGLEBOT, eventually};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zstd(body: &[u8]) -> Vec<u8> {
    let mut out = vec![0; zstd_safe::compress_bound(body.len())];
    let length = zstd_safe::compress(&mut out[..], body, 19).unwrap();
    out.truncate(length);
    out
}

fn brotli(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 9, 22).write_all(body).unwrap();
    out
}

/// A coding by its name.
type Coding = (&'static str, fn(&[u8]) -> Vec<u8>);
const CODINGS: [Coding; 3] = [("gzip", gzip), ("zstd", zstd), ("br", brotli)];

#[tokio::test]
async fn a_compressed_body_counts_like_any_other_and_a_bomb_is_refused() {
    let app = TestApp::start().await;
    let send = |coding: &str, body: Vec<u8>| {
        app.post("/api/beacon").visitor(&a_visitor()).text(body).header("content-encoding", coding)
    };
    for (coding, encode) in CODINGS {
        let body = a_pageview(&format!("/{coding}")).body.to_string();
        send(coding, encode(body.as_bytes())).send().await.expect(202, coding);
        let answer = send(coding, encode(&vec![b' '; 256 * 1024 * 1024])).send().await;
        answer.problem(413, "too_large", &format!("a bomb of {coding}"));
        let answer = send(coding, encode(" ".repeat(64 * 1024 + 1).as_bytes())).send().await;
        answer.problem(413, "too_large", &format!("a byte too much in {coding}"));
        let mut cut = encode(body.as_bytes());
        cut.truncate(cut.len() / 2);
        send(coding, cut).send().await.problem(400, "malformed", &format!("half a body in {coding}"));
        let twice = encode(&encode(body.as_bytes()));
        send(coding, twice).send().await.problem(400, "malformed", &format!("{coding} in {coding}"));
    }
    app.flushed().await;
    let paths = app.rows("SELECT pathname FROM events ORDER BY pathname").await;
    assert_eq!(json!(paths), json!([["/br"], ["/gzip"], ["/zstd"]]));
    app.stop().await;
}

#[tokio::test]
async fn one_network_cannot_send_without_end_and_another_is_not_held_up() {
    let app = TestApp::start_empty(|config| config.sender_events_per_second = 20.try_into().ok()).await;
    app.add_site(SITE).await;
    let full = || a_beacon().events((0..100).map(|_| json!({"type": "pageview"})));
    let from = |address: &str| full().from(a_visitor().address(address));
    app.accepted(&from("2001:db8:1:2::1")).await;
    app.accepted(&from("2001:db8:1:2::1")).await;
    // Another address of the same /64 is the same network.
    let answer = app.beacon(&from("2001:db8:1:2:ffff::9")).await;
    answer.problem(429, "rate_limited", "the third hundred of a network");
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
    assert!(answer.header("access-control-expose-headers").unwrap().contains("Retry-After"));
    app.accepted(&from("2001:db8:1:3::1")).await;
    app.accepted(&from("198.51.100.7")).await;

    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 400, "nothing of what was turned away is kept");
    let metrics = app.metrics().await;
    assert_eq!((metrics.events("limited", ""), metrics.events("accepted", "")), (100, 400));
    app.stop().await;
}

#[tokio::test]
async fn a_busy_site_is_held_back_and_does_not_hold_up_another() {
    let app = TestApp::start_empty(|config| config.site_events_per_second = 20.try_into().ok()).await;
    app.add_site(SITE).await;
    app.add_site("calm.example").await;
    let full = |site: &str| a_beacon().site(site).events((0..100).map(|_| json!({"type": "pageview"})));
    let mut turned_away = 0;
    for number in 0..6 {
        let beacon = full(SITE).from(a_visitor().number(number));
        turned_away += u32::from(app.beacon(&beacon).await.status == 429);
    }
    assert!(turned_away >= 3, "{turned_away}");
    app.accepted(&full("calm.example")).await;
    app.stop().await;
}

#[tokio::test]
async fn a_batch_that_comes_again_is_counted_once() {
    let app = TestApp::start().await;
    let batch = a_pageview("/").event(json!({"type": "scroll", "depth": 9})).batch(0);
    app.accepted(&batch).await;
    for _ in 0..2 {
        let answer = app.beacon(&batch).await.expect(202, "the same batch");
        assert_eq!(answer.header("x-heatline-dropped"), Some("repeated"));
    }
    // At the same time: one of them is kept, and no other is promised before it is.
    let at_once = batch.clone().batch(1);
    let answers = tokio::join!(
        app.beacon_request(&at_once).send_to_a_troubled_service(),
        app.beacon_request(&at_once).send_to_a_troubled_service(),
        app.beacon_request(&at_once).send_to_a_troubled_service(),
    );
    for answer in [&answers.0, &answers.1, &answers.2] {
        assert!(answer.status == 202 || answer.status == 503, "{answer:?}");
    }
    // The next batch of the view, and the first of another, are others. So is one without a number.
    app.accepted(&batch.clone().batch(2)).await;
    app.accepted(&batch.clone().view(77)).await;
    let mut without = batch.clone();
    without.body.as_object_mut().unwrap().remove("n");
    app.accepted(&without).await;
    app.accepted(&without).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 6);
    assert_eq!(app.cell("SELECT count() FROM scrolls").await, 6);
    app.stop().await;
}

#[tokio::test]
async fn names_without_end_are_counted_under_one_name() {
    let app = TestApp::start().await;
    for first in (0..1100).step_by(100) {
        let names = (first..first + 100).map(|n| json!({"type": "event", "name": format!("made up {n}")}));
        app.accepted(&a_beacon().events(names)).await;
    }
    app.flushed().await;
    assert_eq!(app.cell("SELECT uniqExact(name) FROM events").await, 1001);
    assert_eq!(app.cell("SELECT count() FROM events WHERE name = '(other)'").await, 100, "counted, and seen");
    let report = app.get(&format!("/api/v1/sites/{SITE}/outcomes")).key(&app.key).send().await.expect(200, "outcomes");
    assert_eq!(report.json()["overflow"], json!([{"kind": "event_name", "events": 100}]));
    app.stop().await;
}

/// Waits until the counts of a site are what they should be, for they reach the store after a moment.
async fn outcomes(app: &TestApp, query: &str, accepted: u64, dropped: &Value) -> Value {
    eventually("the outcomes are told", PATIENCE, async || {
        let path = format!("/api/v1/sites/{SITE}/outcomes?{query}");
        let report = app.get(&path).key(&app.key).send().await.expect(200, &path).json();
        (report["accepted"] == accepted && report["dropped"] == *dropped).then_some(report)
    })
    .await
}

#[tokio::test]
async fn an_owner_sees_why_hits_are_missing() {
    let app = TestApp::start_empty(|config| config.sender_events_per_second = 20.try_into().ok()).await;
    app.add_site_with(SITE, "Asia/Kolkata", json!({})).await;
    app.add_site("other.example").await;
    app.accepted(&a_pageview("/").event(json!({"type": "scroll", "depth": 1})).event(json!({"type": "leave"}))).await;
    for _ in 0..3 {
        app.beacon(&a_pageview("/").from(a_visitor().user_agent(GOOGLEBOT))).await.expect(202, "a bot");
    }
    app.beacon(&a_pageview("/").url("https://elsewhere.example/")).await.expect(202, "another host");
    app.beacon(&a_pageview("/").site("other.example").from(a_visitor().user_agent(GOOGLEBOT))).await;
    let full = || a_beacon().events((0..100).map(|_| json!({"type": "pageview"}))).from(a_visitor().number(9));
    app.accepted(&full()).await;
    app.accepted(&full()).await;
    app.beacon(&full()).await.problem(429, "rate_limited", "too much");

    let dropped = json!([{"reason": "bot", "events": 3}, {"reason": "hostname", "events": 1}]);
    // A goodbye leaves no row, so it is not among what was accepted.
    let report = outcomes(&app, "date_range=day", 202, &dropped).await;
    assert_eq!(report["refused"], json!([{"reason": "rate_limited", "events": 100}]));
    assert_eq!(report["interval"], "hour");
    let series = report["series"].as_array().unwrap();
    assert_eq!(series.len(), 24, "every hour of the day");
    assert!(series[0]["time"].as_str().unwrap().ends_with("T00:00:00+05:30"), "{}", series[0]);
    let busy: Vec<_> = series.iter().filter(|bucket| bucket["accepted"] != 0).collect();
    assert!((1..=2).contains(&busy.len()), "now, or over the full hour: {series:?}");
    let sum: u64 = series.iter().map(|bucket| bucket["dropped"]["bot"].as_u64().unwrap_or(0)).sum();
    assert_eq!(sum, 3);
    let days = outcomes(&app, "date_range=7d", 202, &dropped).await;
    assert_eq!((days["interval"].as_str(), days["series"].as_array().unwrap().len()), (Some("day"), 7));

    // The roll-up is what a recomputation from the rows gives.
    let raw = "SELECT (SELECT count() FROM events) + (SELECT count() FROM clicks) + (SELECT count() FROM scrolls)
                    + (SELECT count() FROM layouts)";
    let rolled_up = "SELECT sum(events) FROM outcomes WHERE outcome = 'accepted'";
    assert_eq!(app.cell(raw).await, app.cell(rolled_up).await);
    let wrong = app.get(&format!("/api/v1/sites/{SITE}/outcomes?date_range=nonsense")).key(&app.key).send().await;
    wrong.problem(400, "invalid", "a range that is none");
    app.stop().await;
}

#[tokio::test]
async fn what_is_accepted_can_be_asked_for_within_a_second_and_a_half() {
    let app = TestApp::start().await;
    // The first batch opens files and tables.
    app.accepted(&a_pageview("/first")).await;
    app.flushed().await;
    app.accepted(&a_pageview("/second")).await;
    eventually("the event is queryable", Duration::from_millis(1500), async || {
        (app.cell("SELECT count() FROM events").await == 2).then_some(())
    })
    .await;
    app.stop().await;
}
