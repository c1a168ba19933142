//! Owns pictures made of shapes: sharp at every size, with letters that can be selected. It does not know what is drawn.
//!
//! The heat is a stack of outlines, each filled over the wider one below it. Filled half clear, their covers would add up; so
//! they are opaque, and the same outlines in grey are the mask that makes the stack as clear as the ramp says.

mod contours;

use std::{fmt::Write as _, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::{
    Canvas, Field, Layer, Photo, Rect, Scale, Shade, Surface,
    encode::{self, EncodeError},
    field::LevelGrid,
    palette::{Ramp, Rgba},
    text,
};
use contours::Ring;

/// Numbers of outlines and tolerances in pixels that are tried, from fine to coarse, until the paths are small enough.
const FINENESS: [(u32, f32); 6] = [(28, 0.25), (24, 0.5), (18, 0.8), (14, 1.3), (10, 2.2), (8, 4.0)];

/// Most bytes of the outlines, unless the coarsest are longer.
const MOST_OUTLINE_BYTES: usize = 700_000;

/// Outlines are written in so many parts of a pixel, without decimal points.
const PARTS: f32 = 10.0;

/// A picture of shapes in the making.
pub struct Svg<'a> {
    ramp: &'a Ramp,
    width: u32,
    height: u32,
    photo: Option<Arc<Photo>>,
    paper: String,
    heat: String,
    ink: String,
    grid: Option<LevelGrid>,
    /// What was filled with which shade, to answer [`Surface::paper_at`].
    papers: Vec<(Rect, Shade)>,
    /// A rectangle of heat that the next one may continue.
    band: Option<(Rect, u8)>,
}

impl<'a> Svg<'a> {
    /// Makes a clear picture.
    pub fn new(width: u32, height: u32, ramp: &'a Ramp) -> Self {
        Self {
            ramp,
            width,
            height,
            photo: None,
            paper: String::new(),
            heat: String::new(),
            ink: String::new(),
            grid: None,
            papers: Vec::new(),
            band: None,
        }
    }

    /// Lays a photo below everything, at the upper left corner. It stays one of pixels.
    pub fn set_photo(&mut self, photo: Photo) {
        self.photo = Some(Arc::new(photo));
    }

    /// Returns the file. Without a photo it has at most about a megabyte.
    pub fn finish(mut self) -> Result<String, EncodeError> {
        self.end_band();
        let (width, height) = (self.width, self.height);
        let mut file = String::with_capacity(self.paper.len() + self.ink.len() + (1 << 16));
        let size = format!("width=\"{width}\" height=\"{height}\"");
        put(
            &mut file,
            &format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {size} viewBox=\"0 0 {width} {height}\">\n"),
        );
        if let Some(photo) = &self.photo {
            put(&mut file, &format!("<rect {size} fill=\"#fff\"/>\n{}", embedded(photo)?));
        }
        put_group(&mut file, "paper", &self.paper);
        if let Some(grid) = &self.grid {
            put_outlines(&mut file, grid, self.ramp, &size);
        }
        put_group(&mut file, "heat", &self.heat);
        put_group(&mut file, "ink", &self.ink);
        file.push_str("</svg>\n");
        Ok(file)
    }

    fn layer(&mut self, layer: Layer) -> &mut String {
        match layer {
            Layer::Paper => &mut self.paper,
            Layer::Ink => &mut self.ink,
        }
    }

    fn put_rect(&mut self, rect: Rect, radius: i32, layer: Layer, fill: Rgba) {
        let bounds = self.bounds();
        if rect.width <= 0 || rect.height <= 0 || !rect.overlaps(bounds) {
            return;
        }
        let corners = corners(rect, radius);
        put(self.layer(layer), &format!("<rect {}{corners} fill=\"{}\"/>\n", sides(rect), hex(fill)));
    }

    fn put_path(&mut self, d: &str, layer: Layer, paint: &str) {
        put(self.layer(layer), &format!("<path d=\"{d}\" {paint}/>\n"));
    }

    /// Writes the rectangle of heat that waited for one to continue it.
    fn end_band(&mut self) {
        if let Some((rect, level)) = self.band.take() {
            self.put_level(rect, 0, level);
        }
    }

    fn put_level(&mut self, rect: Rect, radius: i32, level: u8) {
        let colour = self.ramp.colour(level);
        if rect.width <= 0 || rect.height <= 0 || colour.alpha == 0 {
            return;
        }
        let opacity = f32::from(colour.alpha) / 255.0;
        // Bands that touch must not show a seam.
        let edges = if radius > 0 { corners(rect, radius) } else { " shape-rendering=\"crispEdges\"".to_owned() };
        let fill = hex(colour);
        put(&mut self.heat, &format!("<rect {}{edges} fill=\"{fill}\" fill-opacity=\"{opacity:.3}\"/>\n", sides(rect)));
    }
}

