//! Heat maps of every kind: what became of clicks, who they were of, what changed, and what was on screen.

use serde_json::{Value, json};

use crate::{
    helpers::{Answer, Beacon, SITE, TestApp, a_beacon, a_visitor, beacon::SAFARI_ON_IPHONE},
    shared_links::{share, token_of},
};

const RAGE: u16 = 8;
const DEAD: u16 = 16;
const ERROR: u16 = 32;
const FOLLOW_UP: u16 = 128;

fn boxes() -> Value {
    json!([
        ["body", "body", "", 0, 0, 1280, 3000, 0],
        ["#menu", "nav", "", 0, 0, 1280, 60, 5],
        ["main", "main", "", 0, 60, 1280, 2800, 4],
        ["#buy", "a", "button", 800, 300, 200, 50, 2],
        ["#terms", "a", "", 100, 2700, 200, 30, 2],
    ])
}

fn on_page(beacon: Beacon) -> Beacon {
    beacon.path("/shop").sizes([1280, 720], [1280, 3000])
}

fn a_view() -> Beacon {
    on_page(a_beacon()).event(json!({"type": "pageview"}))
}

fn click(element: &str, flags: u16) -> Value {
    json!({
        "type": "click", "element": element, "fraction": [32_768, 32_768], "at": [900, 325], "size": [200, 50],
        "since": 4_000, "flags": flags,
    })
}

fn in_state(mut event: Value, state: u32) -> Value {
    event["state"] = state.into();
    event
}

/// A service that knows the page, from one view that did nothing else.
async fn start_with_page() -> TestApp {
    let app = TestApp::start().await;
    app.accepted(&a_view().event(json!({"type": "layout", "complete": true, "boxes": boxes()}))).await;
    app
}

async fn elements(app: &TestApp, query: &str) -> Value {
    let path = format!("/api/v1/sites/{SITE}/elements?path=/shop&{query}");
    app.get(&path).key(&app.key).send().await.expect(200, query).json()
}

fn document(app: &TestApp, name: &str, query: &str) -> crate::helpers::api::Request {
    app.get(&format!("/api/v1/sites/{SITE}/{name}?{query}")).key(&app.key)
}

#[tokio::test]
async fn what_became_of_a_click_is_drawn_on_its_own_map_and_counted_once() {
    let app = start_with_page().await;
    // A burst of four: the first two are told again when the third makes it one; one came to nothing, one ended in an error.
    let burst = [0, 0, RAGE, RAGE, FOLLOW_UP | RAGE, FOLLOW_UP | RAGE, FOLLOW_UP | DEAD];
    app.accepted(&a_view().events(burst.map(|flags| click("#buy", flags)))).await;
    app.accepted(&a_view().events([0, FOLLOW_UP | ERROR].map(|flags| click("#terms", flags)))).await;
    app.flushed().await;
    for (kind, clicks, element) in
        [("click", 5, "#buy"), ("rage", 4, "#buy"), ("dead", 1, "#buy"), ("error", 1, "#terms")]
    {
        let map = app.heatmap_json(SITE, &format!("path=/shop&kind={kind}")).await;
        let told = (&map["kind"], &map["clicks"], &map["elements"][0]["element"]);
        assert_eq!(told, (&json!(kind), &json!(clicks), &json!(element)), "{kind}");
        let numbers = ["rage", "dead", "error"].map(|name| map["elements"][0][name].as_u64().unwrap());
        assert_eq!(numbers, if element == "#buy" { [4, 1, 0] } else { [0, 0, 1] }, "{kind}");
        document(&app, "heatmap.png", &format!("path=/shop&kind={kind}")).send().await.expect(200, kind);
    }
    let pages = app.pages(SITE).await;
    assert_eq!(
        pages["pages"][0],
        json!({"path": "/shop", "views": 3, "clicks": 5, "rage": 4, "dead": 1, "widths": [1280]})
    );
    app.stop().await;
}

