//! Owns the heat map as a JSON document: the numbers that the picture was drawn from.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    attention::{Landmark, Stretch},
    difference::{self, Difference, ElementChange},
    layout::PlacedBox,
    ledger::{Entry, Ledger, rounded},
    map::{Content, HeatMap, State},
    projection::{CELL, Gone, Projection},
    scroll::Band,
    versions::Version,
};

/// Most elements listed; those with the most clicks come first.
const MOST_ELEMENTS: usize = 500;
/// Most elements listed that are not on the page any more.
const MOST_GONE: usize = 100;
/// Most squares that a comparison lists, the surest changes first.
const MOST_CELLS: usize = 5_000;

/// The document. Places are CSS pixels of the page at `width`, after projection.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    pub site: &'a str,
    /// The path, or the pattern.
    pub path: &'a str,
    pub kind: &'static str,
    pub width: u32,
    pub height: u32,
    pub views: u64,
    /// Clicks of the kind; with `kind=move` milliseconds of rest.
    pub clicks: u64,
    /// Clicks placed by their element.
    pub anchored: u64,
    /// Clicks placed by their share of the page, for it is not known where its elements stand.
    pub unanchored: u64,
    /// Clicks on elements that are not on the page as it is now at this width: drawn nowhere.
    pub gone_clicks: u64,
    /// Side of the squares that clicks are gathered in.
    pub cell: u32,
    /// `[x, y, clicks]`: the mean place of a square's clicks and their number.
    pub cells: Vec<[u64; 3]>,
    pub elements: Vec<Element<'a>>,
    pub gone: &'a [Gone],
    pub layout: Measured<'a>,
    /// Height of the typical screen.
    pub fold: u32,
    pub states: &'a [State],
    /// Elements that fewer visitors than this touched are not in a shared map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_visitors: Option<u32>,
    /// With `kind=scroll` and `kind=attention`: how many views told what they saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bands: Option<Bands<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landmarks: Option<&'a [Landmark]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Comparison<'a>>,
}

/// Bands across the page, of the kind of the map.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Bands<'a> {
    Scroll(&'a [Band]),
    Attention(&'a [Stretch]),
}

/// An element of the map.
#[derive(Debug, Serialize)]
pub struct Element<'a> {
    pub element: &'a str,
    pub tag: &'a str,
    pub role: &'a str,
    /// Of the kind of the map.
    pub clicks: u64,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
    /// It stays on the screen while the page scrolls; its place is in the viewport.
    pub fixed: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Numbers>,
    /// `[x, y, clicks]`, places in the element's box from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spots: Option<Vec<(f32, f32, u64)>>,
}

/// What the ledger knows of an element. Rates are from 0 to 1.
#[derive(Debug, Serialize)]
pub struct Numbers {
    pub views: u64,
    pub visitors: u64,
    pub exposed: Option<u64>,
    pub click_rate: Option<f64>,
    pub rage: u64,
    pub dead: u64,
    pub error: u64,
}

/// How well the layout is known, and since when it is what it is.
#[derive(Debug, Serialize)]
pub struct Measured<'a> {
    pub samples: usize,
    /// Viewport width of the samples; 0 where there are none.
    pub width: u32,
    pub since: Option<Timestamp>,
    /// The newest first.
    pub versions: &'a [Version],
}

/// `[x, y, a, b, ratio, p, q]` of a square.
type ComparedCell = (u32, u32, u64, u64, Option<f64>, f64, f64);

/// What changed.
#[derive(Debug, Serialize)]
pub struct Comparison<'a> {
    /// Views and clicks of what is compared with.
    pub views: u64,
    pub clicks: u64,
    /// False discoveries that are put up with among what is called changed.
    pub false_discovery_rate: f64,
    pub cell: u32,
    /// `[x, y, a, b, ratio, p, q]`: upper left corner of a square, its clicks in the map and in what it is compared with.
    pub cells: Vec<ComparedCell>,
    pub elements: &'a [ElementChange],
}

