//! Heat maps: clicks anchored to elements, drawn at any width, as numbers and as a picture.

use std::io::Cursor;

use serde_json::{Value, json};

use crate::helpers::{Answer, Beacon, SITE, TestApp, a_beacon, a_pageview, a_visitor, beacon::SAFARI_ON_IPHONE};

const INTERACTIVE: u16 = 2;
const FIXED: u16 = 1;

/// The page of these tests at the width of a desk, and at that of a phone: `[element, tag, role, x, y, w, h, flags]`.
fn wide_boxes() -> Value {
    json!([
        ["body", "body", "", 0, 0, 1280, 3000, 16],
        ["#menu", "nav", "", 0, 0, 1280, 60, 4 | FIXED],
        ["#buy", "a", "button", 800, 1200, 200, 50, INTERACTIVE],
    ])
}

fn narrow_boxes() -> Value {
    json!([
        ["body", "body", "", 0, 0, 390, 6000, 16],
        ["#menu", "nav", "", 0, 0, 390, 60, 4 | FIXED],
        ["#buy", "a", "button", 20, 4000, 350, 60, INTERACTIVE],
    ])
}

fn at_a_desk(beacon: Beacon) -> Beacon {
    beacon.path("/shop").sizes([1280, 720], [1280, 3000])
}

fn on_a_phone(beacon: Beacon) -> Beacon {
    beacon.path("/shop").sizes([390, 844], [390, 6000]).from(a_visitor().user_agent(SAFARI_ON_IPHONE))
}

fn layout(boxes: &Value) -> Value {
    json!({"type": "layout", "complete": true, "boxes": boxes})
}

/// A click in an element, at so many percent of its width and height.
fn click(element: &str, percent: [u16; 2], at: [u32; 2], flags: u16) -> Value {
    let fraction = percent.map(|percent| u32::from(percent) * 65_535 / 100);
    json!({"type": "click", "element": element, "fraction": fraction, "at": at, "since": 1000, "flags": flags})
}

/// A service that knows the page at both widths: a view at the desk, a view on the phone, no click yet.
async fn start_with_page() -> TestApp {
    let app = TestApp::start().await;
    let pageview = || json!({"type": "pageview"});
    app.accepted(&at_a_desk(a_beacon()).event(pageview()).event(layout(&wide_boxes()))).await;
    app.accepted(&on_a_phone(a_beacon()).event(pageview()).event(layout(&narrow_boxes()))).await;
    app
}

fn decode(answer: &Answer) -> (png::OutputInfo, Vec<u8>) {
    let mut decoder = png::Decoder::new(Cursor::new(&answer.body));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    (info, pixels)
}

/// Returns where a transparent picture is hottest: the middle of its most opaque pixels.
fn hottest(answer: &Answer) -> (u32, u32) {
    let (info, pixels) = decode(answer);
    assert_eq!(info.color_type, png::ColorType::Rgba);
    let alphas: Vec<u8> = pixels.chunks_exact(4).map(|pixel| pixel[3]).collect();
    let most = *alphas.iter().max().unwrap();
    assert!(most > 0, "the picture shows nothing");
    let places: Vec<u32> = (0..).zip(&alphas).filter(|&(_, &alpha)| alpha == most).map(|(place, _)| place).collect();
    let mean = |part: fn(u32, u32) -> u32| {
        let sum: u64 = places.iter().map(|&place| u64::from(part(place, info.width))).sum();
        u32::try_from(sum / places.len() as u64).unwrap()
    };
    (mean(|place, width| place % width), mean(|place, width| place / width))
}

