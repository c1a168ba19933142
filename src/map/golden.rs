//! Compares whole maps, byte by byte, with those in `tests/golden/map`. The drawing is deterministic, so a changed byte is a changed
//! picture: look at it, then run the tests with `HEATLINE_BLESS=1`.

use std::{fs, path::PathBuf};

use super::{Crowd, Lang, MapParams, MapRange, Shown, Style, Theme, VisitorMap};
use crate::model::CountedPlace;

/// Cities with their visitors on a busy day.
const CITIES: &str = include_str!("fixtures/cities.tsv");

fn busy() -> Shown {
    let place = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap();
        CountedPlace {
            country: next().to_owned(),
            region: String::new(),
            city: next().to_owned(),
            latitude: next().parse().unwrap(),
            longitude: next().parse().unwrap(),
            visitors: next().parse().unwrap(),
        }
    };
    Shown::of(&CITIES.lines().map(place).collect::<Vec<_>>(), &Crowd::default(), 1)
}

fn one() -> Shown {
    let sofia = CountedPlace {
        country: "BG".to_owned(),
        region: String::new(),
        city: "Sofia".to_owned(),
        latitude: 42.7,
        longitude: 23.3,
        visitors: 1,
    };
    Shown::of(&[sofia], &Crowd::default(), 1)
}

fn compare(name: &str, drawn: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/map").join(name);
    if std::env::var_os("HEATLINE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, drawn).unwrap();
    }
    let golden =
        fs::read(&path).unwrap_or_else(|error| panic!("{name} is missing ({error}): draw it with HEATLINE_BLESS=1"));
    assert!(golden == drawn, "{name} is drawn differently now; look at it, then run with HEATLINE_BLESS=1");
}

fn map(params: MapParams, shown: Shown) -> VisitorMap {
    VisitorMap { params, shown, geo: "DB-IP".to_owned() }
}

#[test]
fn draws_every_style_in_every_theme() {
    for (style, style_word) in [Style::Dots, Style::Heat, Style::Countries].into_iter().zip(Style::WORDS) {
        for (theme, theme_word) in [Theme::Light, Theme::Dark, Theme::Transparent].into_iter().zip(Theme::WORDS) {
            let map = map(MapParams { style, theme, width: 800, ..MapParams::default() }, busy());
            compare(&format!("{style_word}_{theme_word}.png"), &map.png().unwrap());
        }
        let svg = map(MapParams { style, ..MapParams::default() }, busy()).svg();
        assert!(svg.len() < 220_000, "{style_word}: {} bytes", svg.len());
        compare(&format!("{style_word}.svg"), svg.as_bytes());
    }
}

#[test]
fn draws_little_and_nothing() {
    for (style, style_word) in [Style::Dots, Style::Heat, Style::Countries].into_iter().zip(Style::WORDS) {
        let one = map(MapParams { style, range: MapRange::Now, ..MapParams::default() }, one());
        compare(&format!("{style_word}_one.png"), &one.png().unwrap());
    }
    let nothing = MapParams { lang: Lang::Bg, ..MapParams::default() };
    compare("nothing.png", &map(nothing, Shown::default()).png().unwrap());
}

#[test]
fn draws_small_and_large() {
    let small = MapParams { width: 300, range: MapRange::Week, ..MapParams::default() };
    compare("small.png", &map(small, busy()).png().unwrap());
    compare("small_countries.png", &map(MapParams { style: Style::Countries, ..small }, busy()).png().unwrap());
    compare("smallest.png", &map(MapParams { width: 200, lang: Lang::Bg, ..small }, busy()).png().unwrap());
    let large = MapParams { width: 1200, range: MapRange::Month, graticule: true, ..MapParams::default() };
    compare("large.png", &map(large, busy()).png().unwrap());
    let bare = MapParams { caption: false, credits: false, ..small };
    compare("bare.png", &map(bare, busy()).png().unwrap());
}