impl HeatMap {
    /// Returns the document; `site` is the name of the site.
    pub fn document<'a>(&'a self, site: &'a str) -> Document<'a> {
        let layout = &self.layout;
        let mut document = Document {
            site,
            path: self.request.pages.as_str(),
            kind: self.request.kind.as_str(),
            width: layout.width,
            height: layout.height,
            views: self.views,
            clicks: 0,
            anchored: 0,
            unanchored: 0,
            gone_clicks: 0,
            cell: CELL,
            cells: Vec::new(),
            elements: Vec::new(),
            gone: &[],
            layout: Measured {
                samples: layout.samples,
                width: layout.measured_width,
                since: self.versions.first().map(|version| version.from),
                versions: &self.versions,
            },
            fold: layout.fold,
            states: &self.states,
            least_visitors: self.least_visitors,
            measured: None,
            bands: None,
            landmarks: None,
            compare: None,
        };
        match &self.content {
            Content::Spots(spots) => self.tell_spots(&mut document, spots),
            Content::Frames(_) => {}
            Content::Difference(difference, spots) => {
                self.tell_spots(&mut document, spots);
                document.compare = Some(Comparison::of(difference));
            }
            Content::Elements => {
                document.elements = self.elements_of_ledger();
                document.clicks = document.elements.iter().map(|element| element.clicks).sum();
                document.anchored = document.clicks;
            }
            Content::Scroll(scroll) => {
                document.measured = Some(scroll.measured);
                document.bands = Some(Bands::Scroll(&scroll.bands));
            }
            Content::Attention(attention) => {
                document.measured = Some(attention.measured);
                document.bands = Some(Bands::Attention(&attention.bands));
                document.landmarks = Some(&attention.landmarks);
            }
        }
        document
    }

    /// Returns the document as text.
    ///
    /// # Panics
    /// Never: numbers and strings always serialise.
    pub fn json(&self, site: &str) -> String {
        serde_json::to_string(&self.document(site)).expect("numbers and strings always serialise")
    }

    fn tell_spots<'a>(&'a self, document: &mut Document<'a>, spots: &'a Projection) {
        document.anchored = spots.anchored;
        document.unanchored = spots.unanchored;
        document.gone_clicks = spots.gone_clicks;
        document.clicks = spots.total();
        document.cells = spots.cells(&self.layout);
        document.elements = self.elements_of(spots);
        document.gone = &spots.gone[..spots.gone.len().min(MOST_GONE)];
    }

    fn elements_of<'a>(&'a self, spots: &'a Projection) -> Vec<Element<'a>> {
        let clicked = self.layout.boxes.iter().zip(&spots.by_box).enumerate().filter(|(_, (_, clicks))| **clicks > 0);
        let mut elements: Vec<(usize, Element<'a>)> =
            clicked.map(|(at, (b, &clicks))| (at, Element::of(b, clicks, self.ledger.as_ref()))).collect();
        elements.sort_by(|(_, a), (_, b)| b.clicks.cmp(&a.clicks).then(a.element.cmp(b.element)));
        elements.truncate(MOST_ELEMENTS);
        if self.request.spots {
            let mut by_box: HashMap<usize, Vec<(f32, f32, u64)>> = HashMap::new();
            for point in &spots.points {
                if let Some(at) = point.anchor {
                    let (x, y) = point.fraction;
                    by_box.entry(at).or_default().push((thousandth(x), thousandth(y), point.weight));
                }
            }
            for (at, element) in &mut elements {
                element.spots = Some(by_box.remove(at).unwrap_or_default());
            }
        }
        elements.into_iter().map(|(_, element)| element).collect()
    }

    /// The elements of the page that anybody clicked, by click rate.
    fn elements_of_ledger(&self) -> Vec<Element<'_>> {
        let ledger = self.ledger.as_ref();
        let entries = ledger.map(|ledger| ledger.entries.as_slice()).unwrap_or_default();
        let placed = entries.iter().filter_map(|entry| Some((entry, self.layout.find(&entry.element)?)));
        let placed = placed.filter(|(entry, _)| entry.clicks > 0).take(MOST_ELEMENTS);
        placed.map(|(entry, at)| Element::of(&self.layout.boxes[at], entry.clicks, ledger)).collect()
    }
}

impl<'a> Element<'a> {
    fn of(b: &'a PlacedBox, clicks: u64, ledger: Option<&Ledger>) -> Self {
        let [x, y, width, height] = b.rounded();
        let entry = ledger.and_then(|ledger| ledger.find(&b.element));
        Self {
            element: &b.element,
            tag: &b.tag,
            role: &b.role,
            clicks,
            x,
            y,
            width,
            height,
            fixed: b.is_fixed(),
            numbers: entry.map(|entry| Numbers {
                views: entry.views,
                visitors: entry.visitors,
                exposed: entry.exposed,
                click_rate: entry.click_rate,
                rage: entry.rage,
                dead: entry.dead,
                error: entry.error,
            }),
            spots: None,
        }
    }
}

