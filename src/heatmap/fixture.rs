//! Owns a page for tests: a landing page with a sticky header, at any width, and clicks on it.

use serde_json::{Value, json};

use super::{
    layout::{PageLayout, PageSize},
    map::{Answers, ContentAnswers, FirstAnswers, HeatMap, Page},
    params::MapRequest,
    rows::Row,
    spot::Spot,
};
use crate::model::{ElementKey, Layout, LayoutBox, LayoutFlags, Pathname, Size};

/// Puts boxes one after the other into a layout.
pub struct PageBuilder {
    layout: Layout,
}

impl PageBuilder {
    pub fn new(width: u32, height: u32) -> Self {
        let viewport = Size { width, height: if width < 600 { 844 } else { 720 } };
        Self {
            layout: Layout { viewport, document: Size { width, height }, complete: true, state: 0, boxes: Vec::new() },
        }
    }

    /// Lists an element: `tag#id` with its box.
    pub fn with(mut self, name: &str, [x, y, width, height]: [i32; 4]) -> Self {
        self.put(name, [x, y, width, height], LayoutFlags::default());
        self
    }

    pub fn with_flags(mut self, name: &str, place: [i32; 4], flags: LayoutFlags) -> Self {
        self.put(name, place, flags);
        self
    }

    /// Seen on a screen of another height.
    pub fn tall(mut self, height: u32) -> Self {
        self.layout.viewport.height = height;
        self
    }

    pub fn partial(mut self) -> Self {
        self.layout.complete = false;
        self
    }

    fn put(&mut self, name: &str, [x, y, width, height]: [i32; 4], flags: LayoutFlags) {
        let tag = name.split('#').next().unwrap().to_owned();
        let (width, height) = (width.unsigned_abs(), height.unsigned_abs());
        let element = ElementKey::parse(name).unwrap();
        self.layout.boxes.push(LayoutBox { element, tag, role: String::new(), x, y, width, height, flags });
    }

    pub fn build(self) -> Layout {
        self.layout
    }
}

/// A landing page of a shop, 1280 px wide: sticky header, hero, cards, an article beside a form, a footer.
pub fn a_page() -> Layout {
    let fixed = LayoutFlags::FIXED;
    let mut page = PageBuilder::new(1280, 2960)
        .with("body", [0, 0, 1280, 2960])
        .with("section#hero", [0, 64, 1280, 536])
        .with("h1", [96, 160, 520, 116])
        .with("p#lead", [96, 300, 500, 84])
        .with("a#buy", [96, 420, 200, 56])
        .with("a#tour", [312, 420, 176, 56])
        .with("img#hero", [680, 124, 504, 416])
        .with("h2#why", [96, 652, 520, 44]);
    for (i, x) in [96, 472, 848].into_iter().enumerate() {
        page = page
            .with(&format!("article#card{i}"), [x, 728, 336, 424])
            .with(&format!("img#card{i}"), [x, 728, 336, 190])
            .with(&format!("h3#card{i}"), [x + 24, 944, 288, 32])
            .with(&format!("p#card{i}"), [x + 24, 990, 288, 78])
            .with(&format!("a#more{i}"), [x + 24, 1094, 110, 24]);
    }
    page = page
        .with("main", [96, 1216, 720, 1424])
        .with("h2#story", [96, 1216, 620, 44])
        .with("p#one", [96, 1284, 720, 156])
        .with("a#source", [330, 1337, 150, 24])
        .with("p#two", [96, 1464, 720, 208])
        .with("figure", [96, 1700, 720, 440])
        .with("video#film", [96, 1700, 720, 400])
        .with("figcaption", [96, 2108, 720, 26])
        .with("h3#how", [96, 2172, 420, 32])
        .with("li#a", [120, 2220, 696, 26])
        .with("li#b", [120, 2252, 696, 26])
        .with("li#c", [120, 2284, 696, 26])
        .with("p#three", [96, 2340, 720, 182])
        .with_flags("div#log", [96, 2550, 720, 220], LayoutFlags::SCROLL_CONTAINER)
        .with("p#entry", [120, 2570, 650, 160])
        .with("aside", [880, 1216, 304, 560])
        .with("h3#form", [904, 1244, 240, 32])
        .with("input#name", [904, 1300, 256, 44])
        .with("input#mail", [904, 1360, 256, 44])
        .with("select#plan", [904, 1420, 256, 44])
        .with("textarea#note", [904, 1480, 256, 120])
        .with("input#agree", [904, 1622, 18, 18])
        .with("label#agree", [932, 1618, 200, 26])
        .with("button#send", [904, 1668, 256, 52])
        .with("footer", [0, 2800, 1280, 160])
        .with_flags("header", [0, 0, 1280, 64], fixed)
        .with_flags("svg#logo", [96, 16, 112, 32], fixed)
        .with_flags("nav", [560, 0, 460, 64], fixed);
    for (i, x) in [580, 690, 800, 910].into_iter().enumerate() {
        page = page.with_flags(&format!("a#nav{i}"), [x, 20, 84, 24], fixed);
        page = page.with(&format!("a#foot{i}"), [96 + 240 * i32::try_from(i).unwrap(), 2850, 120, 24]);
    }
    page.with_flags("button#join", [1064, 12, 120, 40], fixed).build()
}

