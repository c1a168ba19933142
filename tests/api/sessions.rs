//! Who is one visitor, and where one session ends and another begins.

use serde_json::{Value, json};

use crate::helpers::{Beacon, SITE, TestApp, a_beacon, a_pageview, a_visitor, beacon::SAFARI_ON_IPHONE};

const HALF_AN_HOUR_MS: u64 = 30 * 60 * 1000;

/// Returns the rows in the order in which they happened.
async fn events(app: &TestApp, columns: &str) -> Vec<Vec<Value>> {
    app.flushed().await;
    app.rows(&format!("SELECT {columns} FROM events ORDER BY at, view_id")).await
}

#[tokio::test]
async fn a_session_keeps_the_page_and_the_source_it_began_with() {
    let app = TestApp::start().await;
    let first = a_pageview("/start?utm_campaign=spring").referrer("https://www.google.com/").ago(2000);
    app.accepted(&first).await;
    app.accepted(&a_pageview("/next").ago(1000)).await;
    app.accepted(&a_pageview("/last?utm_campaign=autumn").referrer("https://duckduckgo.com/")).await;
    let rows = events(&app, "pathname, entry_pathname, source, utm_campaign").await;
    let of_the_first = |page: &str| json!([page, "/start", "Google", "spring"]);
    assert_eq!(json!(rows), json!([of_the_first("/start"), of_the_first("/next"), of_the_first("/last")]));
    let sessions = app.cell("SELECT uniqExact(session_id, session_started_at, visitor_id) FROM events").await;
    assert_eq!(sessions, 1);
    app.stop().await;
}

#[tokio::test]
async fn more_than_thirty_minutes_of_silence_end_a_session_but_not_the_visitor() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/morning").referrer("https://www.google.com/").ago(HALF_AN_HOUR_MS)).await;
    // The next beacon must come at least a millisecond later.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    app.accepted(&a_pageview("/noon").referrer("https://duckduckgo.com/")).await;
    let rows = events(&app, "entry_pathname, source, session_started_at = at").await;
    assert_eq!(json!(rows), json!([["/morning", "Google", 1], ["/noon", "DuckDuckGo", 1]]));
    let ids = app.rows("SELECT uniqExact(session_id), uniqExact(visitor_id) FROM events").await;
    assert_eq!(json!(ids), json!([[2, 1]]));
    app.stop().await;
}

#[tokio::test]
async fn signs_of_life_keep_a_session_open_beyond_thirty_minutes() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/article").ago(HALF_AN_HOUR_MS)).await;
    let reading = json!({"type": "engagement", "engaged": 60_000, "depth": 50, "ago": 600_000});
    app.accepted(&a_beacon().path("/article").event(reading)).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    app.accepted(&a_pageview("/next")).await;
    assert_eq!(json!(events(&app, "entry_pathname").await), json!([["/article"], ["/article"], ["/article"]]));
    assert_eq!(app.cell("SELECT uniqExact(session_id) FROM events").await, 1);
    app.stop().await;
}

#[tokio::test]
async fn an_event_that_comes_late_belongs_to_the_session_it_is_of() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/second").ago(60_000)).await;
    app.accepted(&a_pageview("/first").ago(120_000)).await;
    app.accepted(&a_pageview("/third")).await;
    assert_eq!(json!(events(&app, "pathname").await), json!([["/first"], ["/second"], ["/third"]]));
    assert_eq!(app.cell("SELECT uniqExact(session_id) FROM events").await, 1);
    app.stop().await;
}

#[tokio::test]
async fn a_visitor_is_an_address_and_a_browser_on_one_site() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    let from = |address: &str| a_pageview("/").from(a_visitor().address(address));
    let cases: [(&str, Beacon, u64); 8] = [
        ("a visitor", from("198.51.100.1"), 1),
        ("the same again", from("198.51.100.1"), 1),
        ("another address", from("198.51.100.2"), 2),
        ("another browser", a_pageview("/").from(a_visitor().number(1).user_agent(SAFARI_ON_IPHONE)), 3),
        ("the same on another site", from("198.51.100.1").site("other.example"), 4),
        ("an address of IPv6", from("2001:db8:1:1::1"), 5),
        ("another of the same network of /64", from("2001:db8:1:1:ffff::2"), 5),
        ("one of the next network", from("2001:db8:1:2::1"), 6),
    ];
    for (view, (_, beacon, _)) in (1..).zip(&cases) {
        app.accepted(&beacon.clone().view(view)).await;
    }
    app.flushed().await;
    let rows = app.rows("SELECT visitor_id, session_id FROM events ORDER BY view_id").await;
    for (row, (what, _, visitor)) in rows.iter().zip(&cases) {
        for (other_row, (other, _, other_visitor)) in rows.iter().zip(&cases) {
            assert_eq!(row[0] == other_row[0], visitor == other_visitor, "visitor: {what} and {other}");
            assert_eq!(row[1] == other_row[1], visitor == other_visitor, "session: {what} and {other}");
        }
    }
    assert_eq!(rows.len(), cases.len());
    app.stop().await;
}

#[tokio::test]
async fn a_visitor_has_another_number_on_another_service() {
    // The salts are drawn at random: nobody can compute a number from an address.
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let app = TestApp::start().await;
        app.accepted(&a_pageview("/")).await;
        app.flushed().await;
        numbers.push(app.cell("SELECT visitor_id FROM events").await);
        app.stop().await;
    }
    assert_ne!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn days_are_those_of_the_site() {
    let app = TestApp::start_empty(|_| {}).await;
    // Twenty-six hours lie between these zones: they never have the same day at both ends.
    app.add_site_with(SITE, "Etc/GMT-14", json!({})).await;
    app.add_site_with("west.example", "Etc/GMT+12", json!({})).await;
    app.accepted(&a_pageview("/")).await;
    app.accepted(&a_pageview("/").site("west.example")).await;
    app.flushed().await;
    let (east, west) = ("day = toDate(at + INTERVAL 14 HOUR)", "day = toDate(at - INTERVAL 12 HOUR)");
    let days = app.rows(&format!("SELECT {east}, {west} FROM events ORDER BY hostname")).await;
    assert_eq!(json!(days), json!([[1, 0], [0, 1]]));
    app.stop().await;
}