impl<'a> Comparison<'a> {
    fn of(difference: &'a Difference) -> Self {
        let mut cells: Vec<_> = difference.cells.iter().collect();
        cells.sort_by(|a, b| a.p.total_cmp(&b.p).then((a.y, a.x).cmp(&(b.y, b.x))));
        cells.truncate(MOST_CELLS);
        let told =
            |cell: &&difference::Cell| (cell.x, cell.y, cell.a, cell.b, cell.ratio, rounded(cell.p), rounded(cell.q));
        Self {
            views: difference.views[1],
            clicks: difference.clicks[1],
            false_discovery_rate: difference::FALSE_DISCOVERIES,
            cell: difference::CELL,
            cells: cells.iter().map(told).collect(),
            elements: &difference.elements,
        }
    }
}

fn thousandth(share: f32) -> f32 {
    (share * 1e4).round() / 1e4
}

/// The elements report.
#[derive(Debug, Serialize)]
pub struct ElementsReport<'a> {
    pub path: &'a str,
    pub views: u64,
    pub elements: &'a [Entry],
}

impl<'a> ElementsReport<'a> {
    pub fn of(path: &'a str, views: u64, ledger: &'a Ledger) -> Self {
        Self { path, views, elements: &ledger.entries }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::heatmap::{
        fixture::{a_map, a_page, a_request, spot_on},
        map::ContentAnswers,
        params::{Kind, MapRequest},
        spot::Spot,
    };

    fn document(request: MapRequest, spots: &[Spot]) -> Value {
        serde_json::from_str(&a_map(request, &[a_page()], 40, spots).json("demo.example")).unwrap()
    }

    fn spots() -> [Spot; 3] {
        [spot_on("a#buy", (0.5, 0.5), 5), spot_on("a#gone", (0.1, 0.1), 1), spot_on("a#tour", (0.0, 1.0), 2)]
    }

    #[test]
    fn tells_what_the_picture_shows() {
        let expected = json!({
            "site": "demo.example", "path": "/shop", "kind": "click", "width": 1280, "height": 2960,
            "views": 40, "clicks": 8, "anchored": 7, "unanchored": 0, "gone_clicks": 1,
            "cell": 4, "cells": [[196, 448, 5], [312, 476, 2]],
            "elements": [
                {"element": "a#buy", "tag": "a", "role": "", "clicks": 5, "x": 96, "y": 420, "width": 200, "height": 56, "fixed": false},
                {"element": "a#tour", "tag": "a", "role": "", "clicks": 2, "x": 312, "y": 420, "width": 176, "height": 56, "fixed": false},
            ],
            "gone": [],
            "layout": {"samples": 1, "width": 1280, "since": null, "versions": []}, "fold": 720, "states": [],
        });
        assert_eq!(document(a_request(), &spots()), expected);
    }

    #[test]
    fn tells_where_in_each_element_it_was_clicked() {
        let document = document(MapRequest { spots: true, ..a_request() }, &spots());
        assert_eq!(document["elements"][0]["spots"], json!([[0.5, 0.5, 5]]));
        assert_eq!(document["elements"][1]["spots"], json!([[0.0, 1.0, 2]]));
    }

    #[test]
    fn tells_bands_for_scrolling_and_for_attention() {
        let told = |request: MapRequest, content: ContentAnswers| -> Value {
            let map = crate::heatmap::fixture::a_map_of(request, &[a_page()], 40, content);
            serde_json::from_str(&map.json("demo.example")).unwrap()
        };
        let rows = vec![vec![json!(25), json!(3)], vec![json!(100), json!(1)]];
        let scroll = told(MapRequest { kind: Kind::Scroll, ..a_request() }, ContentAnswers::Reach(rows));
        assert_eq!(scroll["bands"][0], json!({"y0": 0, "y1": 29, "share": 1.0}));
        assert_eq!(scroll["bands"][99], json!({"y0": 2930, "y1": 2960, "share": 0.25}));
        assert_eq!((&scroll["measured"], &scroll["cells"], &scroll["kind"]), (&json!(4), &json!([]), &json!("scroll")));

        let stretches = vec![vec![json!(10), json!(vec![5_000; 100])]];
        let landmarks = vec![vec![json!("main"), json!(20_000)]];
        let content = ContentAnswers::Attention { stretches, landmarks };
        let attention = told(MapRequest { kind: Kind::Attention, ..a_request() }, content);
        assert_eq!(attention["bands"][99], json!({"y0": 2930, "y1": 2960, "seconds_per_view": 0.5}));
        let main =
            json!({"element": "main", "seconds_per_view": 2.0, "x": 96, "y": 1216, "width": 720, "height": 1424});
        assert_eq!(attention["landmarks"], json!([main]));
    }
}
