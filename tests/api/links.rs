//! Signed links: one map, to whoever has the link, until its end.

use heatline::{control::Role, http::links, model::SiteId};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::json;

use crate::helpers::{SITE, TestApp, a_beacon};

/// A service with a page that has a view.
async fn start_with_page() -> TestApp {
    let app = TestApp::start().await;
    app.accepted(&a_beacon().path("/a b").event(json!({"type": "pageview"}))).await;
    app.flushed().await;
    app
}

#[tokio::test]
async fn a_link_shows_its_map_to_a_stranger_and_nothing_else() {
    let app = start_with_page().await;
    app.add_site("other.example").await;
    app.add_site("пример.бг").await;
    let foreign = app.sign("пример.бг", &json!({"parameters": {"path": "/"}})).await;
    assert!(foreign.is_ascii(), "{foreign}");
    app.get(&foreign).send().await.problem(404, "no_data", "the link is good, the page has no views");
    let parameters = json!({"path": "/a b", "width": 390, "legend": false});
    let link = app.sign(SITE, &json!({"parameters": parameters})).await;
    let shown = app.get(&link).send().await.expect(200, "the map");
    assert_eq!(shown.header("content-type"), Some("image/png"));
    assert_eq!(shown.header("cache-control"), Some("public, max-age=60"));
    let own = app.heatmap_png(SITE, "path=/a%20b&width=390&legend=false").send().await.expect(200, "the same map");
    assert_eq!(shown.body, own.body);
    assert_eq!(own.header("cache-control"), Some("private, no-cache"));
    let policies = ["cross-origin-resource-policy", "access-control-allow-origin"];
    assert_eq!(policies.map(|name| shown.header(name)), [Some("cross-origin"), Some("*")], "for pages of any site");
    assert_eq!(policies.map(|name| own.header(name)), [Some("same-origin"), None]);
    let etag = shown.header("etag").unwrap();
    app.get(&link).header("if-none-match", etag).send().await.expect(304, "what the reader has");

    let (path, query) = link.split_once('?').unwrap();
    let unsigned: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("sig=")).collect();
    app.get(&format!("{path}?{}", unsigned.join("&"))).send().await.problem(401, "not_signed_in", "no signature");
    for (what, changed) in [
        ("another width", link.replace("width=390", "width=391")),
        ("another page", link.replace("path=%2Fa+b", "path=%2F")),
        ("one parameter more", format!("{link}&scale=2")),
        ("a later end", link.replace("expires=", "expires=9")),
        ("another document", link.replace("heatmap.png", "heatmap.json")),
        ("another site", link.replace(SITE, "other.example")),
        ("no site", link.replace(SITE, "missing.example")),
        ("another signature", format!("{link}A")),
    ] {
        assert_ne!(changed, link, "{what}");
        app.get(&changed).send().await.problem(404, "site_not_found", what);
    }
    let reordered: Vec<&str> = query.split('&').rev().collect();
    app.get(&format!("{path}?{}", reordered.join("&"))).send().await.expect(200, "the same in another order");

    let numbers = app.sign(SITE, &json!({"format": "json", "parameters": parameters, "expires_in_days": 1})).await;
    assert_eq!(app.get(&numbers).send().await.expect(200, "the numbers").json()["views"], 1);
    app.stop().await;
}