impl Surface for Svg<'_> {
    fn bounds(&self) -> Rect {
        Rect::new(0, 0, self.width as i32, self.height as i32)
    }

    fn fill(&mut self, rect: Rect, layer: Layer, shade: Shade) {
        self.fill_round(rect, 0, layer, shade);
    }

    fn fill_round(&mut self, rect: Rect, radius: i32, layer: Layer, shade: Shade) {
        if layer == Layer::Paper {
            self.papers.push((rect, shade));
        }
        self.put_rect(rect, radius, layer, self.ramp.shade(shade));
    }

    fn outline_round(&mut self, rect: Rect, radius: i32, border: i32, layer: Layer, shade: Shade) {
        let half = border as f32 / 2.0;
        let (x, y) = (rect.x as f32 + half, rect.y as f32 + half);
        let (width, height) = ((rect.width - border).max(0), (rect.height - border).max(0));
        let corners = corners(rect.inset(border / 2), radius - border / 2);
        let stroke = hex(self.ramp.shade(shade));
        put(
            self.layer(layer),
            &format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{corners} fill=\"none\" stroke=\"{stroke}\" \
                 stroke-width=\"{border}\"/>\n"
            ),
        );
    }

    fn line(&mut self, points: &[(f32, f32)], thickness: f32, layer: Layer, shade: Shade) {
        let paint = format!("fill=\"none\" stroke=\"{}\" stroke-width=\"{thickness}\"", hex(self.ramp.shade(shade)));
        self.put_path(&polyline(points), layer, &paint);
    }

    fn polygon(&mut self, corners: &[(f32, f32)], layer: Layer, shade: Shade) {
        let paint = format!("fill=\"{}\"", hex(self.ramp.shade(shade)));
        self.put_path(&(polyline(corners) + "Z"), layer, &paint);
    }

    fn disc(&mut self, x: f32, y: f32, radius: f32, layer: Layer, shade: Shade) {
        let fill = hex(self.ramp.shade(shade));
        put(self.layer(layer), &format!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"/>\n"));
    }

    /// Gives the width of the text too: where the font is another one, the letters move closer and stay on their plate.
    fn text(&mut self, (x, baseline): (f32, f32), size_px: f32, shade: Shade, text: &str) {
        let (fill, wide) = (hex(self.ramp.shade(shade)), text::width(text, size_px));
        put(
            &mut self.ink,
            &format!(
                "<text x=\"{x:.1}\" y=\"{baseline:.1}\" font-size=\"{size_px}\" textLength=\"{wide:.1}\" \
                 lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\">{}</text>\n",
                escaped(text)
            ),
        );
    }

    fn fill_level_round(&mut self, rect: Rect, radius: i32, level: u8) {
        if let Some((band, band_level)) = &mut self.band
            && *band_level == level
            && radius == 0
            && (rect.x, rect.width, rect.y) == (band.x, band.width, band.bottom())
        {
            band.height += rect.height;
            return;
        }
        self.end_band();
        if radius == 0 {
            self.band = Some((rect, level));
        } else {
            self.put_level(rect, radius, level);
        }
    }

    fn heat(&mut self, field: Field, scale: &Scale) {
        self.grid = Some(field.into_levels(scale));
    }

    fn swatch(&mut self, rect: Rect, level: u8) {
        let paper = self.ramp.shade(Shade::WHITE);
        self.put_rect(rect, 0, Layer::Ink, self.ramp.colour(level).over(paper));
    }

    fn dashes(&mut self, y: i32, thickness: i32, dash: i32, layer: Layer, shade: Shade) {
        let middle = y as f32 + thickness as f32 / 2.0;
        let stroke = hex(self.ramp.shade(shade));
        let dashes = format!("{dash} {}", dash * 2 / 3);
        let paint = format!("stroke=\"{stroke}\" stroke-width=\"{thickness}\" stroke-dasharray=\"{dashes}\"");
        self.put_path(&format!("M0 {middle}H{}", self.width), layer, &paint);
    }

    fn paper_at(&self, x: i32, y: i32) -> Shade {
        let pixel = Rect::new(x, y, 1, 1);
        self.papers.iter().rfind(|(rect, _)| rect.contains(pixel)).map_or(Shade::WHITE, |(_, shade)| *shade)
    }

    fn mean_level(&self, rect: Rect) -> f32 {
        self.grid.as_ref().map_or(0.0, |grid| grid.mean(rect))
    }

    fn drawn_share(&self, rect: Rect) -> f32 {
        let drawn = self.papers.iter().filter(|(_, shade)| *shade != Shade::WHITE);
        let area: i64 = drawn.map(|(drawn, _)| drawn.common(rect).area()).sum();
        (area as f32 / rect.area().max(1) as f32).min(1.0)
    }
}

