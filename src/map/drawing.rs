//! Owns what a map is made of, from below to above: ground, land, visitors, words. It does not know files.

use super::{
    caption,
    classes::Classes,
    density::Density,
    look::Look,
    outlines::{self, Outlines},
    params::{Lang, MapParams, Style},
    places::{Shown, Spot},
    png::{self, PngError},
    sheet::Sheet,
    svg,
    topology::Point,
};
use crate::render::{Ramp, Rgba, palette::Cover, text};

/// Most discs on a map. Who has more cities sees those with most visitors.
const MOST_DISCS: usize = 600;

/// The largest disc as a share of the picture's width, and the smallest in pixels.
const LARGEST_DISC: f32 = 0.022;
const SMALLEST_DISC: f32 = 1.3;
/// As many visitors as have the largest disc at least: where there are fewer, discs are smaller, so that one visitor does not look
/// like a crowd.
const LEAST_FULL: u64 = 12;

/// As many visitors around a spot have the full glow at least.
const LEAST_GLOW: f32 = 25.0;

/// The glow has this many steps over the width of the map.
const GLOW_COLUMNS: f32 = 340.0;
/// Below this share of the full value nothing glows.
const GLOW_FLOOR: f32 = 0.003;

/// A corner, in tenths of a pixel.
pub(super) type Corner = (i32, i32);

/// Something drawn.
pub(super) enum Element {
    /// The whole picture, with round corners.
    Ground {
        fill: Rgba,
        radius: f32,
    },
    /// Closed rings, filled by the even-odd rule.
    Area {
        rings: Vec<Vec<Corner>>,
        fill: Rgba,
    },
    Lines {
        lines: Vec<Vec<Corner>>,
        width: f32,
        stroke: Rgba,
    },
    Glow(Box<Glow>),
    Disc {
        x: f32,
        y: f32,
        radius: f32,
        fill: Rgba,
        edge: Rgba,
        edge_width: f32,
        name: String,
    },
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        fill: Rgba,
    },
    /// `x` is the left end of the text.
    Text {
        x: f32,
        baseline: f32,
        size: f32,
        fill: Rgba,
        text: String,
    },
}

/// Levels from 0 to 255 at points `cell` pixels apart; the first lies a cell outside the picture, and so does the last.
pub(super) struct Glow {
    pub columns: usize,
    pub rows: usize,
    pub cell: f32,
    pub levels: Vec<f32>,
    pub ramp: Ramp,
}

/// A picture before it is a file.
pub(super) struct Picture {
    pub sheet: Sheet,
    /// Empty for a picture that says nothing.
    pub title: String,
    pub description: String,
    pub lang: Lang,
    pub elements: Vec<Element>,
}

/// A map, ready to be drawn.
#[derive(Debug, Clone)]
pub struct VisitorMap {
    pub params: MapParams,
    pub shown: Shown,
    /// Who made the geo database, to be named; empty where there is none.
    pub geo: String,
}

impl VisitorMap {
    /// Returns the map as SVG: valid XML, without scripts, styles and outside references, whatever the names of cities are.
    pub fn svg(&self) -> String {
        svg::write(&self.picture())
    }

    /// Returns the map as PNG.
    pub fn png(&self) -> Result<Vec<u8>, PngError> {
        png::encode(&self.picture())
    }

    fn picture(&self) -> Picture {
        let params = &self.params;
        let sheet = Sheet::new(params.width, params.caption || params.credits);
        let look = params.theme.look();
        let mut elements = Vec::new();
        if let Some(fill) = look.sea {
            elements.push(Element::Ground { fill, radius: sheet.letters * 0.6 });
        }
        if params.graticule {
            put_graticule(&mut elements, &sheet, look);
        }
        match params.style {
            Style::Dots => {
                put_land(&mut elements, &sheet, look);
                put_discs(&mut elements, &sheet, look, &self.shown.spots, params.lang);
            }
            Style::Heat => {
                put_land(&mut elements, &sheet, look);
                put_glow(&mut elements, &sheet, look, &self.shown.spots, params.lang);
            }
            Style::Countries => put_countries(&mut elements, &sheet, look, &self.shown, params.lang),
        }
        self.put_words(&mut elements, &sheet, look);
        let said = caption::captions(&self.shown, params.range, params.lang);
        Picture {
            sheet,
            title: format!("{}: {}", caption::title(params.lang), said[0]),
            description: caption::credits_in_full(&self.geo),
            lang: params.lang,
            elements,
        }
    }

