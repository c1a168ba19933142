//! Plausible's events API: its trackers and server-side senders work by changing the host.

use heatline::model::DropReason;
use ipnet::IpNet;
use serde_json::{Value, json};

use crate::helpers::{Headers, SITE, TestApp, a_beacon, a_visitor, beacon::GOOGLEBOT};

#[tokio::test]
async fn both_spellings_of_the_format_are_understood() {
    let app = TestApp::start().await;
    let url = "https://demo.example/p?utm_source=news";
    let text_of_props = r#"{"plan":"pro"}"#;
    let cases: [(&str, Value, Value); 9] = [
        (
            "a pageview as the tracker says it",
            json!({"n": "pageview", "v": 27, "u": url, "d": SITE, "r": "https://www.google.com/", "i": false}),
            json!(["pageview", "", "/p", {}, 0, 0]),
        ),
        (
            "a pageview in long names",
            json!({"name": "pageview", "url": url, "domain": SITE, "referrer": null, "interactive": true}),
            json!(["pageview", "", "/p", {}, 0, 0]),
        ),
        (
            "a custom event with properties and revenue",
            json!({"n": "Buy", "u": url, "d": SITE, "p": {"plan": "pro", "seats": 3, "trial": true, "list": [1], "none": null},
                   "$": {"currency": "EUR", "amount": 9.5}}),
            json!(["event", "Buy", "/p", {"plan": "pro", "seats": "3", "trial": "true"}, 0, 0]),
        ),
        (
            "properties in long names",
            json!({"name": "Buy", "url": url, "domain": SITE, "props": {"plan": "pro"}}),
            json!(["event", "Buy", "/p", {"plan": "pro"}, 0, 0]),
        ),
        (
            "properties as text, as old trackers send them",
            json!({"n": "Buy", "u": url, "d": SITE, "m": text_of_props}),
            json!(["event", "Buy", "/p", {"plan": "pro"}, 0, 0]),
        ),
        (
            "engagement",
            json!({"n": "engagement", "u": url, "d": SITE, "sd": 40, "e": 12_500, "v": 27}),
            json!(["engagement", "", "/p", {}, 12_500, 40]),
        ),
        (
            "engagement that does not know the depth",
            json!({"n": "engagement", "u": url, "d": SITE, "sd": 255, "e": 100}),
            json!(["engagement", "", "/p", {}, 100, 0]),
        ),
        (
            "a route in the fragment",
            json!({"n": "pageview", "u": "https://demo.example/app#/cart", "d": SITE, "h": 1}),
            json!(["pageview", "", "/app#/cart", {}, 0, 0]),
        ),
        (
            "a fragment that is no route",
            json!({"n": "pageview", "u": "https://demo.example/app#/cart", "d": SITE}),
            json!(["pageview", "", "/app", {}, 0, 0]),
        ),
    ];
    for (what, body, row) in &cases {
        let answer = app.event_request(&a_visitor(), body).send().await.expect(202, what);
        assert_eq!(answer.header("x-plausible-dropped"), None, "{what}");
        app.flushed().await;
        let select = "toString(kind), name, pathname, props, engaged_ms, scroll_depth";
        let rows = app.rows(&format!("SELECT {select} FROM events ORDER BY at DESC LIMIT 1")).await;
        assert_eq!(json!(rows), json!([row]), "{what}");
    }
    assert_eq!(app.cell("SELECT count() FROM events").await, json!(cases.len()));
    assert_eq!(app.cell("SELECT uniqExact(session_id) FROM events").await, 1, "one visitor, one session");
    app.stop().await;
}

#[tokio::test]
async fn money_is_stored_to_the_thousandth_and_never_costs_an_event() {
    let app = TestApp::start().await;
    let cases = [
        (json!({"currency": "EUR", "amount": 9.5}), json!(["9.5", "EUR"])),
        (json!({"currency": "jpy", "amount": "-1200.0004"}), json!(["-1200", "JPY"])),
        (json!({"currency": "EUR", "amount": "999999999999999.999"}), json!(["999999999999999.999", "EUR"])),
        (json!({"currency": "Euro", "amount": 9.5}), json!(["0", ""])),
        (json!({"currency": "EUR", "amount": "9,5"}), json!(["0", ""])),
        (json!([1]), json!(["0", ""])),
    ];
    for (index, (revenue, _)) in cases.iter().enumerate() {
        let name = format!("Buy {index}");
        let body = json!({"n": name, "u": "https://demo.example/", "d": SITE, "$": revenue});
        app.event_request(&a_visitor(), &body).send().await.expect(202, &name);
    }
    let beacon = a_beacon().event(
        json!({"type": "event", "name": "Buy 9", "revenue": {"currency": "USD", "amount": 0.1}, "props": {"a": "b"}}),
    );
    app.accepted(&beacon).await;
    app.flushed().await;
    let rows = app.rows("SELECT toString(revenue), currency FROM events WHERE kind = 'event' ORDER BY name").await;
    let mut expected: Vec<_> = cases.into_iter().map(|(_, row)| row).collect();
    expected.push(json!(["0.1", "USD"]));
    assert_eq!(json!(rows), json!(expected));
    app.stop().await;
}