/// The same page on a phone, 390 px wide: everything below one another, the menu folded away.
pub fn a_narrow_page() -> Layout {
    PageBuilder::new(390, 5200)
        .with("body", [0, 0, 390, 5200])
        .with("h1", [20, 90, 350, 120])
        .with("p#lead", [20, 226, 350, 112])
        .with("a#buy", [20, 354, 350, 52])
        .with("a#tour", [20, 418, 350, 52])
        .with("img#hero", [0, 500, 390, 320])
        .with("a#more1", [44, 1700, 110, 24])
        .with("p#one", [20, 2300, 350, 320])
        .with("a#source", [90, 2402, 150, 24])
        .with("button#send", [20, 4700, 350, 52])
        .with_flags("header", [0, 0, 390, 56], LayoutFlags::FIXED)
        .with_flags("button#join", [250, 8, 120, 40], LayoutFlags::FIXED)
        .build()
}

/// The answers of a store that knows these samples.
pub fn answers(samples: &[Layout], views: u64) -> FirstAnswers {
    FirstAnswers {
        layouts: samples.iter().map(sample_row).collect(),
        views: vec![vec![json!(views)]],
        sizes: Vec::new(),
    }
}

fn sample_row(layout: &Layout) -> Row {
    let list = |part: fn(&LayoutBox) -> Value| Value::Array(layout.boxes.iter().map(part).collect());
    vec![
        json!(layout.viewport.width),
        json!(layout.viewport.height),
        json!(layout.document.width),
        json!(layout.document.height),
        json!(layout.complete),
        list(|b| json!(b.element.as_str())),
        list(|b| json!(b.tag)),
        list(|b| json!(b.role)),
        list(|b| json!(b.x)),
        list(|b| json!(b.y)),
        list(|b| json!(b.width)),
        list(|b| json!(b.height)),
        list(|b| json!(b.flags.bits())),
        json!(layout.state),
        list(|b| json!(id_of(b.element.as_str()))),
    ]
}

/// What stands for the number that ClickHouse makes of an element's key (FNV-1a).
pub fn id_of(element: &str) -> u64 {
    element.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The layout that the samples make, its elements numbered.
pub fn a_layout(samples: &[Layout], width: u32) -> PageLayout {
    let mut layout = PageLayout::merge(samples, PageSize::default(), width);
    let ids = layout.boxes.iter().map(|b| (b.element.clone(), id_of(&b.element))).collect();
    layout.number(&ids);
    layout
}

/// Clicks on an element, at a place from 0 to 1 in it, in the middle of the page.
pub fn spot_on(element: &str, (fraction_x, fraction_y): (f32, f32), weight: u64) -> Spot {
    let element_id = id_of(element);
    Spot { frame: 0, base: true, element_id, fraction_x, fraction_y, fixed: false, share_x: 0.5, down: 0.5, weight }
}

/// The spots as ClickHouse writes them.
pub fn row_binary(spots: &[Spot]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for spot in spots {
        bytes.extend([spot.frame, u8::from(spot.base)]);
        bytes.extend(spot.element_id.to_le_bytes());
        bytes.extend([spot.fraction_x, spot.fraction_y].map(f32::to_le_bytes).as_flattened());
        bytes.push(u8::from(spot.fixed));
        bytes.extend([spot.share_x, spot.down].map(f32::to_le_bytes).as_flattened());
        bytes.extend(spot.weight.to_le_bytes());
    }
    bytes
}

/// `clicks` clicks scattered in the middle of an element, the same ones every time.
pub fn scattered(element: &str, clicks: u32) -> Vec<Spot> {
    let mut seed = element.bytes().fold(17u32, |seed, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1 << 24)
    };
    (0..clicks)
        .map(|_| {
            // The mean of three even numbers is nearly a bell.
            let mut middle = || (0.1 + 0.8 * (next() + next() + next()) / 3.0) as f32;
            let place = (middle(), middle());
            spot_on(element, place, 1)
        })
        .collect()
}

pub fn a_request() -> MapRequest {
    MapRequest::new(Pathname::parse("/shop").unwrap())
}

/// A map of [`a_page`], or of other samples.
pub fn a_map(request: MapRequest, samples: &[Layout], views: u64, spots: &[Spot]) -> HeatMap {
    a_map_of(request, samples, views, ContentAnswers::Spots(row_binary(spots).into()))
}

pub fn a_map_of(request: MapRequest, samples: &[Layout], views: u64, content: ContentAnswers) -> HeatMap {
    a_map_from(request, samples, views, &Answers::of(content), None)
}

pub fn a_map_from(
    request: MapRequest,
    samples: &[Layout],
    views: u64,
    all: &Answers,
    frames: Option<usize>,
) -> HeatMap {
    let page = Page::read(&request, &answers(samples, views)).unwrap();
    HeatMap::assemble(request, page, all, frames, None).unwrap()
}
