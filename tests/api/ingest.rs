//! What becomes of a beacon: its rows, the reasons to leave it out, and the count of every fate.

use heatline::model::DropReason;
use serde_json::{Value, json};

use crate::helpers::{
    Beacon, Headers, SITE, TestApp, a_beacon, a_pageview, a_visitor,
    beacon::{GOOGLEBOT, SAFARI_ON_IPHONE},
};

/// An address of Google's name servers, which every geo database places in the United States.
const IN_THE_UNITED_STATES: &str = "8.8.8.8";

/// A number that does not fit 53 bits, as the tracker draws them.
const VIEW: u64 = 0x9f86_d081_884c_7d65;

fn every_kind_of_event() -> Vec<Value> {
    vec![
        json!({"type": "pageview", "ago": 12}),
        json!({"type": "engagement", "ago": 0, "engaged": 11800, "depth": 63}),
        json!({"type": "event", "ago": 0, "name": "signup", "props": {"plan": "pro", "seats": "3"}}),
        json!({"type": "click", "ago": 5, "element": "#buy", "fraction": [32767, 20000], "at": [412, 903],
               "container": [3, 40], "since": 5321, "size": [220, 48], "state": 4_000_000_000_u32, "flags": 138}),
        json!({"type": "move", "ago": 5, "element": "main", "fraction": [9, 20000], "at": [41, 93], "size": [1200, 48],
               "rest": 1400, "state": 7, "flags": 1}),
        json!({"type": "scroll", "ago": 0, "depth": 1840, "exposure": vec![7; 100],
               "landmarks": [["main", 4000], ["#футър", 0]]}),
        json!({"type": "layout", "ago": 0, "complete": true, "state": 7,
               "boxes": [["#buy", "A", "Button", 100, -880, 220, 48, 2]]}),
        json!({"type": "vitals", "ago": 0, "lcp": 2400, "inp": 0, "cls": 0.12345, "ttfb": 3_600_000}),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
#[tokio::test]
async fn every_kind_of_event_becomes_a_row_with_all_it_said() {
    let app = TestApp::start().await;
    let campaign = "utm_source=partner&utm_medium=referral&utm_campaign=c&utm_content=d&utm_term=e";
    let beacon = a_beacon()
        .view(VIEW)
        .url(&format!("https://user:secret@www.demo.example:8443/a/%D0%B1?{campaign}&token=7#top"))
        .referrer("https://news.example/story?id=7")
        .from(a_visitor().address(IN_THE_UNITED_STATES))
        .events(every_kind_of_event());
    app.accepted(&beacon).await;
    app.flushed().await;

    let events = app
        .rows(
            "SELECT toString(kind), name, props, engaged_ms, scroll_depth, session_started_at <= at,
                 view_id, hostname, pathname, entry_hostname, entry_pathname, referrer, source, channel,
                 utm_source, utm_medium, utm_campaign, utm_content, utm_term,
                 country, region != '' AND city != '' AND region != city, round(latitude / 10), round(longitude / 10),
                 browser, browser_version, os, os_version, device, viewport_width, viewport_height
             FROM events ORDER BY kind",
        )
        .await;
    let row = |kind: &str, name: &str, props: Value, engaged_ms: u32, depth: u8| {
        json!([
            kind,
            name,
            props,
            engaged_ms,
            depth,
            1,
            VIEW,
            "www.demo.example",
            "/a/б",
            "www.demo.example",
            "/a/б",
            "news.example/story",
            "partner",
            "Referral",
            "partner",
            "referral",
            "c",
            "d",
            "e",
            "US",
            1,
            4,
            -12,
            "Chrome",
            "126",
            "Windows",
            "10",
            "desktop",
            1280,
            720
        ])
    };
    let expected = [
        row("pageview", "", json!({}), 0, 0),
        row("event", "signup", json!({"plan": "pro", "seats": "3"}), 0, 0),
        row("engagement", "", json!({}), 11800, 63),
        row("vitals", "", json!({}), 0, 0),
    ];
    assert_eq!(json!(events), json!(expected));

    let vitals = app.rows("SELECT lcp_ms, inp_ms, cls_e4, fcp_ms, ttfb_ms FROM events ORDER BY kind").await;
    let none = json!([null, null, null, null, null]);
    assert_eq!(json!(vitals), json!([none, none, none, [2400, 0, 1235, null, 3_600_000]]));

    let clicks = app
        .rows(
            "SELECT pathname, view_id, element, fraction_x, fraction_y, x, y, container_scroll_x, container_scroll_y, \
             document_width, document_height, viewport_width, viewport_height, since_load_ms, flags, device, country, \
             box_width, box_height, state FROM clicks",
        )
        .await;
    let expected = json!([[
        "/a/б",
        VIEW,
        "#buy",
        32767,
        20000,
        412,
        903,
        3,
        40,
        1280,
        4000,
        1280,
        720,
        5321,
        138,
        "desktop",
        "US",
        220,
        48,
        4_000_000_000_u32
    ]]);
    assert_eq!(json!(clicks), expected);

    let moves = app
        .rows(
            "SELECT pathname, view_id, element, fraction_x, fraction_y, x, y, box_width, box_height, document_width, \
             document_height, viewport_width, viewport_height, rest_ms, state, flags, device, country FROM moves",
        )
        .await;
    let expected =
        json!([["/a/б", VIEW, "main", 9, 20000, 41, 93, 1200, 48, 1280, 4000, 1280, 720, 1400, 7, 1, "desktop", "US"]]);
    assert_eq!(json!(moves), expected);

    let scrolls =
        app.rows("SELECT pathname, depth_px, length(exposure_ms), arraySum(exposure_ms), landmarks FROM scrolls").await;
    let landmarks = json!([{"element": "main", "visible_ms": 4000}, {"element": "#футър", "visible_ms": 0}]);
    assert_eq!(json!(scrolls), json!([["/a/б", 1840, 100, 700, landmarks]]));

    let layouts =
        app.rows("SELECT pathname, viewport_width, document_height, complete, boxes, state FROM layouts").await;
    let boxes = json!([{"element": "#buy", "tag": "a", "role": "button", "x": 100, "y": -880, "width": 220,
                        "height": 48, "flags": 2}]);
    assert_eq!(json!(layouts), json!([["/a/б", 1280, 4000, true, boxes, 7]]));

    let identities = app
        .rows(
            "SELECT uniqExact(visitor_id, session_id, day) FROM
             (SELECT visitor_id, session_id, day FROM events UNION ALL SELECT visitor_id, session_id, day FROM clicks
              UNION ALL SELECT visitor_id, session_id, day FROM moves
              UNION ALL SELECT visitor_id, session_id, day FROM scrolls)",
        )
        .await;
    assert_eq!(json!(identities), json!([[1]]), "the facts of one view are of one visitor, session and day");
    app.stop().await;
}

#[tokio::test]
async fn what_maps_are_put_together_from_is_computed_as_rows_come_in() {
    let app = TestApp::start().await;
    let click = |fraction: [u16; 2], size: [u32; 2], flags: u16| json!({"type": "click", "element": "#buy", "fraction": fraction, "at": [320, 2000], "size": size, "flags": flags});
    let rest = json!({"type": "move", "element": "#buy", "fraction": [65535, 30000], "at": [640, 72], "size": [64, 20],
                      "rest": 900, "flags": 1});
    let clicks = [
        // The box is not told: 32 cells each way.
        click([65535, 2047], [0, 0], 0),
        // Up to 16 pixels are one cell, more are two.
        click([65535, 65535], [16, 17], 8),
        // 200 pixels in 16 cells of 12.5; 10 000 000 in no more than 4096.
        click([4095, 65535], [200, 10_000_000], 128 + 16),
        click([4096, 15], [200, 10_000_000], 64 + 32 + 2 + 1),
    ];
    app.accepted(&a_beacon().path("/").event(json!({"type": "pageview"})).events(clicks).event(rest)).await;
    app.flushed().await;
    let columns =
        "fraction_x, fraction_y, cell_x, cell_y, element_id = cityHash64(element), screen, fixed, share_x, down";
    let found = app.rows(&format!("SELECT {columns}, kind_flags FROM clicks ORDER BY box_width, fraction_x")).await;
    let expected = json!([
        [65535, 2047, 63488, 0, 1, 3, 0, 0.25, 0.5, 0],
        [65535, 65535, 0, 32768, 1, 3, 0, 0.25, 0.5, 8],
        [4095, 65535, 0, 65520, 1, 3, 0, 0.25, 0.5, 144],
        [4096, 15, 4096, 0, 1, 3, 1, 0.25, 720, 32],
    ]);
    assert_eq!(json!(found), expected);
    let found = app.rows(&format!("SELECT {columns} FROM moves")).await;
    assert_eq!(json!(found), json!([[65535, 30000, 49152, 0, 1, 3, 1, 0.5, 72]]));
    app.stop().await;
}

#[tokio::test]
async fn a_beacon_is_left_out_for_each_documented_reason_and_says_so() {
    let app = TestApp::start_empty(|_| {}).await;
    let settings = json!({
        "excluded_paths": ["/admin/*", "/цени"], "excluded_addresses": ["192.0.2.0/24", "2001:db8::/32"],
        "honour_privacy_signals": true,
    });
    app.add_site_with(SITE, "UTC", settings).await;
    app.add_site("lenient.example").await;

    let visit = a_pageview("/");
    let from = |address: &str| visit.clone().from(a_visitor().address(address));
    let by = |user_agent: &str| visit.clone().from(a_visitor().user_agent(user_agent));
    let none: Headers<'_> = &[];
    let cases: [(&str, Beacon, Headers<'_>, Option<DropReason>); 27] = [
        ("an ordinary visit", visit.clone(), none, None),
        ("a subdomain of the site", visit.clone().url("https://shop.demo.example/"), none, None),
        ("a site that nobody added", visit.clone().site("unknown.example"), none, Some(DropReason::UnknownSite)),
        ("a host that is not the site's", visit.clone().url("https://copy.example/"), none, Some(DropReason::Hostname)),
        ("a host that ends alike", visit.clone().url("https://notdemo.example/"), none, Some(DropReason::Hostname)),
        ("an excluded path", visit.clone().path("/admin/users"), none, Some(DropReason::ExcludedPath)),
        (
            "an excluded path, escaped",
            visit.clone().path("/%D1%86%D0%B5%D0%BD%D0%B8"),
            none,
            Some(DropReason::ExcludedPath),
        ),
        ("a path beside an excluded one", visit.clone().path("/administration"), none, None),
        ("an excluded address", from("192.0.2.77"), none, Some(DropReason::ExcludedAddress)),
        ("an excluded network of IPv6", from("2001:db8:1::5"), none, Some(DropReason::ExcludedAddress)),
        ("an excluded address in IPv6's dress", from("::ffff:192.0.2.77"), none, Some(DropReason::ExcludedAddress)),
        ("an address beside an excluded one", from("192.0.3.1"), none, None),
        ("Googlebot", by(GOOGLEBOT), none, Some(DropReason::Bot)),
        (
            "a headless browser",
            by("Mozilla/5.0 (X11) HeadlessChrome/126.0.0.0 Safari/537.36"),
            none,
            Some(DropReason::Bot),
        ),
        ("a command line tool", by("curl/8.5.0"), none, Some(DropReason::Bot)),
        ("a browser that says no name", by(""), none, None),
        ("a user agent of 8 KiB", by(&format!("Mozilla/5.0 {}", "x".repeat(8180))), none, None),
        ("Global Privacy Control", visit.clone(), &[("sec-gpc", "1")], Some(DropReason::PrivacySignal)),
        ("Do Not Track", visit.clone(), &[("dnt", "1")], Some(DropReason::PrivacySignal)),
        ("a privacy signal that is off", visit.clone(), &[("dnt", "0"), ("sec-gpc", "0")], None),
        (
            "a privacy signal on a site that ignores it",
            visit.clone().site("lenient.example"),
            &[("sec-gpc", "1")],
            None,
        ),
        ("a prefetch", visit.clone(), &[("sec-purpose", "prefetch")], Some(DropReason::Prefetch)),
        ("a prerender", visit.clone(), &[("sec-purpose", "prefetch;prerender")], Some(DropReason::Prefetch)),
        ("a prefetch in its older form", visit.clone(), &[("x-moz", "prefetch")], Some(DropReason::Prefetch)),
        ("a purpose that is no prefetch", visit.clone(), &[("purpose", "")], None),
        ("the first batch of a view", visit.clone().batch(0), none, None),
        ("the same batch again", visit.batch(0), none, Some(DropReason::Repeated)),
    ];
    let expected_kept = cases.iter().filter(|case| case.3.is_none()).count();
    for (what, beacon, headers, reason) in &cases {
        let mut request = app.beacon_request(beacon);
        for (name, value) in *headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect(202, what);
        assert_eq!(answer.header("x-heatline-dropped"), reason.map(DropReason::as_str), "{what}");
        if reason.is_some() {
            assert_eq!(
                answer.header("access-control-expose-headers"),
                Some("Retry-After, X-Heatline-Dropped"),
                "{what}"
            );
        }
    }
    app.flushed().await;
    let metrics = app.metrics().await;
    for reason in DropReason::ALL {
        let expected = cases.iter().filter(|case| case.3 == Some(reason)).count();
        assert!(expected > 0, "no case for {}", reason.as_str());
        assert_eq!(metrics.events("dropped", reason.as_str()), expected as u64, "{}", reason.as_str());
    }
    assert_eq!(metrics.events("accepted", ""), expected_kept as u64);
    assert_eq!(app.cell("SELECT count() FROM events").await, json!(expected_kept));
    app.stop().await;
}

#[tokio::test]
async fn outcomes_add_up_to_what_was_sent() {
    let app = TestApp::start().await;
    app.accepted(&a_beacon().events(every_kind_of_event())).await;
    app.beacon(&a_beacon().events(every_kind_of_event()).from(a_visitor().user_agent(GOOGLEBOT))).await;
    app.beacon(&a_pageview("/").site("unknown.example")).await;
    app.post("/api/beacon").text("{").send().await.problem(400, "malformed", "half a beacon");
    app.pixel(&a_visitor(), "site=demo.example&url=https://demo.example/").await.expect(200, "the pixel");
    let body = json!({"n": "pageview", "u": "https://demo.example/", "d": "demo.example,unknown.example"});
    app.event_request(&a_visitor(), &body).send().await.expect(202, "an event for two sites");

    let metrics = app.metrics().await;
    assert_eq!(metrics.events("accepted", ""), 8 + 1 + 1);
    assert_eq!(metrics.events("dropped", "bot"), 8);
    assert_eq!(metrics.events("dropped", "unknown_site"), 2);
    assert_eq!(metrics.events("rejected", ""), 1, "a refused request counts as one");
    assert_eq!(metrics.events("unavailable", ""), 0);
    assert_eq!(metrics.all_events(), 21);
    app.flushed().await;
    assert_eq!(app.metrics().await.value("shipped_rows_total"), 10);
    app.stop().await;
}

#[tokio::test]
async fn what_a_tracker_tells_by_itself_is_masked_whoever_sent_it() {
    let app = TestApp::start().await;
    let sent = json!({"url": "https://a.example/u/ivan%40example.com?to=ivan@example.com&n=1"});
    let kept = json!({"url": "https://a.example/u/:email?to=:email&n=1"});
    let event = |name: &str| json!({"type": "event", "name": name, "props": sent});
    app.accepted(&a_beacon().event(event("Outbound Link: Click")).event(event("My link"))).await;
    let plausible = json!({"n": "Outbound Link: Click", "d": SITE, "u": format!("https://{SITE}/"), "p": sent});
    app.event_request(&a_visitor(), &plausible).send().await.expect(202, "Plausible's");
    app.flushed().await;
    let rows = app.rows("SELECT name, props FROM events ORDER BY name").await;
    let expected = json!([["My link", sent], ["Outbound Link: Click", kept], ["Outbound Link: Click", kept]]);
    assert_eq!(json!(rows), expected);
    app.stop().await;
}

#[tokio::test]
async fn a_goodbye_leaves_no_row() {
    let app = TestApp::start().await;
    app.accepted(&a_pageview("/").event(json!({"type": "leave"}))).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT groupArray(toString(kind)) FROM events").await, json!(["pageview"]));
    app.stop().await;
}

#[tokio::test]
async fn a_full_spool_takes_nothing_and_asks_to_come_back() {
    // Room for a few rows, not for a hundred.
    let app = TestApp::start_empty(|config| config.spool_bytes = 700).await;
    app.add_site(SITE).await;
    app.add_site_with("other.example", "UTC", json!({"hostnames": ["*"]})).await;
    let many = a_beacon().events((0..100).map(|_| json!({"type": "pageview"})));
    let answer = app.beacon_request(&many).send_to_a_troubled_service().await;
    answer.problem(503, "unavailable", "more than the spool holds");
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);

    let domains = ["other.example"; 10].join(",");
    let props: Value =
        (0..30).map(|n| (n.to_string(), "x".repeat(30).into())).collect::<serde_json::Map<_, _>>().into();
    let body = json!({"n": "Buy", "u": "https://demo.example/", "d": domains, "p": props});
    let answer = app.event_request(&a_visitor(), &body).send_to_a_troubled_service().await;
    answer.problem(503, "unavailable", "an event for more sites than the spool holds");

    let metrics = app.metrics().await;
    assert_eq!(metrics.events("unavailable", ""), 110);
    assert_eq!(metrics.events("accepted", ""), 0);
    assert_eq!(app.live(SITE).await["visitors"], 0);
    assert_eq!(app.live("other.example").await["visitors"], 0);
    app.accepted(&a_pageview("/")).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 1, "what fits is taken again");
    app.stop().await;
}

#[tokio::test]
async fn the_largest_beacon_that_is_allowed_is_accepted_whole() {
    let app = TestApp::start().await;
    let mut beacon = a_beacon().events((0..100).map(|_| json!({"type": "pageview"})));
    let room = 64 * 1024 - beacon.body.to_string().len() - r#","later":"""#.len();
    beacon.body["later"] = "x".repeat(room).into();
    assert_eq!(beacon.body.to_string().len(), 64 * 1024);
    app.accepted(&beacon).await;
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events").await, 100);
    app.stop().await;
}

#[tokio::test]
async fn a_beacon_is_read_however_a_browser_dresses_it() {
    let app = TestApp::start().await;
    let body = a_pageview("/").body.to_string();
    let with_mark = format!("\u{feff}{body}");
    let from_the_future = body.replacen('{', r#"{"unknown":{"a":[1,2,{"b":null}]},"#, 1);
    let cases: [(&str, Option<&str>, &str); 6] = [
        ("as sendBeacon sends text", Some("text/plain;charset=UTF-8"), &body),
        ("as JSON", Some("application/json"), &body),
        ("in capitals", Some("Application/JSON; Charset=utf-8"), &body),
        ("without a type", None, &body),
        ("with a byte order mark", Some("text/plain"), &with_mark),
        ("with a field of a newer tracker", Some("text/plain"), &from_the_future),
    ];
    for (what, content_type, body) in &cases {
        let request = app.post("/api/beacon").visitor(&a_visitor());
        let request = match content_type {
            Some(content_type) => request.body(content_type, (*body).to_owned()),
            None => request.bare_body((*body).to_owned()),
        };
        let answer = request.send().await.expect(202, what);
        assert_eq!(answer.header("x-heatline-dropped"), None, "{what}");
    }
    assert_eq!(app.metrics().await.events("accepted", ""), cases.len() as u64);
    app.stop().await;
}

#[tokio::test]
async fn odd_values_are_stored_in_one_canonical_form() {
    let app = TestApp::start().await;
    let cases = [
        ("dots", "https://demo.example/a/../b/./c", "/b/c"),
        ("escaped dots", "https://demo.example/a/%2e%2e/b", "/b"),
        ("dots above the root", "https://demo.example/../../etc/passwd", "/etc/passwd"),
        ("two slashes", "https://demo.example//evil.example/x", "/evil.example/x"),
        ("a backslash", "https://demo.example/\\evil", "/evil"),
        ("a bad escape", "https://demo.example/%zz", "/%zz"),
        ("capitals, a port and a dot", "HTTPS://DEMO.Example.:443/A", "/A"),
        ("escaped control characters", "https://demo.example/a%1B[2J%0D%0Ab", "/a%1B[2J%0D%0Ab"),
        ("an escaped NUL", "https://demo.example/a%00b", "/a%00b"),
        ("markup", "https://demo.example/<script>alert(1)</script>", "/<script>alert(1)</script>"),
        ("a formula", "https://demo.example/=cmd|'%20/C%20calc'!A0", "/=cmd|' /C calc'!A0"),
        ("an e-mail address", "https://demo.example/users/ann@mail.example/edit", "/users/:email/edit"),
        ("the last character there is", "https://demo.example/\u{10ffff}", "/\u{10ffff}"),
        ("a query and a fragment", "https://demo.example/a?email=ann@mail.example#x", "/a"),
        ("user and password", "https://ann:secret@demo.example/b", "/b"),
    ];
    for (view, (_, url, _)) in (1..).zip(cases) {
        app.accepted(&a_beacon().view(view).url(url).event(json!({"type": "pageview"}))).await;
    }
    app.flushed().await;
    let rows = app.rows("SELECT hostname, pathname FROM events ORDER BY view_id").await;
    assert_eq!(rows.len(), cases.len());
    for (row, (what, url, pathname)) in rows.iter().zip(cases) {
        assert_eq!(json!(row), json!([SITE, pathname]), "{what}: {url}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_site_may_have_a_name_in_any_script() {
    let app = TestApp::start_empty(|_| {}).await;
    let site = "пример.бг";
    app.add_site(site).await;
    for url in ["https://пример.бг/начало", "https://www.xn--e1afmkfd.xn--90ae/начало"] {
        app.accepted(&a_beacon().site("Пример.БГ").url(url).event(json!({"type": "pageview"}))).await;
    }
    app.flushed().await;
    assert_eq!(app.live("%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D0%B1%D0%B3").await["visitors"], 1);
    let body = json!({"site_id": site, "metrics": ["pageviews"], "date_range": "day", "dimensions": ["event:page"]});
    assert_eq!(app.query(&body).await["results"], json!([{"dimensions": ["/начало"], "metrics": [2]}]));
    app.stop().await;
}

#[tokio::test]
async fn beacons_that_come_at_once_are_each_counted_once() {
    const EACH: u64 = 60;
    let app = TestApp::start().await;
    let send = async |first: u64| {
        for view in first..first + EACH {
            let visitor = a_visitor().number(u8::try_from(view % 8).unwrap());
            app.accepted(&a_pageview("/").view(view).event(json!({"type": "scroll", "depth": 9})).from(visitor)).await;
        }
    };
    tokio::join!(send(1000), send(2000), send(3000), send(4000));
    app.flushed().await;
    assert_eq!(app.metrics().await.events("accepted", ""), 8 * EACH);
    let stored =
        app.rows("SELECT count(), uniqExact(view_id), uniqExact(session_id), uniqExact(visitor_id) FROM events");
    assert_eq!(json!(stored.await), json!([[4 * EACH, 4 * EACH, 8, 8]]), "no visitor has two sessions");
    assert_eq!(app.cell("SELECT count() FROM scrolls").await, 4 * EACH);
    assert_eq!(app.live(SITE).await["visitors"], 8);
    app.stop().await;
}

#[tokio::test]
async fn a_click_beyond_the_page_is_put_on_its_edge() {
    let app = TestApp::start().await;
    let click = |at: [u32; 2], flags: u16| json!({"type": "click", "element": "body", "fraction": [0, 65535], "at": at, "flags": flags});
    app.accepted(&a_beacon().event(click([5000, 9000], 0)).event(click([5000, 9000], 1))).await;
    app.flushed().await;
    let places = app.rows("SELECT x, y FROM clicks ORDER BY flags").await;
    assert_eq!(json!(places), json!([[1280, 4000], [1280, 720]]), "of the page, and of the window where fixed");
    app.stop().await;
}

#[tokio::test]
async fn events_are_dated_back_by_what_the_browser_says_within_half_an_hour() {
    let app = TestApp::start().await;
    let before = jiff::Timestamp::now().as_millisecond();
    let events = [0, 60_000, 1_800_000, 1_800_001, u64::MAX].map(|ago| json!({"type": "pageview", "ago": ago}));
    app.accepted(&a_beacon().events(events)).await;
    let after = jiff::Timestamp::now().as_millisecond();
    app.flushed().await;
    let times = app.rows("SELECT toUnixTimestamp64Milli(at) FROM events ORDER BY at").await;
    let times: Vec<i64> = times.iter().map(|row| row[0].as_i64().unwrap()).collect();
    for (time, ago) in times.iter().zip([1_800_000, 60_000, 0, 0, 0]) {
        assert!((before - ago..=after - ago).contains(time), "{times:?} at {before}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_layout_is_asked_for_until_the_page_is_known_at_that_width() {
    let app = TestApp::start().await;
    let dialog = json!({"type": "layout", "complete": false, "boxes": []});
    app.accepted(&a_beacon().events(vec![dialog; 20])).await;
    let layout = json!({"type": "layout", "complete": true, "boxes": []});
    for sample in 0..8 {
        let answer = app.beacon(&a_pageview("/")).await;
        assert_eq!(answer.json(), json!({"layout": true}), "before sample {sample}");
        let sent = app.beacon(&a_beacon().event(layout.clone())).await;
        assert_eq!(sent.json(), json!({}), "a sample is not asked for in return of a sample");
    }
    assert_eq!(app.beacon(&a_pageview("/")).await.json(), json!({}));
    let on_a_phone = a_pageview("/").sizes([390, 844], [390, 9000]).from(a_visitor().user_agent(SAFARI_ON_IPHONE));
    assert_eq!(app.beacon(&on_a_phone).await.json(), json!({"layout": true}), "another width");
    assert_eq!(app.beacon(&a_pageview("/b")).await.json(), json!({"layout": true}), "another page");
    let bot = a_pageview("/c").from(a_visitor().user_agent(GOOGLEBOT));
    assert_eq!(app.beacon(&bot).await.json(), json!({}), "a robot is never asked");
    app.stop().await;
}

#[tokio::test]
async fn the_pixel_counts_a_pageview_without_scripts() {
    let app = TestApp::start().await;
    let url = "https%3A%2F%2Fdemo.example%2Fnoscript%3Futm_source%3Dmail";
    let answer = app.pixel(&a_visitor(), &format!("site={SITE}&url={url}")).await.expect(200, "the pixel");
    assert_eq!(answer.header("content-type"), Some("image/gif"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert!(answer.body.starts_with(b"GIF89a") && answer.body.ends_with(b";"));
    let dropped = app.pixel(&a_visitor(), &format!("site=unknown.example&url={url}")).await;
    assert_eq!((dropped.status, dropped.header("x-heatline-dropped")), (200, Some("unknown_site")));
    assert_eq!(dropped.body, answer.body, "the picture comes whatever becomes of the event");
    app.flushed().await;
    let rows = app.rows("SELECT toString(kind), pathname, utm_source FROM events").await;
    assert_eq!(json!(rows), json!([["pageview", "/noscript", "mail"]]));
    app.stop().await;
}

#[tokio::test]
async fn any_origin_may_send_and_is_told_so() {
    let app = TestApp::start().await;
    for path in ["/api/beacon", "/api/event"] {
        let preflight = app
            .request(reqwest::Method::OPTIONS, path)
            .header("origin", "https://demo.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        let answer = preflight.send().await.expect(204, path);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"), "{path}");
        assert_eq!(answer.header("access-control-allow-headers"), Some("content-type"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}: never with cookies");
    }
    let answer = app.beacon_request(&a_pageview("/")).header("origin", "https://demo.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let refused = app.post("/api/beacon").header("origin", "https://demo.example").text("{").send().await;
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "a refusal can be read too");
    app.stop().await;
}