/// Appends to a text, which cannot fail.
fn put(text: &mut String, part: &str) {
    text.push_str(part);
}

fn put_group(file: &mut String, name: &str, content: &str) {
    if content.is_empty() {
        return;
    }
    let font = if name == "ink" { " font-family=\"DejaVu Sans,Verdana,sans-serif\"" } else { "" };
    put(file, &format!("<g id=\"{name}\"{font}>\n{content}</g>\n"));
}

fn sides(rect: Rect) -> String {
    format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", rect.x, rect.y, rect.width, rect.height)
}

fn corners(rect: Rect, radius: i32) -> String {
    let radius = radius.min(rect.width / 2).min(rect.height / 2);
    if radius > 0 { format!(" rx=\"{radius}\"") } else { String::new() }
}

fn hex(colour: Rgba) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue)
}

fn escaped(text: &str) -> String {
    let allowed = text.chars().filter(|letter| !letter.is_control());
    allowed.fold(String::with_capacity(text.len()), |mut safe, letter| {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            _ => safe.push(letter),
        }
        safe
    })
}

fn polyline(points: &[(f32, f32)]) -> String {
    let mut d = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        put(&mut d, &format!("{}{x} {y}", if at == 0 { 'M' } else { 'L' }));
    }
    d
}

fn embedded(photo: &Arc<Photo>) -> Result<String, EncodeError> {
    let (width, height) = (photo.width(), photo.height());
    let mut canvas = Canvas::new(width, height);
    canvas.set_shared_photo(Arc::clone(photo));
    let png = encode::png(canvas, &super::Palette::default().ramp(super::palette::Cover::Density))?;
    let data = BASE64.encode(png);
    Ok(format!("<image width=\"{width}\" height=\"{height}\" href=\"data:image/png;base64,{data}\"/>\n"))
}

