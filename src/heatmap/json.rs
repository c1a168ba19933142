//! Owns the heat map as a JSON document: the numbers that the picture was drawn from.

use serde::Serialize;

use super::{
    layout::{PageLayout, PlacedBox},
    map::{Content, HeatMap},
    projection::{CELL, Projection},
    scroll::Band,
};

/// Most elements listed; those with the most clicks come first.
const MOST_ELEMENTS: usize = 500;

/// The document. Places are CSS pixels of the page at `width`, after projection.
#[derive(Debug, Serialize)]
pub struct Document<'a> {
    pub site: &'a str,
    pub path: &'a str,
    pub kind: &'static str,
    pub width: u32,
    pub height: u32,
    pub views: u64,
    pub clicks: u64,
    /// Clicks placed by their element.
    pub anchored: u64,
    /// Clicks on elements that the layout does not have: placed by their share of the page.
    pub unanchored: u64,
    /// Side of the squares that clicks are gathered in.
    pub cell: u32,
    /// `[x, y, clicks]`: the mean place of a square's clicks and their number.
    pub cells: Vec<[u64; 3]>,
    pub elements: Vec<Element<'a>>,
    pub layout: Measured,
    /// Height of the typical screen.
    pub fold: u32,
    /// Only with `kind=scroll`: how many views told how far they were scrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bands: Option<&'a [Band]>,
}

/// An element that was clicked.
#[derive(Debug, Serialize)]
pub struct Element<'a> {
    pub element: &'a str,
    pub tag: &'a str,
    pub clicks: u64,
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// How well the layout is known.
#[derive(Debug, Serialize)]
pub struct Measured {
    pub samples: usize,
    /// Viewport width of the samples; 0 where there are none.
    pub width: u32,
}

impl HeatMap {
    /// Returns the document; `site` is the name of the site.
    pub fn document<'a>(&'a self, site: &'a str) -> Document<'a> {
        let layout = &self.layout;
        let mut document = Document {
            site,
            path: self.request.path.as_str(),
            kind: "click",
            width: layout.width,
            height: layout.height,
            views: self.views,
            clicks: 0,
            anchored: 0,
            unanchored: 0,
            cell: CELL,
            cells: Vec::new(),
            elements: Vec::new(),
            layout: Measured { samples: layout.samples, width: layout.measured_width },
            fold: layout.fold,
            measured: None,
            bands: None,
        };
        match &self.content {
            Content::Clicks(clicks) => {
                document.anchored = clicks.anchored;
                document.unanchored = clicks.unanchored;
                document.clicks = clicks.anchored + clicks.unanchored;
                document.cells = clicks.cells(layout);
                document.elements = elements(clicks, layout);
            }
            Content::Scroll(scroll) => {
                document.kind = "scroll";
                document.measured = Some(scroll.measured);
                document.bands = Some(&scroll.bands);
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
}

fn elements<'a>(clicks: &Projection, layout: &'a PageLayout) -> Vec<Element<'a>> {
    let clicked = layout.boxes.iter().zip(&clicks.by_box).filter(|&(_, &clicks)| clicks > 0);
    let mut elements: Vec<Element<'a>> = clicked.map(|(b, &clicks)| Element::of(b, clicks)).collect();
    elements.sort_by(|a, b| b.clicks.cmp(&a.clicks).then(a.element.cmp(b.element)));
    elements.truncate(MOST_ELEMENTS);
    elements
}

impl<'a> Element<'a> {
    fn of(b: &'a PlacedBox, clicks: u64) -> Self {
        Self {
            element: &b.element,
            tag: &b.tag,
            clicks,
            x: b.x.round() as i32,
            y: b.y.round() as i32,
            width: b.width.round() as i32,
            height: b.height.round() as i32,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::heatmap::{
        fixture::{a_map, a_page, a_request, clicks_at},
        params::{Kind, MapRequest},
        rows::Row,
    };

    fn document(request: MapRequest, rows: &[Row]) -> Value {
        serde_json::from_str(&a_map(request, &[a_page()], 40, rows).json("demo.example")).unwrap()
    }

    #[test]
    fn tells_what_the_picture_shows() {
        let rows =
            [clicks_at("a#buy", (0.5, 0.5), 5), clicks_at("a#gone", (0.1, 0.1), 1), clicks_at("a#tour", (0.0, 1.0), 2)];
        let expected = json!({
            "site": "demo.example", "path": "/shop", "kind": "click", "width": 1280, "height": 2960,
            "views": 40, "clicks": 8, "anchored": 7, "unanchored": 1,
            "cell": 4, "cells": [[196, 448, 5], [312, 476, 2], [640, 1480, 1]],
            "elements": [
                {"element": "a#buy", "tag": "a", "clicks": 5, "x": 96, "y": 420, "width": 200, "height": 56},
                {"element": "a#tour", "tag": "a", "clicks": 2, "x": 312, "y": 420, "width": 176, "height": 56},
            ],
            "layout": {"samples": 1, "width": 1280}, "fold": 720,
        });
        assert_eq!(document(a_request(), &rows), expected);
    }

    #[test]
    fn tells_bands_for_scrolling() {
        let request = MapRequest { kind: Kind::Scroll, ..a_request() };
        let document = document(request, &[vec![json!(25), json!(3)], vec![json!(100), json!(1)]]);
        assert_eq!(document["bands"][0], json!({"y0": 0, "y1": 29, "share": 1.0}));
        assert_eq!(document["bands"][99], json!({"y0": 2930, "y1": 2960, "share": 0.25}));
        assert_eq!(
            (&document["measured"], &document["cells"], &document["kind"]),
            (&json!(4), &json!([]), &json!("scroll"))
        );
    }
}
