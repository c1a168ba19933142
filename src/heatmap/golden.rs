//! Compares whole pictures, byte by byte, with those in `tests/golden`. Our drawing is deterministic, so a changed byte
//! is a changed picture: look at it, then run the tests with `HEATLINE_BLESS=1`.

use std::{fs, path::PathBuf};

use serde_json::json;

use super::{
    fixture::{a_map, a_map_from, a_map_of, a_page, a_request, id_of, row_binary, scattered, spot_on},
    map::{Answers, ContentAnswers, HeatMap, LedgerAnswers},
    params::{Kind, MapRequest, Underlay},
    rows::Row,
    spot::Spot,
};
use crate::render::Palette;

fn many_clicks() -> Vec<Spot> {
    let targets = [
        ("a#buy", 640),
        ("a#tour", 150),
        ("img#hero", 120),
        ("a#nav0", 90),
        ("a#nav1", 210),
        ("a#nav2", 60),
        ("a#nav3", 75),
        ("button#join", 260),
        ("img#card0", 120),
        ("a#more0", 140),
        ("a#more1", 330),
        ("a#more2", 80),
        ("img#card1", 160),
        ("a#source", 110),
        ("video#film", 190),
        ("input#mail", 130),
        ("input#name", 90),
        ("select#plan", 60),
        ("button#send", 150),
        ("input#agree", 70),
        ("p#two", 40),
        ("h1", 25),
        ("div#log", 45),
        ("a#foot1", 30),
    ];
    targets.into_iter().flat_map(|(element, clicks)| scattered(element, clicks)).collect()
}

fn few_clicks() -> Vec<Spot> {
    ["a#buy", "a#more1", "img#hero", "button#join"].into_iter().flat_map(|element| scattered(element, 2)).collect()
}

fn reach() -> Vec<Row> {
    (20..=100u64).map(|reached| vec![json!(reached), json!(if reached % 20 == 0 { 160 } else { 14 })]).collect()
}

fn check(name: &str, request: MapRequest, views: u64, spots: &[Spot]) {
    compare(name, &a_map(request, &[a_page()], views, spots));
}

fn compare(name: &str, map: &HeatMap) {
    compare_bytes(name, &map.png(None).unwrap());
}

fn compare_bytes(name: &str, drawn: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("HEATLINE_BLESS").is_some() {
        fs::write(&path, drawn).unwrap();
    }
    let golden =
        fs::read(&path).unwrap_or_else(|error| panic!("{name} is missing ({error}): draw it with HEATLINE_BLESS=1"));
    assert!(golden == drawn, "{name} is drawn differently now; look at it, then run with HEATLINE_BLESS=1");
}

#[test]
fn draws_many_clicks_over_the_layout() {
    check("clicks.png", a_request(), 8210, &many_clicks());
}

#[test]
fn draws_few_clicks_so_that_they_look_like_few() {
    check("few_clicks.png", a_request(), 12, &few_clicks());
}

#[test]
fn draws_clicks_alone_on_a_transparent_ground() {
    let request = MapRequest { underlay: Underlay::None, legend: false, ..a_request() };
    check("clicks_alone.png", request, 8210, &many_clicks());
}

#[test]
fn draws_clicks_in_other_palettes_and_scales() {
    let half = MapRequest { scale: Some(0.5), ..a_request() };
    check("clicks_viridis.png", MapRequest { palette: Palette::Viridis, ..half.clone() }, 8210, &many_clicks());
    check(
        "clicks_ice.png",
        MapRequest { palette: Palette::Ice, underlay: Underlay::None, ..half },
        8210,
        &many_clicks(),
    );
}

#[test]
fn draws_how_far_a_page_is_scrolled() {
    let request = MapRequest { kind: Kind::Scroll, ..a_request() };
    compare("scroll.png", &a_map_of(request, &[a_page()], 2144, ContentAnswers::Reach(reach())));
}