/// Returns a glow as a piece of a picture: outlines around levels (0 to 255) at points `cell` pixels apart, of which the first column
/// and row, and the last, lie outside the picture and are cold.
pub fn glow(levels: &[f32], columns: usize, cell: f32, ramp: &Ramp, (width, height): (u32, u32)) -> String {
    // The grid is of whole pixels: it is drawn in cells, and enlarged.
    let grid = LevelGrid::new(1, columns, levels.to_vec());
    let (width, height) = (width as f32 / cell, height as f32 / cell);
    // The middle of a cell is the place of its point.
    let mut file = format!("<g transform=\"scale({cell}) translate(-.5 -.5)\">\n");
    put_outlines(
        &mut file,
        &grid,
        ramp,
        &format!("width=\"{}\" height=\"{}\"", width.ceil() + 1.0, height.ceil() + 1.0),
    );
    file.push_str("</g>\n");
    file
}

/// Writes the outlines once, and uses them twice: as colours and as the mask.
fn put_outlines(file: &mut String, grid: &LevelGrid, ramp: &Ramp, size: &str) {
    let (levels, paths) = outlines(grid);
    let mut used = [String::new(), String::new()];
    put(file, "<defs>\n");
    for (number, (level, path)) in levels.iter().zip(&paths).enumerate().filter(|(_, (_, path))| !path.is_empty()) {
        let colour = ramp.colour(*level);
        let grey = Rgba::opaque(colour.alpha, colour.alpha, colour.alpha);
        put(file, &format!("<path id=\"o{number}\" d=\"{path}\"/>\n"));
        for (used, fill) in used.iter_mut().zip([colour, grey]) {
            put(used, &format!("<use href=\"#o{number}\" fill=\"{}\"/>\n", hex(fill)));
        }
    }
    let [colours, covers] = used;
    let scale = 1.0 / PARTS;
    put(file, &format!("<mask id=\"cover\" maskUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" {size}>\n"));
    put(file, &format!("<g transform=\"scale({scale})\" fill-rule=\"evenodd\">\n{covers}</g>\n</mask>\n</defs>\n"));
    put(file, "<g mask=\"url(#cover)\">\n");
    put(file, &format!("<g transform=\"scale({scale})\" fill-rule=\"evenodd\">\n{colours}</g>\n</g>\n"));
}

/// Returns the levels whose colours the outlines get and their paths, as fine as the bytes allow.
fn outlines(grid: &LevelGrid) -> (Vec<u8>, Vec<String>) {
    let mut result = (Vec::new(), Vec::new());
    for (count, tolerance) in FINENESS {
        let step = 255.0 / count as f32;
        // An outline stands for the levels up to the next one: it gets the colour of their middle.
        let level = |at: u32| (at as f32 + 0.25) * step;
        let levels = (0..count).map(|at| (level(at) + step / 2.0).min(255.0) as u8).collect();
        let paths: Vec<String> = (0..count).map(|at| path(&contours::rings(grid, level(at), tolerance))).collect();
        let bytes: usize = paths.iter().map(String::len).sum();
        result = (levels, paths);
        if bytes <= MOST_OUTLINE_BYTES {
            break;
        }
    }
    result
}

/// Writes closed lines as steps from corner to corner.
fn path(rings: &[Ring]) -> String {
    let mut d = String::new();
    for ring in rings {
        let mut at = (0, 0);
        for (number, &(x, y)) in ring.iter().enumerate() {
            let to = ((x * PARTS).round() as i32, (y * PARTS).round() as i32);
            let (right, down) = (to.0 - at.0, to.1 - at.1);
            let command = match number {
                0 => "M",
                1 => "l",
                _ if right < 0 => "",
                _ => " ",
            };
            let gap = if down < 0 { "" } else { " " };
            write!(d, "{command}{right}{gap}{down}").expect("writing to a string cannot fail");
            at = to;
        }
        d.push('z');
    }
    d
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;
    use crate::render::{
        Normalise, Palette,
        canvas::wireframe::{self, Block, Look},
        elements::{self, ElementBox},
        legend::{self, Legend},
        marks,
        palette::Cover,
    };

    fn field(width: u32, height: u32, spots: u32) -> Field {
        let mut field = Field::new(width, height, 12.0);
        let mut seed = 5u32;
        let mut next = move |limit: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 24) as f32 * limit as f32
        };
        for _ in 0..spots {
            field.add(next(width), next(height), next(60));
        }
        field.blur();
        field
    }

    fn draw(surface: &mut dyn Surface, spots: u32) {
        let Rect { width, height, .. } = surface.bounds();
        let blocks: Vec<Block> = (0..height / 60)
            .map(|at| Block { rect: Rect::new(20, at * 60, 300, 40), look: Look::Select, lifted: false })
            .collect();
        wireframe::draw(surface, &blocks, 1.0);
        let field = field(width as u32, height as u32, spots);
        let scale = Scale::of(&field, Normalise::P99, 100);
        surface.heat(field, &scale);
        marks::line(surface, 90, 1.0, Shade::new(70), "fold · <90> & more");
        elements::draw(surface, &[ElementBox { rect: Rect::new(9, 9, 90, 60), level: 90, tag: "9 %".to_owned() }], 1.0);
        let legend = Legend { title: "Clicks".to_owned(), ticks: vec![(0.0, "0".to_owned())], notes: Vec::new() };
        legend::draw(surface, &legend, 1.0);
    }

    fn drawn(width: u32, height: u32, spots: u32) -> String {
        let ramp = Palette::Heat.ramp(Cover::Density);
        let mut svg = Svg::new(width, height, &ramp);
        draw(&mut svg, spots);
        svg.finish().unwrap()
    }

    #[test]
    fn is_valid_xml_with_its_words_as_text() {
        let file = drawn(800, 600, 40);
        let document = Document::parse(&file).unwrap();
        let words: Vec<&str> =
            document.descendants().filter(|node| node.has_tag_name("text")).filter_map(|node| node.text()).collect();
        assert_eq!(words, ["fold · <90> & more", "9 %", "Clicks", "0"]);
        let ids: Vec<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
        let used = document.descendants().filter_map(|node| node.attribute("href"));
        for used in used {
            assert!(ids.contains(&used.trim_start_matches('#')), "{used} is nowhere");
        }
    }

    #[test]
    fn no_page_is_larger_than_its_bound() {
        for (width, height, spots) in [(1280, 8000, 200), (1280, 8000, 4_000), (1280, 20_000, 40_000)] {
            let file = drawn(width, height, spots);
            assert!(file.len() < 1_300_000, "{spots} spots: {} bytes", file.len());
        }
    }

    #[test]
    fn bands_of_one_level_become_one_shape() {
        let ramp = Palette::Heat.ramp(Cover::Wash);
        let mut svg = Svg::new(100, 1000, &ramp);
        for y in 0..1000 {
            svg.fill_level(Rect::new(0, y, 100, 1), (y / 100 * 20 + 40) as u8);
        }
        let file = svg.finish().unwrap();
        assert_eq!(file.matches("fill-opacity").count(), 10);
    }

    #[test]
    fn a_photo_is_embedded() {
        let ramp = Palette::Heat.ramp(Cover::Density);
        let mut svg = Svg::new(40, 30, &ramp);
        svg.set_photo(Photo::new(20, 10, vec![99; 600]).unwrap());
        let file = svg.finish().unwrap();
        let document = Document::parse(&file).unwrap();
        let image = document.descendants().find(|node| node.has_tag_name("image")).unwrap();
        let data = image.attribute("href").and_then(|href| href.strip_prefix("data:image/png;base64,")).unwrap();
        assert!(BASE64.decode(data).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn paper_is_known_where_it_was_last_filled() {
        let ramp = Palette::Heat.ramp(Cover::Density);
        let mut svg = Svg::new(100, 100, &ramp);
        svg.fill(Rect::new(0, 0, 100, 100), Layer::Paper, Shade::new(8));
        svg.fill(Rect::new(10, 10, 20, 20), Layer::Paper, Shade::new(40));
        svg.fill(Rect::new(10, 10, 20, 20), Layer::Ink, Shade::new(90));
        assert_eq!((svg.paper_at(15, 15), svg.paper_at(50, 50)), (Shade::new(40), Shade::new(8)));
    }
}
