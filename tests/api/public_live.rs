//! The live page that anybody may see, where an owner says so: its frame, and what it pushes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::helpers::{PATIENCE, SITE, TestApp, a_pageview, a_visitor, beacon::CHROME_ON_WINDOWS, stream::EventStream};

const AMERICAN: &str = "8.8.8.8";
const DUTCH: &str = "193.0.6.139";

async fn start(least: u16) -> TestApp {
    let app = TestApp::start().await;
    app.change_site(SITE, json!({"public_live": true, "public_map_min_visitors": least})).await;
    app.add_site("private.example").await;
    app
}

async fn visit(app: &TestApp, address: &str, number: u8, path: &str) {
    let browser = CHROME_ON_WINDOWS.replace("126", &(100 + u32::from(number)).to_string());
    app.accepted(&a_pageview(path).from(a_visitor().address(address).user_agent(&browser))).await;
}

fn stream_of(site: &str) -> String {
    format!("/live/{site}/stream")
}

/// Returns the first moment that is as wanted.
async fn until(stream: &mut EventStream, is_it: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let message = stream.next(PATIENCE).await.expect("a moment");
        assert_eq!(message.event, "moment");
        if is_it(&message.data) {
            return message.data;
        }
        assert!(started.elapsed() < PATIENCE, "{}", message.data);
    }
}

#[tokio::test]
async fn the_page_is_framed_by_those_alone_whom_the_owner_names() {
    let app = start(3).await;
    let page = async || app.get(&format!("/live/{SITE}")).send().await.expect(200, "the page");
    let alone = page().await;
    assert_eq!(alone.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = alone.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-ancestors 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert_eq!(alone.header("set-cookie"), None);
    let ancestors = json!({"live_frame_ancestors": ["https://Blog.example/", "https://*.shop.example:8443"]});
    app.change_site(SITE, ancestors).await;
    let framed = page().await;
    let policy = framed.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-ancestors 'self' https://blog.example https://*.shop.example:8443"), "{policy}");
    let etag = framed.header("etag").unwrap().to_owned();
    app.get(&format!("/live/{SITE}")).header("if-none-match", &etag).send().await.expect(304, "the page, again");
    for asset in framed.text().split('"').filter(|text| text.starts_with("/assets/")) {
        app.get(asset).send().await.expect(200, asset);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_site_without_a_live_page_looks_like_a_missing_one() {
    let app = start(3).await;
    for path in [
        "/live/private.example",
        "/live/missing.example",
        "/live/private.example/stream",
        "/live/missing.example/stream",
    ] {
        app.get(path).send().await.problem(404, "site_not_found", path);
    }
    let private = app.get("/live/private.example").key(&app.key).send().await;
    private.problem(404, "site_not_found", "the page knows no keys");
    app.stop().await;
}

#[tokio::test]
async fn a_moment_is_pushed_when_somebody_arrives() {
    let app = start(1).await;
    let mut stream = app.stream(&stream_of(SITE), "").await;
    let first = until(&mut stream, |_| true).await;
    assert_eq!((&first["visitors"], &first["places"]), (&json!(0), &json!([])));
    assert_eq!(first["minutes"].as_array().unwrap().len(), 60);
    let started = Instant::now();
    visit(&app, DUTCH, 1, "/a").await;
    let one = until(&mut stream, |moment| moment["visitors"] == 1).await;
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(one["pages"], json!([["/a", 1]]));
    assert_eq!(one["countries"], json!([["NL", 1]]));
    let place = one["places"][0].as_array().unwrap();
    let [x, y] = [place[0].as_u64().unwrap(), place[1].as_u64().unwrap()];
    // Amsterdam is a little west of the middle, in the upper third.
    assert!((4500..5000).contains(&x) && (400..1500).contains(&y), "{place:?} of {}", one["map"]);
    let keys: Vec<&String> = one.as_object().unwrap().keys().collect();
    let expected = ["countries", "map", "minutes", "other_pages", "pages", "places", "views_last_minute", "visitors"];
    assert_eq!(keys, expected, "no sessions, cities, sources or devices");
    app.stop().await;
}

#[tokio::test]
async fn what_few_visitors_share_is_not_told() {
    let app = start(2).await;
    visit(&app, AMERICAN, 1, "/shared").await;
    visit(&app, AMERICAN, 2, "/shared").await;
    visit(&app, DUTCH, 1, "/alone-with-a-secret").await;
    app.flushed().await;
    let mut stream = app.stream(&stream_of(SITE), "").await;
    let moment = until(&mut stream, |moment| moment["visitors"] == 3).await;
    assert_eq!((&moment["pages"], &moment["other_pages"]), (&json!([["/shared", 2]]), &json!(1)));
    assert_eq!(moment["countries"], json!([["US", 2]]));
    assert_eq!(moment["places"].as_array().unwrap().len(), 1);
    assert!(!moment.to_string().contains("secret") && !moment.to_string().contains("NL"), "{moment}");
    app.stop().await;
}

#[tokio::test]
async fn the_stream_ends_when_the_owner_changes_their_mind() {
    let app = start(1).await;
    let response = reqwest::get(format!("{}{}", app.url, stream_of(SITE))).await.unwrap();
    assert_eq!(response.status(), 200);
    app.change_site(SITE, json!({"public_live": false})).await;
    visit(&app, DUTCH, 1, "/").await;
    let rest = tokio::time::timeout(PATIENCE, response.text()).await.expect("the stream ends").unwrap();
    assert!(!rest.contains("\"visitors\":1,"), "nothing of after is told: {rest}");
    app.get(&stream_of(SITE)).send().await.problem(404, "site_not_found", "it does not open again");
    app.stop().await;
}