#[test]
fn draws_how_long_each_part_is_on_screen() {
    let seconds =
        |band: u64| 1_200 + 9_000 * (20u64.saturating_sub(band.abs_diff(12))) / 20 + 5_000 * u64::from(band / 20 == 2);
    let times: Vec<u64> = (0..100).map(|band| seconds(band) * 2144).collect();
    let content = ContentAnswers::Attention { stretches: vec![vec![json!(2144), json!(times)]], landmarks: Vec::new() };
    let request = MapRequest { kind: Kind::Attention, ..a_request() };
    compare("attention.png", &a_map_of(request, &[a_page()], 2144, content));
}

#[test]
fn draws_elements_by_their_click_rate() {
    let clicks: &[(&str, u64)] = &[
        ("a#buy", 640),
        ("a#tour", 150),
        ("a#nav1", 210),
        ("a#nav2", 60),
        ("button#join", 260),
        ("img#card1", 160),
        ("a#more1", 330),
        ("a#source", 40),
        ("video#film", 190),
        ("input#mail", 130),
        ("button#send", 90),
        ("main", 300),
        ("a#foot1", 3),
    ];
    let row = |&(element, views): &(&str, u64)| -> Row {
        vec![json!(element), json!(views), json!(views + 9), json!(2), json!(1), json!(0), json!(views), json!(4100)]
    };
    let page = a_page();
    let list =
        |part: fn(&crate::model::LayoutBox) -> serde_json::Value| page.boxes.iter().map(part).collect::<Vec<_>>();
    let places = vec![
        json!(3),
        json!(2960),
        json!(list(|b| json!(b.element.as_str()))),
        json!(list(|b| json!(b.y))),
        json!(list(|b| json!(b.height))),
        json!(list(|b| json!(b.flags.bits()))),
    ];
    let seen: Vec<u64> = (0..100u64).map(|band| if band > 90 { 12 } else { 2144 - 18 * band }).collect();
    let ledger = LedgerAnswers {
        elements: clicks.iter().map(row).collect(),
        seen: vec![vec![json!(3), json!(2144), json!(seen)]],
        class_layouts: vec![places],
    };
    let all = Answers { ledger: Some(ledger), ..Answers::of(ContentAnswers::Elements) };
    let request = MapRequest { kind: Kind::Element, ..a_request() };
    compare("elements.png", &a_map_from(request, &[a_page()], 2144, &all, None));
}

#[test]
fn draws_what_changed_beyond_chance() {
    let before: Vec<Spot> = many_clicks();
    let mut now: Vec<Spot> = many_clicks().into_iter().filter(|spot| spot.element_id != id_of("a#more1")).collect();
    now.extend(scattered("a#tour", 420));
    now.extend(scattered("input#mail", 260));
    let spots = |spots: &[Spot]| row_binary(spots).into();
    let content = ContentAnswers::Compared([spots(&now), spots(&before)], vec![vec![json!(8000)]]);
    compare("difference.png", &a_map_of(a_request(), &[a_page()], 8210, content));
}

#[test]
fn draws_the_hours_of_a_day() {
    let labels: Vec<String> = (0..6).map(|frame| format!("{:02}–{:02} h", frame * 4, frame * 4 + 4)).collect();
    let mut spots = many_clicks();
    for (at, spot) in spots.iter_mut().enumerate() {
        spot.frame = [0, 1, 2, 2, 3, 3, 3, 4, 4, 5][at % 10];
    }
    let all = Answers::of(ContentAnswers::Spots(row_binary(&spots).into()));
    let map = a_map_from(MapRequest { scale: Some(0.25), ..a_request() }, &[a_page()], 8210, &all, Some(6));
    compare_bytes("hours.gif", &map.gif(None, &labels).unwrap());
}

#[test]
fn draws_other_formats() {
    let map = a_map(MapRequest { scale: Some(0.5), ..a_request() }, &[a_page()], 8210, &many_clicks());
    compare_bytes("clicks.webp", &map.webp(None).unwrap());
    compare_bytes("clicks.svg", &map.svg(None).unwrap());
}

#[test]
fn draws_a_page_that_was_never_measured() {
    let request = MapRequest { width: 390, ..a_request() };
    compare("unmeasured.png", &a_map(request, &[], 40, &[spot_on("a#buy", (0.5, 0.5), 30)]));
}