#[tokio::test]
async fn a_click_on_a_phone_lies_on_the_same_element_of_the_wide_page() {
    let app = start_with_page().await;
    for _ in 0..3 {
        app.accepted(&on_a_phone(a_beacon()).event(click("#buy", [50, 50], [195, 4030], 2))).await;
    }
    app.flushed().await;

    let wide = app.heatmap_json(SITE, "path=/shop&width=1280").await;
    let told = ["site", "path", "kind", "width", "height", "views", "clicks", "anchored", "unanchored", "cell"];
    let told: Vec<&Value> = told.iter().map(|name| &wide[name]).collect();
    assert_eq!(json!(told), json!([SITE, "/shop", "click", 1280, 3000, 2, 3, 3, 0, 4]));
    assert_eq!(wide["cells"], json!([[900, 1225, 3]]), "the middle of the button");
    let button = json!([{
        "element": "#buy", "tag": "a", "role": "button", "clicks": 3, "views": 3, "visitors": 1, "exposed": null,
        "click_rate": null, "rage": 0, "dead": 0, "error": 0,
        "x": 800, "y": 1200, "width": 200, "height": 50, "fixed": false,
    }]);
    assert_eq!(wide["elements"], button);

    let narrow = app.heatmap_json(SITE, "path=/shop&width=390").await;
    assert_eq!((&narrow["height"], &narrow["cells"]), (&json!(6000), &json!([[195, 4030, 3]])));

    for (width, expected) in [(1280, (900, 1225)), (390, (195, 4030))] {
        let query = format!("path=/shop&width={width}&underlay=none&legend=false");
        let picture = app.heatmap_png(SITE, &query).send().await.expect(200, "a picture");
        let (x, y) = hottest(&picture);
        let distance = x.abs_diff(expected.0).max(y.abs_diff(expected.1));
        assert!(distance <= 2, "hottest at {x}, {y} at width {width}, expected {expected:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_click_keeps_its_place_within_an_element_and_on_what_stays_on_the_screen() {
    let app = start_with_page().await;
    let desk = at_a_desk(a_beacon());
    let beacon = desk
        .event(click("#buy", [25, 20], [850, 1210], 0))
        .event(click("#buy", [75, 80], [950, 1240], 0))
        .event(click("#menu", [50, 50], [640, 30], 1))
        .event(click("div>span", [50, 50], [640, 1500], 0));
    app.accepted(&beacon).await;
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/shop&width=1280").await;
    let told = ["clicks", "anchored", "unanchored", "gone_clicks"].map(|name| &map[name]);
    assert_eq!(told, [4, 3, 0, 1], "an element that the page does not have is drawn nowhere");
    assert_eq!(map["gone"], json!([{"element": "div>span", "clicks": 1}]));
    let near = |expected: [i64; 2]| {
        let cells = map["cells"].as_array().unwrap();
        let at = |cell: &Value, side: usize| cell[side].as_i64().unwrap();
        let found = cells.iter().any(|cell| (0..2).all(|side| (at(cell, side) - expected[side]).abs() <= 4));
        assert!(found, "no cell near {expected:?} in {cells:?}");
    };
    near([850, 1210]);
    near([950, 1240]);
    near([640, 30]);
    let elements: Vec<_> = map["elements"].as_array().unwrap().iter().map(|e| (&e["element"], &e["clicks"])).collect();
    assert_eq!(json!(elements), json!([["#buy", 2], ["#menu", 1]]));
    app.stop().await;
}

#[tokio::test]
async fn a_picture_has_the_size_that_was_asked_for() {
    let app = start_with_page().await;
    let scrolled = json!({"type": "scroll", "depth": 1500});
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0)).event(scrolled)).await;
    app.flushed().await;
    let cases = [
        ("width=1280", 1280, 3000),
        ("", 1280, 3000),
        ("width=1280&scale=0.5", 640, 1500),
        ("width=390&scale=2", 780, 12000),
        ("width=1280&underlay=none", 1280, 3000),
        ("width=1280&palette=viridis&legend=false&radius=64", 1280, 3000),
        ("width=1280&kind=scroll&palette=ice", 1280, 3000),
    ];
    for (query, width, height) in cases {
        let answer = app.heatmap_png(SITE, &format!("path=/shop&{query}")).send().await.expect(200, query);
        assert_eq!(answer.header("content-type"), Some("image/png"), "{query}");
        let (info, _) = decode(&answer);
        assert_eq!((info.width, info.height), (width, height), "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_unchanged_map_is_not_sent_again() {
    let app = start_with_page().await;
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0))).await;
    app.flushed().await;
    for ending in ["png", "json"] {
        let path = format!("/api/v1/sites/{SITE}/heatmap.{ending}?path=/shop");
        let first = app.get(&path).key(&app.key).send().await.expect(200, ending);
        let etag = first.header("etag").unwrap().to_owned();
        assert!(etag.starts_with('"'), "a strong tag: {etag}");
        assert!(first.header("cache-control").unwrap().contains("private"), "{first:?}");
        let again = || app.get(&path).key(&app.key).header("if-none-match", &format!("\"x\", {etag}"));
        let unchanged = again().send().await.expect(304, ending);
        assert!(unchanged.body.is_empty());
        assert_eq!(unchanged.header("etag"), Some(etag.as_str()));
        app.accepted(&at_a_desk(a_beacon()).event(click("#menu", [10, 50], [128, 30], 1))).await;
        app.flushed().await;
        let changed = again().send().await.expect(200, "one more click");
        assert_ne!(changed.header("etag"), Some(etag.as_str()));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_reader_gets_the_whole_map_whatever_else_it_wishes() {
    let app = start_with_page().await;
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0))).await;
    app.flushed().await;
    let whole = app.heatmap_png(SITE, "path=/shop").send().await.expect(200, "the picture").body;
    let many_tags = "\"00000000000000000000000000000000\", ".repeat(2000);
    let many_ranges = format!("bytes={}", "0-,".repeat(1000));
    let wishes = [
        ("accept", "text/html"),
        ("if-none-match", many_tags.as_str()),
        ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("range", "bytes=0-9"),
        ("range", many_ranges.as_str()),
        ("accept-encoding", "identity;q=0, *;q=0"),
    ];
    for (name, value) in wishes {
        let answer = app.heatmap_png(SITE, "path=/shop").header(name, value).send().await.expect(200, name);
        assert!(answer.body == whole && answer.header("content-type") == Some("image/png"), "{name}: {value}");
    }
    app.stop().await;
}

