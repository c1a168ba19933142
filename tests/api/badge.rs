//! The public badges: numbers of a site whose owner wants them shown, as a picture that works everywhere.

use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{Answer, PATIENCE, SITE, TestApp, Visitor, a_pageview, a_visitor, eventually};

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

/// `GET /badge/{site}.json`
async fn document(app: &TestApp, query: &str) -> Value {
    app.get(&format!("/badge/{SITE}.json?{query}")).send().await.expect(200, query).json()
}

fn size_of_png(answer: &Answer) -> (u32, u32) {
    assert_eq!(answer.header("content-type"), Some("image/png"));
    let info = png::Decoder::new(std::io::Cursor::new(&answer.body)).read_info().unwrap().info().clone();
    (info.width, info.height)
}

#[tokio::test]
async fn a_badge_comes_as_a_png_of_any_scale_and_as_a_document() {
    let app = start().await;
    app.accepted(&a_pageview("/")).await;
    let png = async |query: &str| {
        size_of_png(&app.get(&format!("/badge/{SITE}.png?{query}")).send().await.expect(200, query))
    };
    let (width, height) = png("").await;
    assert!((40..120).contains(&width) && height == 20, "{width} × {height}");
    assert_eq!(png("scale=2").await, (width * 2, 40));
    for style in ["pill", "retro", "digits", "sparkline", "flags"] {
        let (width, height) = png(&format!("style={style}&label=%D8%A7%D9%84%D8%B2%D9%88%D8%A7%D8%B1")).await;
        assert!(width > 20 && height > 20, "{style}");
    }
    let found = document(&app, "lang=bg").await;
    assert_eq!((&found["label"], &found["message"], &found["value"]), (&json!("на линия"), &json!("1"), &json!(1)));
    assert_eq!((&found["site"], &found["show"], &found["schemaVersion"]), (&json!(SITE), &json!("online"), &json!(1)));
    app.get(&format!("/badge/{SITE}.gif")).send().await.problem(404, "not_found", "an ending that is none");
    for (query, parameter) in
        [("style=plastic", "style"), ("shwo=today", "shwo"), ("path=a", "path"), ("count=1", "count")]
    {
        let problem = app.badge(SITE, query).await.problem(400, "invalid", query);
        assert_eq!(problem["errors"][0]["pointer"], parameter, "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_badge_tells_of_a_page_a_period_and_what_is_counted() {
    let app = start().await;
    for number in 1..=3 {
        app.accepted(&a_pageview("/a").from(a_visitor().number(number))).await;
        app.accepted(&a_pageview("/a").view(u64::from(number)).from(a_visitor().number(number))).await;
    }
    app.accepted(&a_pageview("/b").from(a_visitor().number(3))).await;
    app.flushed().await;
    let cases = [
        ("show=today", 3),
        ("show=today&metric=views", 7),
        ("show=week&path=/a", 3),
        ("show=month&path=/b&metric=views", 1),
        ("show=yesterday", 0),
        ("show=views", 7),
        ("show=views&path=/a", 6),
        ("show=total&metric=visitors", 3),
        ("show=total&path=/nowhere", 0),
        ("path=/b", 1),
        ("path=/nowhere", 0),
    ];
    for (query, expected) in cases {
        assert_eq!(document(&app, query).await["value"], expected, "{query}");
    }
    let spark = document(&app, "show=week&style=sparkline&metric=views").await;
    assert_eq!(spark["series"], json!([0, 0, 0, 0, 0, 0, 7]), "{spark}");
    let hours = document(&app, "style=sparkline").await;
    assert_eq!(
        hours["series"].as_array().unwrap().iter().map(|hour| hour.as_u64().unwrap()).sum::<u64>(),
        3,
        "{hours}"
    );
    app.stop().await;
}

#[tokio::test]
async fn an_old_count_goes_on_and_nobody_adds_to_it_where_the_owner_forbids() {
    let app = start().await;
    app.accepted(&a_pageview("/")).await;
    app.flushed().await;
    assert_eq!(document(&app, "show=total&seed=18814").await["value"], 18_815);
    app.change_site(SITE, json!({"seed_count": 1000})).await;
    assert_eq!(document(&app, "show=total").await["value"], 1001);
    assert_eq!(document(&app, "show=total&seed=10").await["value"], 1011);
    assert_eq!(document(&app, "show=total&path=/").await["value"], 1, "a page is not the whole");
    assert_eq!(document(&app, "show=today").await["value"], 1, "a day is not the whole");
    app.change_site(SITE, json!({"seed_in_url": false})).await;
    let refused = app.badge(SITE, "show=total&seed=10").await.problem(400, "invalid", "a seed of a stranger");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("switched off"), "{refused}");
    assert_eq!(document(&app, "show=total").await["value"], 1001);
    app.stop().await;
}

#[tokio::test]
async fn flags_name_only_countries_of_several_visitors() {
    let app = start().await;
    for number in 1..=5 {
        app.accepted(&a_pageview("/").from(a_visitor().address(&format!("8.8.8.{number}")))).await;
    }
    app.accepted(&a_pageview("/").from(a_visitor().address("88.80.96.1"))).await;
    app.flushed().await;
    for query in ["show=month&style=flags", "style=flags"] {
        let found = document(&app, query).await;
        assert_eq!(found["countries"], json!([{"country": "US", "value": 5}]), "{query}");
        assert_eq!((&found["others"], &found["value"]), (&json!(1), &json!(6)), "{query}");
    }
    app.change_site(SITE, json!({"public_map_min_visitors": 1})).await;
    let all = document(&app, "show=today&style=flags").await;
    assert_eq!((all["countries"].as_array().unwrap().len(), &all["others"]), (2, &json!(0)), "{all}");
    let svg = app.badge(SITE, "show=today&style=flags").await;
    assert!(svg.text().matches("<path").count() > 5, "flags are drawn: {}", svg.text());
    app.stop().await;
}

#[tokio::test]
async fn a_picture_cannot_act_and_says_how_long_it_is_good() {
    let app = start().await;
    let cases = [
        ("svg", "", "public, max-age=5, no-cache"),
        ("svg", "show=today", "public, max-age=60"),
        ("png", "show=yesterday", "public, max-age=300"),
        ("json", "show=week", "public, max-age=60"),
    ];
    for (ending, query, cache) in cases {
        let path = format!("/badge/{SITE}.{ending}?{query}");
        let badge = app.get(&path).send().await.expect(200, &path);
        assert_eq!(badge.header("cache-control"), Some(cache), "{path}");
        assert_eq!(badge.header("content-security-policy"), Some("default-src 'none'; sandbox"), "{path}");
        assert_eq!(badge.header("cross-origin-resource-policy"), Some("cross-origin"), "{path}");
        assert_eq!(badge.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(badge.header("x-content-type-options"), Some("nosniff"), "{path}");
        let etag = badge.header("etag").unwrap().to_owned();
        let again = app.get(&path).header("if-none-match", &etag).send().await.expect(304, &path);
        assert!(again.body.is_empty() && again.header("etag") == Some(&etag), "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_badge_counts_who_looks_where_the_owner_wants_it_and_each_look_once() {
    let app = start().await;
    let look = async |visitor: Visitor, query: &str| {
        app.get(&format!("/badge/{SITE}.svg?{query}")).visitor(&visitor).send().await
    };
    look(a_visitor(), "count=1&path=/readme").await.problem(400, "invalid", "the owner did not ask for it");
    app.change_site(SITE, json!({"counting_badge": true})).await;
    let seen = look(a_visitor(), "count=1&path=/readme").await.expect(200, "a look");
    assert_eq!(seen.header("cache-control"), Some("no-cache, no-store, must-revalidate, max-age=0"));
    look(a_visitor(), "count=1&path=/readme").await.expect(200, "the same look of a proxy that asks twice");
    look(a_visitor().number(2), "path=/readme").await.expect(200, "a look that asks for nothing");
    look(a_visitor().number(3), "count=1&path=/readme").await.expect(200, "another visitor");
    let bot = a_visitor().user_agent("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
    look(bot, "count=1&path=/readme").await.expect(200, "a bot sees the picture");
    let camo = a_visitor().address("140.82.115.1").user_agent("github-camo (c006e452)");
    look(camo.clone(), "count=1&path=/readme").await.expect(200, "GitHub fetches it for somebody");
    let head = app.request(reqwest::Method::HEAD, &format!("/badge/{SITE}.svg?count=1&path=/readme"));
    head.visitor(&a_visitor().number(4)).send().await.expect(200, "a look at the headers");
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events WHERE pathname = '/readme'").await, json!(3));
    tokio::time::sleep(Duration::from_millis(2100)).await;
    look(camo, "count=1&path=/readme").await.expect(200, "GitHub fetches it for somebody else");
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events WHERE pathname = '/readme'").await, json!(4));
    app.stop().await;
}

#[tokio::test]
async fn goatcounters_addresses_work_with_our_host() {
    let app = start().await;
    for number in 1..=2 {
        app.accepted(&a_pageview("/a").from(a_visitor().number(number))).await;
    }
    app.flushed().await;
    let counter = async |path: &str| app.get(path).send().await;
    let found = counter(&format!("/counter/%2Fa.json?site={SITE}")).await.expect(200, "a page").json();
    assert_eq!(found, json!({"count": "2", "count_unique": "2", "value": 2, "value_unique": 2}));
    let total =
        counter(&format!("/counter/TOTAL.json?site={SITE}&start=week&rnd=abc")).await.expect(200, "the site").json();
    assert_eq!(total["value"], 2);
    counter("/counter/TOTAL.json").await.expect(200, "the only site that shows badges needs no name");
    let never = counter(&format!("/counter//never.json?site={SITE}")).await.expect(404, "a page that nobody saw");
    assert_eq!(never.json()["count"], "0");
    let earlier =
        counter(&format!("/counter/TOTAL.json?site={SITE}&end=2020-01-01")).await.expect(404, "before the site");
    assert_eq!(earlier.json()["value"], 0);
    counter(&format!("/counter/TOTAL.json?site={SITE}&start=yesterweek")).await.problem(400, "invalid", "no date");
    let svg = counter(&format!("/counter//a.svg?site={SITE}&no_branding=1&style=x")).await.expect(200, "a picture");
    assert!(svg.text().contains(">Views<") && svg.text().contains(">2<"), "{}", svg.text());
    size_of_png(&counter(&format!("/counter/TOTAL.png?site={SITE}")).await.expect(200, "a PNG"));
    app.stop().await;
}

#[tokio::test]
async fn busuanzis_script_calls_the_page_and_nothing_else() {
    let app = start().await;
    app.change_site(SITE, json!({"counting_badge": true})).await;
    let ask = async |visitor: u8, query: &str| {
        let request = app.get(&format!("/busuanzi?{query}")).visitor(&a_visitor().number(visitor));
        request.header("referer", &format!("https://{SITE}/post?x=1")).send().await
    };
    ask(1, "jsonpCallback=BusuanziCallback_1").await.expect(200, "the first look");
    app.flushed().await;
    let answer = ask(2, "jsonpCallback=BusuanziCallback_42").await.expect(200, "the second look");
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let text = answer.text();
    let data = text.strip_prefix("try{BusuanziCallback_42(").and_then(|rest| rest.strip_suffix(");}catch(e){}"));
    let data: Value = serde_json::from_str(data.unwrap_or_else(|| panic!("{text}"))).unwrap();
    assert!(data["site_pv"].is_u64() && data["site_uv"].is_u64() && data["page_pv"].is_u64(), "{data}");
    app.flushed().await;
    assert_eq!(app.cell("SELECT count() FROM events WHERE pathname = '/post'").await, json!(2));
    for callback in ["alert(1)//", "a.b", "%3C/script%3E", "a%0Ab", ""] {
        ask(1, &format!("jsonpCallback={callback}")).await.problem(400, "invalid", callback);
    }
    let json = ask(1, "").await.expect(200, "without a function");
    assert_eq!(json.header("content-type"), Some("application/json"));
    app.stop().await;
}

#[tokio::test]
async fn hits_counters_work_with_our_host() {
    let app = start().await;
    app.change_site(SITE, json!({"counting_badge": true, "hostnames": [SITE, "github.com"]})).await;
    let ask = async |path: &str| app.get(path).visitor(&a_visitor()).send().await.expect(200, path);
    ask("/hits/github.com/ann/tool.svg").await;
    app.flushed().await;
    let views = "SELECT count() FROM events WHERE pathname = '/ann/tool'";
    assert_eq!(app.cell(views).await, json!(1));
    let looked = ask("/hits/github.com/ann/tool.svg?action=view&label=hits&color=79C83D&view=today-total").await;
    assert!(looked.text().contains(">1 / 1<"), "{}", looked.text());
    let kept =
        ask("/api/count/keep/badge.svg?url=https%3A%2F%2Fgithub.com%2Fann%2Ftool&title=looks&count_bg=%2379C83D&icon=")
            .await;
    assert!(kept.text().contains(">looks<") && kept.text().contains("#79c83d"), "{}", kept.text());
    ask(&format!("/hits/{SITE}/docs/start.svg")).await;
    ask(&format!("/api/count/incr/badge.svg?url={SITE}/docs/end")).await;
    app.flushed().await;
    assert_eq!(app.cell(views).await, json!(1), "looking only does not count");
    assert_eq!(app.cell("SELECT count() FROM events WHERE pathname LIKE '/docs/%'").await, json!(2));
    app.stop().await;
}

#[tokio::test]
async fn no_foreign_address_tells_of_a_site_that_shows_nothing() {
    let app = TestApp::start().await;
    app.add_site("other.example").await;
    for address in [
        "/badge/NAME.png",
        "/badge/NAME.json",
        "/counter/TOTAL.json?site=NAME",
        "/counter/TOTAL.svg?site=NAME",
        "/busuanzi?site=NAME",
        "/busuanzi?url=https://NAME/",
        "/hits/NAME/a.svg",
        "/api/count/incr/badge.svg?url=https://NAME/a",
        "/live/NAME/count",
    ] {
        let ask = async |name: &str| app.get(&address.replace("NAME", name)).send().await;
        let hidden = ask(SITE).await;
        hidden.problem(404, "site_not_found", address);
        assert_eq!(hidden.body, ask("missing.example").await.body, "{address}");
    }
    app.get("/counter/TOTAL.json").send().await.problem(404, "site_not_found", "no site shows badges");
    app.stop().await;
}

#[tokio::test]
async fn the_widget_is_told_the_number_and_nothing_else() {
    let app = start().await;
    let mut stream = app.stream(&format!("/live/{SITE}/count?path=/a"), "").await;
    let first = stream.next(PATIENCE).await.unwrap();
    assert_eq!((first.event.as_str(), first.data), ("count", json!({"online": 0, "page": 0})));
    app.accepted(&a_pageview("/a").from(a_visitor().number(1))).await;
    let second = stream.next(Duration::from_secs(1)).await.expect("a number within a second");
    assert_eq!(second.data, json!({"online": 1, "page": 1}));
    for number in 2..=9 {
        app.accepted(&a_pageview("/b").from(a_visitor().number(number))).await;
    }
    let mut messages = 0;
    let mut last = second.data;
    while last != json!({"online": 9, "page": 1}) {
        last = stream.next(PATIENCE).await.expect("the latest number").data;
        messages += 1;
    }
    assert!(messages <= 2, "eight visitors at once were told in {messages} messages");
    let plain = app.stream(&format!("/live/{SITE}/count"), "").await.next(PATIENCE).await.unwrap();
    assert_eq!(plain.data, json!({"online": 9}));
    app.stop().await;
}

#[tokio::test]
async fn one_network_cannot_have_pictures_drawn_without_end() {
    let app = start().await;
    let draw = async |number: u32| app.badge(SITE, &format!("label=l{number}")).await.status;
    assert_eq!(draw(0).await, 200);
    let mut statuses = Vec::new();
    for round in 0..60 {
        let mut asked = tokio::task::JoinSet::new();
        for number in 1..=100 {
            asked.spawn(app.get(&format!("/badge/{SITE}.svg?label=l{}", round * 100 + number)).send());
        }
        statuses.extend(asked.join_all().await.into_iter().map(|answer| answer.status));
        if statuses.contains(&429) {
            break;
        }
    }
    assert!(statuses.contains(&429), "{} pictures were drawn", statuses.len());
    assert!(statuses.iter().filter(|status| **status == 200).count() > 900, "{}", statuses.len());
    let known = app.badge(SITE, "label=l0").await.expect(200, "what was drawn before costs nothing");
    assert!(known.text().contains("l0"));
    eventually("it can draw again", PATIENCE, async || (draw(9_999).await == 200).then_some(())).await;
    app.stop().await;
}