    /// Writes the number to the left and the credits to the right, as much as has room.
    fn put_words(&self, elements: &mut Vec<Element>, sheet: &Sheet, look: &Look) {
        let size = sheet.letters;
        let credits_size = size * 0.82;
        let margin = size * 0.9;
        let baseline = sheet.height as f32 - size * 0.75;
        let mut room = sheet.width as f32 - 2.0 * margin;
        if self.params.credits {
            let text = caption::credits(&self.geo);
            let wide = text::width(&text, credits_size);
            let x = sheet.width as f32 - margin - wide;
            elements.push(Element::Text { x, baseline, size: credits_size, fill: look.faint_ink, text });
            room -= wide + size;
        }
        if self.params.caption {
            let said = caption::captions(&self.shown, self.params.range, self.params.lang);
            if let Some(text) = said.into_iter().find(|text| text::width(text, size) <= room) {
                elements.push(Element::Text { x: margin, baseline, size, fill: look.ink, text });
            }
        }
    }
}

/// Draws the land and the borders between countries.
pub(super) fn put_land(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look) {
    let outlines = outlines::of_width(sheet.width);
    elements.push(Element::Area { rings: corners(&outlines.land, sheet), fill: look.land });
    put_borders(elements, sheet, look, &outlines);
}

fn put_borders(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, outlines: &Outlines) {
    let width = (sheet.width as f32 / 1200.0).clamp(0.4, 1.0);
    elements.push(Element::Lines { lines: corners(&outlines.borders, sheet), width, stroke: look.border });
}

fn put_graticule(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look) {
    let steps = |from: i32, to: i32| (from..=to).step_by(2).map(f64::from);
    let parallels =
        (-30..=60).step_by(30).map(|parallel| steps(-180, 180).map(|at| (at, f64::from(parallel))).collect());
    let meridians =
        (-180..=180).step_by(30).map(|meridian| steps(-58, 84).map(|at| (f64::from(meridian), at)).collect());
    let lines: Vec<Vec<Point>> = parallels.chain(meridians).collect();
    let width = (sheet.width as f32 / 1200.0).clamp(0.4, 1.0);
    let stroke = Rgba { alpha: look.land.alpha / 2, ..look.land };
    elements.push(Element::Lines { lines: corners(&lines, sheet), width, stroke });
}

fn put_discs(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, spots: &[Spot], lang: Lang) {
    let most = spots.first().map_or(0, |spot| spot.visitors).max(LEAST_FULL) as f32;
    let largest = (sheet.width as f32 * LARGEST_DISC).max(2.0 * SMALLEST_DISC);
    let smallest = SMALLEST_DISC.max(sheet.width as f32 / 400.0);
    // Those with most visitors come first, so that smaller ones lie on top of them.
    for spot in spots.iter().take(MOST_DISCS) {
        let (x, y) = sheet.place(spot.latitude, spot.longitude);
        let radius = (largest * (spot.visitors as f32 / most).sqrt()).max(smallest);
        let (fill, edge) = (look.dot, look.dot_edge);
        let edge_width = (sheet.width as f32 / 1200.0).clamp(0.5, 1.0);
        elements.push(Element::Disc { x, y, radius, fill, edge, edge_width, name: caption::spot(spot, lang) });
    }
}

fn put_glow(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, spots: &[Spot], lang: Lang) {
    if spots.is_empty() {
        return;
    }
    let density = Density::of(spots);
    let (percentile, highest) = density.survey();
    let full = percentile.max(LEAST_GLOW);
    let cell = (sheet.width as f32 / GLOW_COLUMNS).max(1.0);
    let columns = (sheet.width as f32 / cell).ceil() as usize + 3;
    let rows = (sheet.map_height / cell).ceil() as usize + 3;
    let mut levels = vec![0.0; columns * rows];
    for (at, level) in levels.iter_mut().enumerate() {
        let (column, row) = (at % columns, at / columns);
        // The border stays cold, so that every outline closes.
        if column == 0 || row == 0 || column == columns - 1 || row == rows - 1 {
            continue;
        }
        let (x, y) = ((column as f32 - 1.0) * cell, (row as f32 - 1.0) * cell);
        if let Some(point) = sheet.point_at(x, y) {
            *level = glow_level(density.at(point), full, highest.max(full));
        }
    }
    let ramp = look.palette.ramp(Cover::Density);
    put_scale(elements, sheet, look, full, &ramp, lang);
    elements.push(Element::Glow(Box::new(Glow { columns, rows, cell, levels, ramp })));
}

/// Returns the level of a density. Between a village and a capital lie powers of ten: a root nearly of the third degree shows
/// both. What is above the full value shares the last tenth of the colours.
fn glow_level(value: f32, full: f32, highest: f32) -> f32 {
    const KNEE: f32 = 0.9;
    let share = value / full;
    if share > 1.0 {
        let above = if highest > full { (value - full) / (highest - full) } else { 0.0 };
        return 255.0 * (KNEE + (1.0 - KNEE) * above.min(1.0));
    }
    // The mean of a square and a fourth root; of powers, square roots alone are the same on every machine.
    let root = |share: f32| {
        let square = share.max(0.0).sqrt();
        (square * square.sqrt()).sqrt()
    };
    let foot = root(GLOW_FLOOR);
    255.0 * KNEE * ((root(share) - foot) / (1.0 - foot)).max(0.0)
}