#[tokio::test]
async fn many_pictures_at_once_are_drawn_in_turn_or_turned_away() {
    let app = start_with_page().await;
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0))).await;
    app.flushed().await;
    let draw = || app.heatmap_png(SITE, "path=/shop&scale=2").send_to_a_troubled_service();
    let draw_four = async || <[Answer; 4]>::from(tokio::join!(draw(), draw(), draw(), draw()));
    let (some, others) = tokio::join!(draw_four(), draw_four());
    let mut drawn = 0;
    for answer in some.iter().chain(&others) {
        if answer.status == 200 {
            assert_eq!(decode(answer).0.width, 2560);
            drawn += 1;
            continue;
        }
        answer.problem(503, "unavailable", "one picture too many");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    assert!(drawn >= 2, "{drawn} of eight");
    app.stop().await;
}

#[tokio::test]
async fn a_page_without_data_has_no_map() {
    let app = start_with_page().await;
    app.add_site("other.example").await;
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0))).await;
    app.flushed().await;
    let cases = [
        (SITE, "path=/nowhere"),
        (SITE, "path=/nowhere&kind=scroll"),
        (SITE, "path=/shop&date_range=2020-01-01,2020-01-31"),
        (SITE, "path=/shop&device=tablet"),
        ("other.example", "path=/shop"),
    ];
    for (site, query) in cases {
        for ending in ["png", "json"] {
            let path = format!("/api/v1/sites/{site}/heatmap.{ending}?{query}");
            app.get(&path).key(&app.key).send().await.problem(404, "no_data", &path);
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_map_shows_only_the_views_that_were_asked_for() {
    let app = start_with_page().await;
    app.accepted(&at_a_desk(a_beacon()).event(click("#buy", [50, 50], [900, 1225], 0))).await;
    for _ in 0..2 {
        app.accepted(&on_a_phone(a_beacon()).event(click("#menu", [50, 50], [195, 30], 3))).await;
    }
    app.flushed().await;
    let cases = [
        ("", 3, 2),
        ("device=desktop", 1, 1),
        ("device=mobile", 2, 1),
        ("widths=320-480", 2, 1),
        ("widths=1000-2000", 1, 1),
        ("date_range=day", 3, 2),
        ("date_range=7d", 3, 2),
        ("date_range=all", 3, 2),
    ];
    for (query, clicks, views) in cases {
        let map = app.heatmap_json(SITE, &format!("path=/shop&{query}")).await;
        assert_eq!((&map["clicks"], &map["views"]), (&json!(clicks), &json!(views)), "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_page_is_found_by_any_spelling_of_its_path() {
    let app = TestApp::start().await;
    let url = "/%D1%86%D0%B5%D0%BD%D0%B8";
    app.accepted(&a_pageview(url).event(click("body", [50, 50], [640, 2000], 0))).await;
    app.flushed().await;
    for path in
        ["/%D1%86%D0%B5%D0%BD%D0%B8", "/%25D1%2586%25D0%25B5%25D0%25BD%25D0%25B8", "/x/../%D1%86%D0%B5%D0%BD%D0%B8"]
    {
        let map = app.heatmap_json(SITE, &format!("path={path}")).await;
        assert_eq!((&map["path"], &map["clicks"]), (&json!("/цени"), &json!(1)), "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_scroll_map_tells_which_share_of_views_saw_each_part() {
    let app = start_with_page().await;
    // Of four views one saw the top quarter only, two saw half, one saw all; reports of a view are put together.
    for depths in [&[750][..], &[300, 1500], &[1500], &[1000, 2000, 3000]] {
        let mut beacon = at_a_desk(a_beacon());
        for depth in depths {
            beacon = beacon.event(json!({"type": "scroll", "depth": depth, "exposure": vec![10; 100]}));
        }
        app.accepted(&beacon).await;
    }
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/shop&kind=scroll&width=1280").await;
    assert_eq!((&map["kind"], &map["cells"], &map["fold"]), (&json!("scroll"), &json!([]), &json!(720)));
    let bands = map["bands"].as_array().unwrap();
    assert_eq!(bands.len(), 100);
    assert_eq!((&bands[0]["y0"], &bands[99]["y1"]), (&json!(0), &json!(3000)));
    for (band, share) in [(0, 1.0), (24, 1.0), (26, 0.75), (49, 0.75), (51, 0.25), (99, 0.25)] {
        assert_eq!(bands[band]["share"], json!(share), "band {band}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_list_of_pages_begins_with_the_most_clicked() {
    let app = start_with_page().await;
    let on = |path: &str| a_pageview(path).event(click("body", [50, 50], [640, 2000], 0));
    app.accepted(&on("/b")).await;
    app.accepted(&on("/b")).await;
    app.accepted(&on("/a")).await;
    app.accepted(&a_pageview("/unclicked")).await;
    app.accepted(&on_a_phone(a_beacon()).path("/a").event(json!({"type": "scroll", "depth": 900}))).await;
    app.flushed().await;
    let expected = json!({"pages": [
        {"path": "/b", "views": 2, "clicks": 2, "rage": 0, "dead": 0, "widths": [1280]},
        {"path": "/a", "views": 1, "clicks": 1, "rage": 0, "dead": 0, "widths": [390, 1280]},
    ]});
    assert_eq!(app.pages(SITE).await, expected);
    app.stop().await;
}

#[tokio::test]
async fn an_endless_page_gets_a_picture_that_ends() {
    let app = TestApp::start().await;
    let endless = a_pageview("/feed").sizes([1280, 720], [1280, 10_000_000]);
    app.accepted(&endless.event(click("body", [50, 50], [640, 9_000_000], 0))).await;
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/feed").await;
    let height = map["height"].as_u64().unwrap();
    assert!((720..=30_000).contains(&height), "{height}");
    let answer = app.heatmap_png(SITE, "path=/feed&scale=0.25").send().await.expect(200, "a small picture");
    assert!(u64::from(decode(&answer).0.height) <= height / 4 + 1);
    let answer = app.heatmap_png(SITE, "path=/feed&width=3840&scale=2").send().await;
    answer.problem(400, "invalid", "a picture of more pixels than one may have");
    app.stop().await;
}

#[tokio::test]
async fn many_clicks_at_one_spot_and_at_all_spots_are_drawn() {
    let app = start_with_page().await;
    for row in 0..10 {
        let clicks = (0..100).map(|column| {
            let at = [u32::from(column) * 1280 / 100, u32::from(row) * 3000 / 10];
            click("body", [column, row * 10], at, 0)
        });
        app.accepted(&at_a_desk(a_beacon()).events(clicks)).await;
        let same = (0..100).map(|_| click("#buy", [50, 50], [900, 1225], 0));
        app.accepted(&at_a_desk(a_beacon()).events(same)).await;
    }
    app.flushed().await;
    let map = app.heatmap_json(SITE, "path=/shop").await;
    assert_eq!((&map["clicks"], &map["anchored"]), (&json!(2000), &json!(2000)));
    let weights: u64 = map["cells"].as_array().unwrap().iter().map(|cell| cell[2].as_u64().unwrap()).sum();
    assert_eq!(weights, 2000, "no click is lost between cells");
    for normalise in ["p99", "max", "per_view"] {
        let query = format!("path=/shop&underlay=none&legend=false&normalise={normalise}");
        let picture = app.heatmap_png(SITE, &query).send().await.expect(200, normalise);
        let (x, y) = hottest(&picture);
        assert!(x.abs_diff(900) <= 12 && y.abs_diff(1225) <= 12, "{normalise}: hottest at {x}, {y}");
    }
    app.stop().await;
}
