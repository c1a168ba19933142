//! Maps of visitors that anybody may see: where an owner says so, and only the places that enough visitors share.

use serde_json::json;

use crate::helpers::{Answer, SITE, TestApp, a_pageview, a_visitor, beacon::CHROME_ON_WINDOWS};

/// Addresses that the geo database knows: one in the United States, one in the Netherlands.
const AMERICAN: &str = "8.8.8.8";
const DUTCH: &str = "193.0.6.139";

/// A service with one site that shows maps and one that does not.
async fn start(least: u16) -> TestApp {
    let app = TestApp::start().await;
    app.change_site(SITE, json!({"public_map": true, "public_map_min_visitors": least})).await;
    app.add_site("private.example").await;
    app
}

/// Another visitor of an address for each number.
async fn visit(app: &TestApp, address: &str, number: u8) {
    let browser = CHROME_ON_WINDOWS.replace("126", &(100 + u32::from(number)).to_string());
    app.accepted(&a_pageview("/").from(a_visitor().address(address).user_agent(&browser))).await;
}

async fn map(app: &TestApp, query: &str) -> Answer {
    app.get(&format!("/map/{SITE}.svg?{query}")).send().await.expect(200, query)
}

/// Returns what a map says, and the names of its discs.
fn said(map: &Answer) -> (String, Vec<String>) {
    assert_eq!(map.header("content-type"), Some("image/svg+xml"));
    let document = roxmltree::Document::parse(map.text()).unwrap();
    let label = document.root_element().attribute("aria-label").unwrap().to_owned();
    let discs = document.descendants().filter(|node| node.has_tag_name("circle"));
    let mut names: Vec<String> =
        discs.map(|disc| disc.children().find_map(|name| name.text()).unwrap().to_owned()).collect();
    names.sort();
    (label, names)
}

#[tokio::test]
async fn a_map_shows_where_visitors_are_now_and_were() {
    let app = start(1).await;
    let (label, discs) = said(&map(&app, "range=5m").await);
    assert_eq!((label.as_str(), discs.len()), ("Map of visitors: Nobody is here now", 0));
    visit(&app, AMERICAN, 1).await;
    visit(&app, AMERICAN, 2).await;
    visit(&app, DUTCH, 1).await;
    visit(&app, "203.0.113.9", 1).await;
    let (label, discs) = said(&map(&app, "range=5m").await);
    assert_eq!(label, "Map of visitors: 4 visitors · 2 countries · here now");
    assert_eq!(discs.len(), 2, "{discs:?}");
    assert!(
        discs.iter().any(|disc| disc.ends_with("US: 2")) && discs.iter().any(|disc| disc.ends_with("NL: 1")),
        "{discs:?}"
    );
    app.flushed().await;
    for (range, time) in [
        ("1h", "last hour"),
        ("24h", "last 24 hours"),
        ("7d", "last 7 days"),
        ("30d", "last 30 days"),
        ("all", "all time"),
    ] {
        let (label, same) = said(&map(&app, &format!("range={range}")).await);
        assert_eq!(label, format!("Map of visitors: 4 visitors · 2 countries · {time}"));
        assert_eq!(same, discs, "{range}");
    }
    let (label, discs) = said(&map(&app, "style=countries&lang=bg").await);
    assert_eq!(label, "Карта на посетителите: 4 посетители · 2 държави · последните 24 часа");
    assert_eq!(discs, Vec::<String>::new(), "both are large enough for their colour");
    app.stop().await;
}