/// Draws what the colours of the glow mean, in the empty corner of the South Pacific.
fn put_scale(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, full: f32, ramp: &Ramp, lang: Lang) {
    const STEPS: u16 = 24;
    let size = sheet.letters * 0.82;
    let (x, y) = (sheet.letters * 0.9, sheet.map_height - size * 0.4);
    let (wide, high) = (size * 7.0, size * 0.55);
    let under = look.sea.unwrap_or(Rgba::opaque(255, 255, 255));
    for step in 0..STEPS {
        let colour = ramp.colour(((step * 230) / (STEPS - 1) + 8) as u8);
        // Opaque, so that steps that touch show no seam.
        let fill = if look.sea.is_some() { colour.over(under) } else { colour };
        let left = x + wide * f32::from(step) / f32::from(STEPS);
        let width = wide / f32::from(STEPS) + if look.sea.is_some() { 0.3 } else { 0.0 };
        elements.push(Element::Rect { x: left, y: y - high, width, height: high, fill });
    }
    let text = format!("≥ {}", caption::grouped(full.round() as u64, lang));
    elements.push(Element::Text { x: x + wide + size * 0.5, baseline: y, size, fill: look.faint_ink, text });
}

fn put_countries(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, shown: &Shown, lang: Lang) {
    let outlines = outlines::of_width(sheet.width);
    elements.push(Element::Area { rings: corners(&outlines.land, sheet), fill: look.land });
    let classes = Classes::of(shown.countries.iter().map(|(_, visitors)| *visitors));
    let mut areas: [Vec<Vec<Corner>>; super::classes::MOST] = Default::default();
    let mut discs = Vec::new();
    for (code, visitors) in &shown.countries {
        let class = classes.class(*visitors);
        if let Some(rings) = outlines.countries.get(code.as_str()) {
            areas[class].extend(corners(rings, sheet));
        }
        if outlines.tiny.get(code.as_str()).copied().unwrap_or(true)
            && let Some(country) = super::country::of(code)
        {
            let (x, y) = sheet.place(country.latitude, country.longitude);
            let radius = (sheet.width as f32 / 300.0).clamp(1.6, 4.0);
            let name = format!("{code}: {}", caption::grouped(*visitors, lang));
            let (fill, edge) = (look.classes[class], look.border);
            discs.push(Element::Disc { x, y, radius, fill, edge, edge_width: 0.6, name });
        }
    }
    for (rings, fill) in areas.into_iter().zip(look.classes) {
        if !rings.is_empty() {
            elements.push(Element::Area { rings, fill });
        }
    }
    put_borders(elements, sheet, look, &outlines);
    elements.extend(discs);
    put_classes(elements, sheet, look, &classes, lang);
}

/// Draws what the colours of countries mean, in the empty corner of the South Pacific.
fn put_classes(elements: &mut Vec<Element>, sheet: &Sheet, look: &Look, classes: &Classes, lang: Lang) {
    let size = sheet.letters * 0.82;
    let (x, line) = (sheet.letters * 0.9, size * 1.35);
    let bounds = classes.bounds();
    for (class, least) in bounds.iter().enumerate() {
        let baseline = sheet.map_height - size * 0.4 - class as f32 * line;
        let fill = look.classes[classes.colour(class)];
        elements.push(Element::Rect { x, y: baseline - size * 0.78, width: size * 1.3, height: size * 0.9, fill });
        let least_text = caption::grouped(*least, lang);
        let text = match bounds.get(class + 1) {
            Some(next) if *next == least + 1 => least_text,
            Some(next) => format!("{least_text}–{}", caption::grouped(next - 1, lang)),
            None => format!("≥ {least_text}"),
        };
        elements.push(Element::Text { x: x + size * 1.8, baseline, size, fill: look.faint_ink, text });
    }
}

fn corners(lines: &[Vec<Point>], sheet: &Sheet) -> Vec<Vec<Corner>> {
    let corner = |point: &Point| {
        let (x, y) = sheet.point(*point);
        ((x * 10.0).round() as i32, (y * 10.0).round() as i32)
    };
    let line = |points: &Vec<Point>| {
        let mut line: Vec<Corner> = points.iter().map(corner).collect();
        line.dedup();
        line
    };
    lines.iter().map(line).filter(|line| line.len() >= 2).collect()
}
