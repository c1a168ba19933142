//! The files inside the program, the answers to operators, and what every answer carries.

use reqwest::Method;
use serde_json::json;

use crate::helpers::{SITE, TestApp};

#[tokio::test]
async fn the_tracker_is_small_cached_and_for_any_page() {
    let app = TestApp::start().await;
    let plain = app.get("/js/heatline.js").send().await.expect(200, "the tracker");
    assert_eq!(plain.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(plain.header("access-control-allow-origin"), Some("*"));
    assert_eq!(plain.header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    assert!(plain.header("cache-control").unwrap().starts_with("public, max-age=86400"));
    assert!(plain.text().contains("/api/beacon"));
    let mut tags = vec![plain.header("etag").unwrap().to_owned()];
    for (accepted, encoding) in [("gzip, deflate, br", Some("br")), ("gzip", Some("gzip")), ("br;q=0, gzip;q=0", None)]
    {
        let answer = app.get("/js/heatline.js").header("accept-encoding", accepted).send().await.expect(200, accepted);
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
        assert!(encoding.is_none() || answer.body.len() < plain.body.len(), "{accepted}");
        tags.push(answer.header("etag").unwrap().to_owned());
    }
    assert_eq!(tags[3], tags[0]);
    assert!(tags[0] != tags[1] && tags[1] != tags[2], "each encoding has its own tag: {tags:?}");
    let again = app.get("/js/heatline.js").header("if-none-match", &tags[0]).send().await;
    assert!(again.expect(304, "nothing changed").body.is_empty());
    app.get("/js/heatline.js").header("if-none-match", "\"other\"").send().await.expect(200, "another tag");
    app.stop().await;
}

#[tokio::test]
async fn the_dashboard_answers_on_every_page_of_its_own() {
    let app = TestApp::start().await;
    let home = app.get("/").send().await.expect(200, "the dashboard");
    assert_eq!(home.header("content-type"), Some("text/html; charset=utf-8"));
    assert_eq!(home.header("cache-control"), Some("no-cache"));
    for page in ["/login", "/setup?token=x", "/sites/demo.example", "/sites/demo.example/heatmap", "/index.html"] {
        let answer = app.get(page).send().await.expect(200, page);
        assert_eq!(answer.body, home.body, "{page}");
    }
    let script = home.text().split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let script = format!("/{}", script.trim_start_matches(['.', '/']));
    let answer = app.get(&script).send().await.expect(200, &script);
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    for missing in
        ["/assets/missing.js", "/favicon.missing", "/api", "/api/", "/api/v1/nothing", "/badge/", "/badge/x.gif"]
    {
        app.get(missing).send().await.problem(404, "not_found", missing);
    }
    app.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_its_reader() {
    let app = TestApp::start().await;
    let pages = ["/", "/js/heatline.js", "/healthz", "/api/v1/sites", "/api/v1/nothing", "/api/beacon", "/pixel.gif"];
    for page in pages {
        let answer = app.get(page).send().await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{page}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{page}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{page}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{page}: {policy}");
    }
    app.stop().await;
}

#[tokio::test]
async fn head_answers_like_get_without_a_body() {
    let app = TestApp::start().await;
    for page in ["/", "/js/heatline.js", "/healthz", "/readyz"] {
        let get = app.get(page).send().await.expect(200, page);
        let head = app.request(Method::HEAD, page).send().await.expect(200, page);
        assert!(head.body.is_empty(), "{page}");
        assert_eq!(head.header("content-length"), get.header("content-length"), "{page}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{page}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_demo_site_is_there_only_when_it_is_asked_for() {
    let app = TestApp::start().await;
    for page in ["/demo", "/demo/", "/demo/article.html"] {
        app.get(page).send().await.problem(404, "not_found", page);
    }
    app.stop().await;

    let app = TestApp::start_empty(|config| config.demo = true).await;
    let redirect = app.get("/demo").send().await.expect(302, "relative links need the slash");
    assert_eq!(redirect.header("location"), Some("/demo/"));
    let cyrillic = "/demo/%D1%81%D1%82%D0%B0%D1%82%D0%B8%D1%8F.html";
    let home = app.get("/demo/").send().await.expect(200, "the landing page");
    for page in ["/demo/", "/demo/article.html", "/demo/panel.html", "/demo/app", "/demo/app/any/view", cyrillic] {
        let answer = app.get(page).send().await.expect(200, page);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{page}");
        let text = answer.text();
        assert!(text.contains("/js/heatline.js") && text.contains("data-site=\"demo.example\""), "{page}");
        assert!(text.contains("/badge/demo.example.svg"), "{page}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("connect-src 'self'") && !policy.contains("unsafe"), "{page}: {policy}");
    }
    assert!(home.text().contains("<html"));
    app.badge(SITE, "").await.expect(200, "the demo's badge is public");
    app.get("/demo/README.md").send().await.problem(404, "not_found", "what is not for visitors");
    let sites = app.sites().await;
    assert_eq!(sites.len(), 1);
    assert_eq!((&sites[0]["domain"], &sites[0]["timezone"]), (&json!(SITE), &json!("Europe/Sofia")));
    app.stop().await;
}

#[tokio::test]
async fn operators_learn_how_the_service_is() {
    let app = TestApp::start().await;
    let alive = app.get("/healthz").send().await.expect(200, "alive");
    assert_eq!(alive.json()["status"], "alive");
    assert_eq!(alive.json()["durability"], "fsync");
    assert_eq!(app.get("/readyz").send().await.expect(200, "ready").json(), json!({"status": "ready"}));
    let parts = app.get("/api/health").send().await.expect(200, "Plausible's words").json();
    assert_eq!(parts, json!({"clickhouse": "ok", "postgres": "ok", "sites_cache": "ok"}));
    let metrics = app.metrics().await;
    assert!(metrics.0.ends_with("# EOF\n"));
    assert!(!metrics.0.contains(SITE), "no site is a label");
    let public = app.get("/metrics").send().await;
    assert!(!public.text().contains("heatline_"), "metrics are for the internal listener only");
    app.stop().await;
}