#[tokio::test]
async fn the_ledger_tells_rates_among_the_views_that_had_an_element_on_screen() {
    let app = start_with_page().await;
    let saw = |share: usize| {
        let exposure: Vec<u32> = (0..100).map(|band| if band < share { 500 } else { 0 }).collect();
        json!({"type": "scroll", "depth": 30 * share, "exposure": exposure})
    };
    for _ in 0..6 {
        app.accepted(&a_view().event(saw(25))).await;
    }
    for _ in 0..2 {
        app.accepted(&a_view().event(saw(25)).event(click("#buy", 0)).event(click("#buy", 0))).await;
    }
    for visitor in 1..=4u8 {
        let beacon = a_view().event(saw(100)).event(click("#terms", 0));
        app.accepted(&beacon.from(a_visitor().number(visitor))).await;
    }
    app.flushed().await;
    let report = elements(&app, "").await;
    assert_eq!((&report["path"], &report["views"]), (&json!("/shop"), &json!(13)));
    let told = |at: usize| {
        let element = &report["elements"][at];
        ["element", "views", "exposed", "clicks", "click_rate", "median_first_click_ms"]
            .map(|name| element[name].clone())
    };
    assert_eq!(told(0), [json!("#buy"), json!(2), json!(12), json!(4), json!(0.166_667), json!(4000)]);
    assert_eq!(told(1), [json!("#terms"), json!(4), json!(4), json!(4), json!(1.0), json!(4000)]);
    let map = app.heatmap_json(SITE, "path=/shop&kind=element").await;
    assert_eq!(map["elements"][0]["click_rate"], 0.166_667);
    document(&app, "heatmap.png", "path=/shop&kind=element").send().await.expect(200, "the picture");
    document(&app, "elements", "path=/nowhere").send().await.problem(404, "no_data", "a page that nobody saw");
    app.stop().await;
}

