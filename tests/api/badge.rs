//! The public badges: numbers of a site whose owner wants them shown, as a picture that works everywhere.

use serde_json::json;

use crate::helpers::{SITE, TestApp, a_pageview, a_visitor};

/// A service with one site that shows badges and one that does not.
async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.change_site(SITE, json!({"public_badge": true})).await;
    app.add_site("private.example").await;
    app
}

/// Returns what a badge says to somebody who cannot see it.
async fn said(app: &TestApp, query: &str) -> String {
    let badge = app.badge(SITE, query).await.expect(200, query);
    assert_eq!(badge.header("content-type"), Some("image/svg+xml"), "{query}");
    let document = roxmltree::Document::parse(badge.text()).unwrap_or_else(|error| panic!("{query}: {error}"));
    let root = document.root_element();
    assert_eq!(root.tag_name().name(), "svg", "{query}");
    root.attribute("aria-label").unwrap().to_owned()
}

#[tokio::test]
async fn a_badge_shows_who_is_here_today_and_ever() {
    let app = start().await;
    assert_eq!(said(&app, "").await, "online: 0");
    for number in 1..=3 {
        app.accepted(&a_pageview("/").from(a_visitor().number(number)).ago(1_800_000)).await;
    }
    // The first of them comes back after more than thirty minutes: another visit of the same visitor.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    app.accepted(&a_pageview("/").from(a_visitor().number(1))).await;
    app.flushed().await;
    assert_eq!(said(&app, "show=today").await, "today: 3");
    assert_eq!(said(&app, "show=total").await, "total visits: 4");
    let online: u32 = said(&app, "show=online").await.strip_prefix("online: ").unwrap().parse().unwrap();
    assert!((1..=4).contains(&online), "{online}");
    app.stop().await;
}

#[tokio::test]
async fn a_badge_says_it_in_the_words_that_were_asked_for() {
    let app = start().await;
    app.accepted(&a_pageview("/")).await;
    let cases = [
        ("", "online: 1"),
        ("lang=bg", "на линия: 1"),
        ("label=%D1%87%D0%B8%D1%82%D0%B0%D1%82%D0%B5%D0%BB%D0%B8", "читатели: 1"),
        ("label=%E5%9C%A8%E7%BA%BF&color=f0c", "在线: 1"),
        ("label=%F0%9F%94%A5+now&color=%2300ff00", "🔥 now: 1"),
        ("label=", "1"),
        ("label=%3C%2Ftitle%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&color=red", "</title><script>alert(1)</script>: 1"),
        ("label=a%22%20onload%3D%22alert(1)", "a\" onload=\"alert(1): 1"),
    ];
    for (query, expected) in cases {
        assert_eq!(said(&app, query).await, expected, "{query}");
    }
    let hostile = app.badge(SITE, cases[6].0).await;
    assert!(!hostile.text().contains("<script"), "{}", hostile.text());
    let colored = app.badge(SITE, "color=abc").await;
    assert!(colored.text().contains("#aabbcc"), "{}", colored.text());
    app.stop().await;
}

#[tokio::test]
async fn a_badge_may_stand_on_any_page_and_is_fresh() {
    let app = start().await;
    let online = app.badge(SITE, "").await.expect(200, "a badge");
    assert_eq!(online.header("cache-control"), Some("public, max-age=5, no-cache"));
    assert_eq!(online.header("access-control-allow-origin"), Some("*"));
    assert_eq!(online.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(online.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(online.header("set-cookie"), None);
    assert!(!online.text().contains("<script") && !online.text().contains("href"), "nothing from elsewhere");
    let etag = online.header("etag").expect("a badge has a tag").to_owned();
    let path = format!("/badge/{SITE}.svg");
    let again = app.get(&path).header("if-none-match", &etag).send().await.expect(304, "nothing changed");
    assert!(again.body.is_empty());
    app.accepted(&a_pageview("/")).await;
    app.get(&path).header("if-none-match", &etag).send().await.expect(200, "one more visitor");
    let total = app.badge(SITE, "show=total").await;
    assert_eq!(total.header("cache-control"), Some("public, max-age=60"));
    app.stop().await;
}

#[tokio::test]
async fn a_site_that_shows_no_badge_looks_like_a_missing_one() {
    let app = start().await;
    let private = app.badge("private.example", "").await;
    private.problem(404, "site_not_found", "a private site");
    assert_eq!(private.body, app.badge("missing.example", "").await.body);
    let with_a_key = app.get("/badge/private.example.svg").key(&app.key).send().await;
    with_a_key.problem(404, "site_not_found", "a badge knows no keys");
    app.change_site(SITE, json!({"public_badge": false})).await;
    app.badge(SITE, "").await.problem(404, "site_not_found", "the owner has changed their mind");
    app.stop().await;
}