#[tokio::test]
async fn a_drop_is_told_in_plausibles_words_and_in_ours() {
    let app = TestApp::start().await;
    let body = |domain: &str| json!({"n": "pageview", "u": "https://demo.example/", "d": domain});
    let person = a_visitor();
    let robot = a_visitor().user_agent(GOOGLEBOT);
    let cases = [
        ("a page that is counted", &person, body(SITE), None),
        ("a robot", &robot, body(SITE), Some(DropReason::Bot)),
        ("an unknown site", &person, body("unknown.example"), Some(DropReason::UnknownSite)),
        ("one site of two is unknown", &person, body("demo.example,unknown.example"), Some(DropReason::UnknownSite)),
        ("the other one is", &person, body("unknown.example,demo.example"), Some(DropReason::UnknownSite)),
    ];
    for (what, visitor, body, reason) in &cases {
        let answer = app.event_request(visitor, body).send().await.expect(202, what);
        assert_eq!(answer.header("x-plausible-dropped"), reason.map(|_| "1"), "{what}");
        assert_eq!(answer.header("x-heatline-dropped"), reason.map(DropReason::as_str), "{what}");
    }
    assert_eq!(app.metrics().await.events("accepted", ""), 3);
    app.stop().await;
}

#[tokio::test]
async fn one_event_counts_for_several_sites() {
    let app = TestApp::start().await;
    app.add_site_with("all.example", "UTC", json!({"hostnames": ["*"]})).await;
    let body = json!({"n": "pageview", "u": "https://demo.example/", "d": "demo.example,all.example"});
    app.event_request(&a_visitor(), &body).send().await.expect(202, "an event for two sites");
    assert_eq!(app.live(SITE).await["visitors"], 1);
    assert_eq!(app.live("all.example").await["visitors"], 1);
    app.flushed().await;
    assert_eq!(app.cell("SELECT uniqExact(site_id, visitor_id, session_id) FROM events").await, 2);
    app.stop().await;
}

/// Asks whose address the service sees, and counts nothing.
async fn address_seen(app: &TestApp, headers: Headers<'_>) -> String {
    let body = json!({"n": "pageview", "u": "https://demo.example/", "d": SITE}).to_string();
    let mut request = app.post("/api/event").header("x-debug-request", "true").text(body);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let answer = request.send().await.expect(200, "a debug request").json();
    answer["ip"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_address_is_that_of_the_last_hop_that_is_not_a_proxy_of_ours() {
    let app = TestApp::start().await;
    let many = format!("{}203.0.113.9", "1.2.3.4, ".repeat(500));
    let cases: [(&str, Headers<'_>, &str); 15] = [
        ("no proxy at all", &[], "127.0.0.1"),
        ("one proxy", &[("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ("a client that claims another address", &[("x-forwarded-for", "1.2.3.4, 203.0.113.9")], "203.0.113.9"),
        ("two proxies of ours", &[("x-forwarded-for", "203.0.113.9, 127.0.0.5")], "203.0.113.9"),
        ("two lines", &[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "203.0.113.9")], "203.0.113.9"),
        ("with a port", &[("x-forwarded-for", "203.0.113.9:4711")], "203.0.113.9"),
        ("IPv6", &[("x-forwarded-for", "2001:db8::1")], "2001:db8::1"),
        ("IPv6 with a port", &[("x-forwarded-for", "[2001:db8::1]:4711")], "2001:db8::1"),
        ("five hundred hops", &[("x-forwarded-for", &many)], "203.0.113.9"),
        ("a hop that hides", &[("x-forwarded-for", "1.2.3.4, unknown")], "127.0.0.1"),
        ("nothing in it", &[("x-forwarded-for", "")], "127.0.0.1"),
        ("rubbish", &[("x-forwarded-for", "\";DROP TABLE--, 999.1.1.1")], "127.0.0.1"),
        ("the standard header", &[("forwarded", "for=\"[2001:db8::9]:1\";proto=https")], "2001:db8::9"),
        ("the standard header, hidden", &[("forwarded", "for=_hidden")], "127.0.0.1"),
        (
            "two headers that disagree",
            &[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "203.0.113.9")],
            "203.0.113.9",
        ),
    ];
    for (what, headers, expected) in cases {
        assert_eq!(address_seen(&app, headers).await, expected, "{what}");
    }
    assert_eq!(app.metrics().await.all_events(), 0, "a debug request counts nothing");
    app.stop().await;
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_not_believed() {
    let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
    let app = TestApp::start_empty(|config| config.trusted_proxies = proxies).await;
    let claims = [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9"), ("x-real-ip", "203.0.113.9")];
    assert_eq!(address_seen(&app, &claims).await, "127.0.0.1");
    app.stop().await;
}