#[tokio::test]
async fn a_map_is_of_the_visits_that_meet_the_filters() {
    let app = start_with_page().await;
    let from = |source: &str, visitor: u8, element: &str| {
        let beacon =
            a_beacon().url(&format!("https://{SITE}/shop?utm_source={source}")).sizes([1280, 720], [1280, 3000]);
        beacon.event(json!({"type": "pageview"})).event(click(element, 0)).from(a_visitor().number(visitor))
    };
    app.accepted(&from("news", 1, "#buy")).await;
    app.accepted(&from("ads", 2, "#terms")).await;
    app.flushed().await;
    let filters = |source: &str| format!(r#"filters=[["is","visit:utm_source",["{source}"]]]"#);
    for (source, element, views) in [("news", "#buy", 1), ("ads", "#terms", 1)] {
        let map = app.heatmap_json(SITE, &format!("path=/shop&{}", filters(source))).await;
        assert_eq!((&map["clicks"], &map["views"]), (&json!(1), &json!(views)), "{source}");
        assert_eq!(map["elements"][0]["element"], element, "{source}");
        assert_eq!(elements(&app, &filters(source)).await["elements"][0]["element"], element, "{source}");
    }
    document(&app, "heatmap.json", &format!("path=/shop&{}", filters("nobody")))
        .send()
        .await
        .problem(404, "no_data", "");
    let wrong = document(&app, "heatmap.json", r#"path=/shop&filters=[["is","visit:mood",["good"]]]"#).send().await;
    assert_eq!(wrong.problem(400, "invalid", "no dimension")["errors"][0]["pointer"], "filters");
    app.stop().await;
}

#[tokio::test]
async fn two_segments_are_compared_and_what_differs_is_named() {
    let app = start_with_page().await;
    let from = |visitor: u8, phone: bool| {
        let visitor = a_visitor().number(visitor);
        a_view().from(if phone { visitor.user_agent(SAFARI_ON_IPHONE) } else { visitor })
    };
    for visitor in 0..40 {
        app.accepted(&from(visitor, false).event(click("#buy", 0)).event(click("#menu", 0))).await;
        app.accepted(&from(visitor, true).event(click("#menu", 0))).await;
    }
    app.flushed().await;
    let query =
        r#"path=/shop&filters=[["is","visit:device",["Desktop"]]]&compare_filters=[["is","visit:device",["Mobile"]]]"#;
    let map = app.heatmap_json(SITE, query).await;
    let compare = &map["compare"];
    // The view that told the layout was at a desk too.
    assert_eq!((&map["views"], &compare["views"]), (&json!(41), &json!(40)));
    assert_eq!((&map["clicks"], &compare["clicks"]), (&json!(80), &json!(40)));
    let told = |at: usize| ["element", "a", "b", "ratio", "changed"].map(|name| compare["elements"][at][name].clone());
    assert_eq!(told(0), [json!("#buy"), json!(40), json!(0), json!(null), json!(true)]);
    assert_eq!(told(1), [json!("#menu"), json!(40), json!(40), json!(0.975_61), json!(false)]);
    assert_eq!(compare["cells"].as_array().unwrap().len(), 2);
    document(&app, "heatmap.png", query).send().await.expect(200, "the picture");

    let before = app.heatmap_json(SITE, "path=/shop&date_range=7d&compare=previous_period").await;
    assert_eq!((&before["compare"]["views"], &before["compare"]["clicks"]), (&json!(0), &json!(0)));
    assert_eq!(before["compare"]["elements"][0]["changed"], false, "no view is nothing to compare with");
    app.stop().await;
}

#[tokio::test]
async fn a_state_of_the_page_has_a_map_of_its_own() {
    let app = start_with_page().await;
    let dialog = json!([
        ["#cookies", "div", "dialog", 300, 500, 600, 200, 64],
        ["#accept", "button", "", 700, 620, 120, 40, 66]
    ]);
    let sample = json!({"type": "layout", "complete": false, "state": 77, "boxes": dialog});
    app.accepted(&a_view().event(sample).event(in_state(click("#accept", 0), 77)).event(click("#buy", 0))).await;
    app.accepted(&a_view().event(in_state(click("#accept", 0), 77))).await;
    app.flushed().await;
    let all = app.heatmap_json(SITE, "path=/shop").await;
    assert_eq!(all["states"], json!([{"id": 77, "element": "#cookies", "clicks": 2}]));
    for (state, clicks, element) in [("any", 3, "#accept"), ("base", 1, "#buy"), ("77", 2, "#accept")] {
        let map = app.heatmap_json(SITE, &format!("path=/shop&state={state}")).await;
        assert_eq!((&map["clicks"], &map["anchored"]), (&json!(clicks), &json!(clicks)), "{state}");
        assert_eq!(map["elements"][0]["element"], element, "{state}");
        assert_eq!(map["states"], all["states"], "{state}: one can go on to the others");
    }
    app.stop().await;
}

#[tokio::test]
async fn rests_of_the_pointer_have_a_map() {
    let app = start_with_page().await;
    let rest = |element: &str, ms: u32| {
        json!({
            "type": "move", "element": element, "fraction": [16_384, 32_768], "at": [850, 325], "size": [200, 50],
            "rest": ms, "flags": 0,
        })
    };
    app.accepted(&a_view().event(rest("#buy", 1500)).event(rest("#terms", 600))).await;
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/shop&kind=move").await;
    assert_eq!((&map["clicks"], &map["cells"][0]), (&json!(2100), &json!([850, 325, 1500])));
    let clicks = app.heatmap_json(SITE, "path=/shop").await;
    assert_eq!(clicks["clicks"], 0, "a rest is no click");
    document(&app, "heatmap.png", "path=/shop&kind=move").send().await.expect(200, "the picture");
    app.stop().await;
}

#[tokio::test]
async fn attention_is_told_of_parts_of_the_page_and_of_landmarks() {
    let app = start_with_page().await;
    for seconds in [2u32, 4] {
        let exposure: Vec<u32> = (0..100).map(|band| if band < 24 { seconds * 1000 } else { 0 }).collect();
        let landmarks = json!([["main", seconds * 1000], ["#menu", 500]]);
        app.accepted(
            &a_view().event(json!({"type": "scroll", "depth": 720, "exposure": exposure, "landmarks": landmarks})),
        )
        .await;
    }
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/shop&kind=attention").await;
    assert_eq!((&map["measured"], &map["bands"][0]["seconds_per_view"]), (&json!(2), &json!(3.0)));
    assert_eq!(map["bands"][24]["seconds_per_view"], 0.0);
    let main = json!({"element": "main", "seconds_per_view": 3.0, "x": 0, "y": 60, "width": 1280, "height": 2800});
    assert_eq!(map["landmarks"][0], main);
    assert_eq!(map["landmarks"][1]["seconds_per_view"], 0.5);
    document(&app, "heatmap.png", "path=/shop&kind=attention").send().await.expect(200, "the picture");
    app.stop().await;
}

#[tokio::test]
async fn pages_of_one_template_have_one_map() {
    let app = start_with_page().await;
    for path in ["/product/1", "/product/2", "/product/2/reviews"] {
        let view = a_beacon().path(path).sizes([1280, 720], [1280, 3000]).event(json!({"type": "pageview"}));
        let layout = json!({"type": "layout", "complete": true, "boxes": boxes()});
        app.accepted(&view.event(layout).event(click("#buy", 0))).await;
    }
    app.flushed().await;
    for (pattern, clicks) in [("/product/*", 2), ("/product/**", 3), ("/*/2", 1)] {
        let map = app.heatmap_json(SITE, &format!("path_pattern={pattern}")).await;
        let told = [&map["path"], &map["clicks"], &map["views"], &map["anchored"]];
        assert_eq!(told, [&json!(pattern), &json!(clicks), &json!(clicks), &json!(clicks)]);
    }
    let search = async |query: &str| {
        let path = format!("/api/v1/sites/{SITE}/pages?{query}");
        let answer = app.get(&path).key(&app.key).send().await.expect(200, query).json();
        answer["pages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|page| page["path"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(search("search=REVIEWS").await, ["/product/2/reviews"]);
    assert_eq!(search("search=product&limit=2").await.len(), 2);
    app.get(&format!("/api/v1/sites/{SITE}/pages?limit=0"))
        .key(&app.key)
        .send()
        .await
        .problem(400, "invalid", "no page");
    app.stop().await;
}

#[tokio::test]
async fn a_map_comes_in_every_format() {
    let app = start_with_page().await;
    app.accepted(&a_view().event(click("#buy", 0)).event(json!({"type": "scroll", "depth": 900}))).await;
    app.flushed().await;
    let get = async |ending: &str, query: &str| -> Answer {
        let answer = document(&app, &format!("heatmap.{ending}"), &format!("path=/shop{query}")).send().await;
        answer.expect(200, ending)
    };
    let formats: [(&str, &str, &[u8]); 4] = [
        ("png", "image/png", b"\x89PNG"),
        ("webp", "image/webp", b"RIFF"),
        ("svg", "image/svg+xml", b"<svg"),
        ("gif", "image/gif", b"GIF89a"),
    ];
    for (ending, kind, start) in formats {
        let answer = get(ending, "").await;
        assert_eq!(answer.header("content-type"), Some(kind));
        assert!(answer.body.windows(start.len()).take(200).any(|bytes| bytes == start), "{ending}");
        let etag = answer.header("etag").unwrap();
        let again = document(&app, &format!("heatmap.{ending}"), "path=/shop").header("if-none-match", etag);
        again.send().await.expect(304, ending);
    }
    let svg = get("svg", "&kind=scroll&palette=night").await;
    roxmltree::Document::parse(svg.text()).unwrap_or_else(|error| panic!("no XML: {error}"));
    assert!(svg.header("content-security-policy").unwrap().contains("default-src 'none'"));
    get("gif", "&frames=load").await;
    document(&app, "heatmap.gif", "path=/shop&kind=element").send().await.problem(400, "invalid", "nothing that moves");
    let rests = document(&app, "heatmap.gif", "path=/shop&kind=move&frames=load").send().await;
    rests.problem(400, "invalid", "rests since the page was loaded");
    app.stop().await;
}

#[tokio::test]
async fn a_shared_map_leaves_out_what_few_visitors_did() {
    let app = start_with_page().await;
    for visitor in 1..=5u8 {
        app.accepted(&a_view().event(click("#buy", 0)).from(a_visitor().number(visitor))).await;
    }
    app.accepted(&a_view().events((0..9).map(|_| click("#terms", 0))).from(a_visitor().number(9))).await;
    app.flushed().await;
    let link = app.sign(SITE, &json!({"format": "json", "parameters": {"path": "/shop"}})).await;
    let shown = app.get(&link).send().await.expect(200, "the shared map").json();
    let own = app.heatmap_json(SITE, "path=/shop").await;
    let names = |map: &Value| -> Vec<String> {
        map["elements"]
            .as_array()
            .unwrap()
            .iter()
            .map(|element| element["element"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!((names(&own), &own["clicks"]), (vec!["#terms".to_owned(), "#buy".to_owned()], &json!(14)));
    assert_eq!((names(&shown), &shown["clicks"]), (vec!["#buy".to_owned()], &json!(5)));
    assert_eq!(shown["least_visitors"], 5);
    // A link to the whole dashboard shows as little of it.
    let token = token_of(&share(&app, &json!({"name": "maps", "heatmaps": true})).await);
    let by_token = async |what: &str| {
        let path = format!("/api/v1/sites/{SITE}/{what}?path=/shop");
        app.get(&path).key(&token).send().await.expect(200, what).json()
    };
    assert_eq!(by_token("heatmap.json").await, shown);
    assert_eq!(names(&by_token("elements").await), ["#buy"]);
    app.change_site(SITE, json!({"shared_map_min_visitors": 1})).await;
    crate::helpers::eventually("the setting holds", std::time::Duration::from_secs(5), async || {
        let shown = app.get(&link).send().await.expect(200, "the shared map").json();
        (shown["clicks"] == 14).then_some(())
    })
    .await;
    app.stop().await;
}

#[tokio::test]
async fn the_overlay_sees_the_maps_of_its_site_for_an_hour_and_nothing_else() {
    let app = start_with_page().await;
    app.add_site("other.example").await;
    app.accepted(&a_view().event(click("#buy", 0))).await;
    app.flushed().await;
    let open = async |site: &str| {
        let path = format!("/api/v1/sites/{site}/heatmap/overlay");
        app.post(&path).key(&app.key).json(&json!({"path": "/shop"})).send().await.expect(201, "a token").json()
    };
    let opened = open(SITE).await;
    let token = opened["token"].as_str().unwrap();
    assert_eq!(opened["url"], format!("https://{SITE}/shop#heatline-overlay={token}"));
    let ask = |site: &str, ending: &str, token: &str| {
        app.get(&format!("/api/v1/sites/{site}/heatmap.{ending}?path=/shop&spots=true&token={token}")).send()
    };
    let map = ask(SITE, "json", token).await.expect(200, "the numbers");
    assert_eq!(map.header("access-control-allow-origin"), Some("*"));
    assert_eq!(map.json()["elements"][0]["spots"], json!([[0.5, 0.5, 1]]));
    ask(SITE, "png", token).await.problem(401, "not_signed_in", "the token opens no picture");
    let foreign = ask("other.example", "json", token).await;
    foreign.problem(404, "site_not_found", "a token of another site");
    assert_eq!(foreign.header("access-control-allow-origin"), Some("*"), "the page must be able to read why");
    ask(SITE, "json", "1.x").await.problem(404, "site_not_found", "no token");
    let elements = app.get(&format!("/api/v1/sites/{SITE}/elements?path=/shop&token={token}")).send().await;
    assert_eq!(elements.status, 401, "no other route knows tokens");
    let viewer = app.signed_in("viewer@x.example", Some((SITE, heatline::control::Role::Viewer))).await;
    let path = format!("/api/v1/sites/{SITE}/heatmap/overlay");
    let refused = app.post(&path).session(&viewer).json(&json!({"path": "/shop"})).send().await;
    refused.problem(403, "not_admin", "a viewer gives nothing away");
    app.stop().await;
}

#[tokio::test]
async fn parameters_are_bounded_in_every_format() {
    let app = start_with_page().await;
    app.accepted(&a_view().event(click("#buy", 0))).await;
    app.flushed().await;
    for ending in ["png", "webp", "svg", "gif", "json"] {
        for (query, pointer) in [
            ("width=99999", "width"),
            ("width=99999&height=99999", "width"),
            ("scale=99", "scale"),
            ("radius=100000", "radius"),
            ("widths=1-99999999", "widths"),
            ("kind=everything", "kind"),
            ("compare=2020-01-01,2019-01-01", "date_range"),
            ("layout=0000", "layout"),
        ] {
            let answer = document(&app, &format!("heatmap.{ending}"), &format!("path=/shop&{query}")).send().await;
            let problem = answer.problem(400, "invalid", &format!("{ending} {query}"));
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{ending} {query}");
        }
    }
    let many = (0..60).map(|number| format!("&p{number}=1")).collect::<Vec<_>>().concat();
    document(&app, "heatmap.png", &format!("path=/shop{many}")).send().await.problem(
        400,
        "malformed",
        "many parameters",
    );
    app.stop().await;
}