#[tokio::test]
async fn the_picture_has_the_size_that_was_asked_for() {
    let app = start(1).await;
    visit(&app, DUTCH, 1).await;
    for style in ["dots", "heat", "countries"] {
        let png = app.get(&format!("/map/{SITE}.png?range=5m&width=321&theme=dark&style={style}")).send().await;
        let png = png.expect(200, style);
        assert_eq!(png.header("content-type"), Some("image/png"));
        let mut reader = png::Decoder::new(std::io::Cursor::new(&png.body)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!(info.width, 321, "{style}");
        assert!(info.height > 120 && info.height < 200, "{style}: {}", info.height);
        let colours: std::collections::HashSet<&[u8]> = pixels.chunks(4).collect();
        assert!(colours.len() > 50, "{style}: something is drawn");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_place_is_shown_when_enough_visitors_came_from_it() {
    let app = start(3).await;
    for number in 1..=3 {
        visit(&app, AMERICAN, number).await;
    }
    visit(&app, DUTCH, 1).await;
    app.flushed().await;
    for range in ["5m", "24h", "all"] {
        let (label, discs) = said(&map(&app, &format!("range={range}")).await);
        assert!(label.starts_with("Map of visitors: 4 visitors · 1 country"), "{label}");
        assert_eq!(discs.len(), 1, "{discs:?}");
        assert!(discs[0].ends_with("US: 3"), "{discs:?}");
        for style in ["dots", "heat", "countries"] {
            let file = map(&app, &format!("range={range}&style={style}")).await;
            assert!(!file.text().contains("NL") && !file.text().contains("Amsterdam"), "{range} {style}");
        }
    }
    // The owner decides.
    app.change_site(SITE, json!({"public_map_min_visitors": 1})).await;
    assert_eq!(said(&map(&app, "range=5m").await).1.len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn somebody_who_comes_every_day_is_no_crowd() {
    let app = start(3).await;
    let now = jiff::Timestamp::now();
    let visit = |days: i64| {
        json!({
            "timestamp": (now - jiff::SignedDuration::from_hours(24 * days)).to_string(), "name": "pageview",
            "url": format!("https://{SITE}/"), "ip": DUTCH, "user_agent": CHROME_ON_WINDOWS,
        })
    };
    app.events(SITE, &(1..=5).map(visit).collect::<Vec<_>>()).await;
    app.flushed().await;
    // Five visitors of five days are enough for the country, and it has its disc in the middle; the city is not told.
    let map = map(&app, "range=30d").await;
    let (label, discs) = said(&map);
    assert_eq!(label, "Map of visitors: 5 visitors · 1 country · last 30 days");
    assert_eq!(discs, ["NL: 5"]);
    assert!(!map.text().contains("Amsterdam"));
    app.stop().await;
}

#[tokio::test]
async fn a_map_may_stand_on_any_page_and_is_fresh() {
    let app = start(1).await;
    visit(&app, DUTCH, 1).await;
    for (range, cache) in
        [("5m", "public, max-age=15, no-cache"), ("1h", "public, max-age=60"), ("24h", "public, max-age=300")]
    {
        let map = map(&app, &format!("range={range}")).await;
        assert_eq!(map.header("cache-control"), Some(cache));
    }
    let path = format!("/map/{SITE}.png?range=5m");
    let png = app.get(&path).send().await.expect(200, "a map");
    assert_eq!(png.header("access-control-allow-origin"), Some("*"));
    assert_eq!(png.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(png.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(png.header("set-cookie"), None);
    let etag = png.header("etag").expect("a map has a tag").to_owned();
    let again = app.get(&path).header("if-none-match", &etag).send().await.expect(304, "nothing changed");
    assert!(again.body.is_empty());
    visit(&app, AMERICAN, 1).await;
    app.get(&path).header("if-none-match", &etag).send().await.expect(200, "one more visitor");
    let svg = map(&app, "range=5m").await;
    assert_eq!(svg.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    app.stop().await;
}

#[tokio::test]
async fn a_site_that_shows_no_map_looks_like_a_missing_one() {
    let app = start(1).await;
    let at = |site: &str| app.get(&format!("/map/{site}.svg"));
    let private = at("private.example").send().await;
    private.problem(404, "site_not_found", "a private site");
    assert_eq!(private.body, at("missing.example").send().await.body);
    at("private.example").key(&app.key).send().await.problem(404, "site_not_found", "a map knows no keys");
    app.get("/map/private.example.png").send().await.problem(404, "site_not_found", "nor as PNG");
    app.change_site("private.example", json!({"public_badge": true, "public_live": true})).await;
    at("private.example").send().await.problem(404, "site_not_found", "a badge is no map");
    app.change_site(SITE, json!({"public_map": false})).await;
    at(SITE).send().await.problem(404, "site_not_found", "the owner has changed their mind");
    app.stop().await;
}

#[tokio::test]
async fn wrong_parameters_are_said() {
    let app = start(1).await;
    for (query, pointer) in [
        ("range=2h", "range"),
        ("width=100", "width"),
        ("width=100000", "width"),
        ("style=globe", "style"),
        ("theme=%00", "theme"),
        ("lang=en&lang=bg", "lang"),
        ("sytle=dots", "sytle"),
    ] {
        let answer = app.get(&format!("/map/{SITE}.png?{query}")).send().await;
        assert_eq!(answer.problem(400, "invalid", query)["errors"][0]["pointer"], pointer, "{query}");
    }
    let long = app.get(&format!("/map/{SITE}.svg?style={}", "x".repeat(2000))).send().await;
    long.problem(400, "malformed", "a long query");
    app.get(&format!("/map/{SITE}.gif")).send().await.problem(404, "not_found", "another kind of picture");
    app.stop().await;
}