#[tokio::test]
async fn a_link_has_an_end() {
    let app = start_with_page().await;
    let body = json!({"parameters": {"path": "/a b"}, "expires_in_days": 7});
    let answer = app.sign_request(SITE, &body).send().await.expect(201, "a link").json();
    let ends_at: Timestamp = answer["expires_at"].as_str().unwrap().parse().unwrap();
    let days = ends_at.duration_since(Timestamp::now()).as_secs_f64() / 86_400.0;
    assert!((6.99..=7.0).contains(&days), "{days}");

    let site = app.site_id(SITE).await;
    let key = app.control.keep_link_key(site).await.unwrap();
    let pairs = [("path".to_owned(), "/a b".to_owned())];
    let link = |site: SiteId, ends_at: Timestamp| {
        format!("/api/v1/sites/{SITE}/heatmap.png?{}", links::sign(&key, site, "heatmap.png", &pairs, ends_at))
    };
    let second = SignedDuration::from_secs(1);
    let soon = app.get(&link(site, Timestamp::now() + second * 20)).send().await.expect(200, "twenty seconds more");
    let seconds: u32 = soon.header("cache-control").unwrap().strip_prefix("public, max-age=").unwrap().parse().unwrap();
    assert!((1..=20).contains(&seconds), "no cache holds it longer than it is open: {seconds}");
    let ended = app.get(&link(site, Timestamp::now() - second)).send().await;
    ended.problem(410, "link_ended", "a second ago");
    let other = app.get(&link(SiteId::new(site.get() + 1), Timestamp::now() + second * 20)).send().await;
    other.problem(404, "site_not_found", "of a site that had the name before");
    app.stop().await;
}

#[tokio::test]
async fn all_links_of_a_site_can_be_ended_and_go_with_it() {
    let app = start_with_page().await;
    let body = json!({"parameters": {"path": "/a b"}});
    let link = app.sign(SITE, &body).await;
    let end = app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}/heatmap/sign")).key(&app.key);
    end.send().await.expect(204, "the end of all links");
    app.get(&link).send().await.problem(404, "site_not_found", "an ended link");
    let again = app.sign(SITE, &body).await;
    app.get(&again).send().await.expect(200, "a new link");
    app.get(&link).send().await.problem(404, "site_not_found", "the old one stays ended");

    app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}")).key(&app.key).send().await.expect(200, "no site");
    app.add_site(SITE).await;
    assert!(app.control.link_key(app.site_id(SITE).await).await.unwrap().is_none());
    app.get(&again).send().await.problem(404, "site_not_found", "a link of a site that is gone");
    app.stop().await;
}

#[tokio::test]
async fn who_only_looks_gives_nothing_away() {
    let app = start_with_page().await;
    let body = json!({"parameters": {"path": "/a b"}});
    for (role, may) in [(Role::Viewer, false), (Role::Editor, true), (Role::Owner, true)] {
        let session = app.signed_in(&format!("{}@x.example", role.as_str()), Some((SITE, role))).await;
        let sign = app.post(&format!("/api/v1/sites/{SITE}/heatmap/sign")).session(&session).json(&body);
        let end = app.request(Method::DELETE, &format!("/api/v1/sites/{SITE}/heatmap/sign")).session(&session);
        if may {
            sign.send().await.expect(201, role.as_str());
            end.send().await.expect(204, role.as_str());
        } else {
            sign.send().await.problem(403, "not_admin", role.as_str());
            end.send().await.problem(403, "not_admin", role.as_str());
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_link_that_would_show_nothing_is_not_made() {
    let app = start_with_page().await;
    let cases = [
        (json!({"parameters": {}}), "path"),
        (json!({"parameters": {"path": "/", "wdith": 390}}), "wdith"),
        (json!({"parameters": {"path": "/", "width": 99_999}}), "width"),
        (json!({"parameters": {"path": "/", "width": [390]}}), "/parameters/width"),
        (json!({"parameters": {"path": "/", "date_range": "yesterday-ish"}}), "date_range"),
        (json!({"parameters": {"path": "/"}, "expires_in_days": 0}), "/expires_in_days"),
        (json!({"parameters": {"path": "/"}, "expires_in_days": 3661}), "/expires_in_days"),
    ];
    for (body, pointer) in cases {
        let problem = app.sign_request(SITE, &body).send().await.problem(400, "invalid", &body.to_string());
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
    }
    let unknown = json!({"parameters": {"path": "/"}, "for_ever": true});
    app.sign_request(SITE, &unknown).send().await.problem(400, "malformed", "a field that is not known");
    app.stop().await;
}
