//! Compares whole pictures, byte by byte, with those in `tests/golden`. Our drawing is deterministic, so a changed byte
//! is a changed picture: look at it, then run the tests with `HEATLINE_BLESS=1`.

use std::{fs, path::PathBuf};

use serde_json::json;

use super::{
    fixture::{a_map, a_page, a_request, clicks_at, scattered},
    map::HeatMap,
    params::{Kind, MapRequest, Underlay},
    rows::Row,
};
use crate::render::Palette;

fn many_clicks() -> Vec<Row> {
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

fn few_clicks() -> Vec<Row> {
    ["a#buy", "a#more1", "img#hero", "button#join"].into_iter().flat_map(|element| scattered(element, 2)).collect()
}

fn reach() -> Vec<Row> {
    (20..=100u64).map(|reached| vec![json!(reached), json!(if reached % 20 == 0 { 160 } else { 14 })]).collect()
}

fn check(name: &str, request: MapRequest, views: u64, rows: &[Row]) {
    compare(name, &a_map(request, &[a_page()], views, rows));
}

fn compare(name: &str, map: &HeatMap) {
    let drawn = map.png().unwrap();
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("HEATLINE_BLESS").is_some() {
        fs::write(&path, &drawn).unwrap();
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
    let half = MapRequest { scale: 0.5, ..a_request() };
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
    check("scroll.png", MapRequest { kind: Kind::Scroll, ..a_request() }, 2144, &reach());
}

#[test]
fn draws_a_page_that_was_never_measured() {
    let request = MapRequest { width: 390, ..a_request() };
    compare("unmeasured.png", &a_map(request, &[], 40, &[clicks_at("a#buy", (0.5, 0.5), 30)]));
}
