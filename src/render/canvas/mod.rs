//! Owns the picture while it is made: a plane of drawing and a plane of heat, one byte a pixel each, and perhaps a photo
//! below. Shapes are in `shapes`, the wireframe in [`wireframe`]; colours come in only with `render::quantise`.

mod shapes;
pub mod wireframe;

use std::sync::Arc;

use super::{Photo, Surface as _, palette::Rgba};

/// A rectangle in pixels of the picture. May reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    /// Makes a rectangle from its upper left corner and its size.
    pub const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, width, height }
    }

    /// Returns the first column to the right of it.
    pub const fn right(self) -> i32 {
        self.x.saturating_add(self.width)
    }

    /// Returns the first row below it.
    pub const fn bottom(self) -> i32 {
        self.y.saturating_add(self.height)
    }

    /// Returns it smaller by `by` pixels on every side.
    #[must_use]
    pub const fn inset(self, by: i32) -> Self {
        Self::new(self.x + by, self.y + by, self.width - 2 * by, self.height - 2 * by)
    }

    /// Returns the number of pixels in it.
    pub const fn area(self) -> i64 {
        self.width as i64 * self.height as i64
    }

    /// Returns true where `other` lies wholly inside.
    pub const fn contains(self, other: Self) -> bool {
        other.x >= self.x && other.y >= self.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Returns true where some pixel is in both.
    pub const fn overlaps(self, other: Self) -> bool {
        other.x < self.right() && self.x < other.right() && other.y < self.bottom() && self.y < other.bottom()
    }

    /// Returns the part that is in both; without pixels where there is none.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let (right, bottom) = (self.right().min(other.right()), self.bottom().min(other.bottom()));
        Self::new(x, y, (right - x).max(0), (bottom - y).max(0))
    }

    /// Returns it in pixels of a picture that is `scale` times as large. Edges that met still meet.
    #[must_use]
    pub fn scaled(self, scale: f32) -> Self {
        let at = |css: i32| (css as f32 * scale).round() as i32;
        let (x, y) = (at(self.x), at(self.y));
        Self::new(x, y, at(self.right()) - x, at(self.bottom()) - y)
    }
}

/// How dark a stroke is, from white (0) to slate ([`Shade::STEPS`] − 1). Drawings are grey: colour is for heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shade(u8);

impl Shade {
    /// Number of shades; twice as many and the clear one fit a byte.
    pub const STEPS: u8 = 100;
    pub const WHITE: Self = Self(0);

    /// Makes the shade that is so many hundredths of the way to slate.
    pub const fn new(dark: u8) -> Self {
        Self(if dark < Self::STEPS { dark } else { Self::STEPS - 1 })
    }

    /// Returns the shade that is `coverage`/255 of the way to another, in quarters: smooth edges need no more, and every
    /// shade in use takes from the 256 colours that the heat needs.
    fn towards(self, other: Self, coverage: u8) -> Self {
        let (from, to, quarters) = (i32::from(self.0), i32::from(other.0), (i32::from(coverage) + 32) / 64);
        Self((from + (to - from) * quarters / 4) as u8)
    }

    /// Returns the opaque colour of the shade on light paper.
    pub fn colour(self) -> Rgba {
        self.between([255, 255, 255], [24, 34, 54])
    }

    /// Returns the opaque colour of the shade on dark paper: what is white becomes nearly black and slate nearly white.
    pub fn colour_on_dark(self) -> Rgba {
        self.between([17, 21, 32], [232, 237, 246])
    }

    fn between(self, paper: [u8; 3], slate: [u8; 3]) -> Rgba {
        let mix = |paper: u8, slate: u8| {
            let (part, whole) = (u32::from(self.0), u32::from(Self::STEPS - 1));
            ((u32::from(paper) * (whole - part) + u32::from(slate) * part + whole / 2) / whole) as u8
        };
        Rgba::opaque(mix(paper[0], slate[0]), mix(paper[1], slate[1]), mix(paper[2], slate[2]))
    }
}

/// Which side of the heat a stroke is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Below the heat, which shines over it: the page.
    Paper,
    /// Above the heat, hiding it: labels and the legend.
    Ink,
}

/// One byte of the drawing plane: clear, a shade of paper, or a shade of ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tone(pub u8);

/// What a tone means.
pub(super) enum Meaning {
    Clear,
    Drawn(Layer, Shade),
}

impl Tone {
    pub(super) const fn of(layer: Layer, shade: Shade) -> Self {
        match layer {
            Layer::Paper => Self(1 + shade.0),
            Layer::Ink => Self(1 + Shade::STEPS + shade.0),
        }
    }

    pub(super) const fn meaning(self) -> Meaning {
        match self.0 {
            0 => Meaning::Clear,
            tone if tone <= Shade::STEPS => Meaning::Drawn(Layer::Paper, Shade(tone - 1)),
            tone => Meaning::Drawn(Layer::Ink, Shade::new(tone - 1 - Shade::STEPS)),
        }
    }

    /// Returns the tone of a pixel of which a stroke covers `coverage`/255.
    fn blend(self, layer: Layer, shade: Shade, coverage: u8) -> Self {
        match self.meaning() {
            Meaning::Drawn(below, old) if below == layer => Self::of(layer, old.towards(shade, coverage)),
            // Half of a pixel cannot be clear or heat and the other half ink: the larger part takes all.
            Meaning::Clear | Meaning::Drawn(..) if coverage >= 128 => Self::of(layer, shade),
            Meaning::Clear | Meaning::Drawn(..) => self,
        }
    }
}

/// A picture in the making.
///
/// # Guarantees
///
/// * Both planes have exactly `width × height` bytes, row by row; drawing outside is cut off, never an error.
/// * A new canvas is clear and cold. Planes that nobody writes to cost no memory on common systems.
#[derive(Clone)]
pub struct Canvas {
    width: u32,
    height: u32,
    tones: Vec<u8>,
    levels: Vec<u8>,
    drawn: bool,
    photo: Option<Arc<Photo>>,
    /// Pieces of the legend's scale. They go into the planes at the very end, for a density that is drawn later takes
    /// the whole plane of heat.
    swatches: Vec<(Rect, u8)>,
}

/// What a canvas is made of, for who finishes it.
pub(super) struct Planes {
    /// `None` where nothing was drawn.
    pub tones: Option<Vec<u8>>,
    pub levels: Vec<u8>,
    pub photo: Option<Arc<Photo>>,
}

impl Canvas {
    /// Makes a clear canvas. The caller bounds the size: it takes two bytes a pixel.
    pub fn new(width: u32, height: u32) -> Self {
        let pixels = width as usize * height as usize;
        Self {
            width,
            height,
            tones: vec![0; pixels],
            levels: vec![0; pixels],
            drawn: false,
            photo: None,
            swatches: Vec::new(),
        }
    }

    pub const fn width(&self) -> u32 {
        self.width
    }

    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Lays a photo below everything, at the upper left corner; what it does not cover is white.
    pub fn set_photo(&mut self, photo: Photo) {
        self.set_shared_photo(Arc::new(photo));
    }

    pub(super) fn set_shared_photo(&mut self, photo: Arc<Photo>) {
        self.photo = Some(photo);
    }

    /// Returns the plane of heat: the level of every pixel.
    pub fn levels(&self) -> &[u8] {
        &self.levels
    }

    /// Returns the plane of heat to write to.
    pub fn levels_mut(&mut self) -> &mut [u8] {
        &mut self.levels
    }

    /// Gives the planes away.
    pub(super) fn into_planes(mut self) -> Planes {
        for (rect, level) in std::mem::take(&mut self.swatches) {
            self.fill(rect, Layer::Paper, Shade::WHITE);
            self.fill_level(rect, level);
        }
        Planes { tones: self.drawn.then_some(self.tones), levels: self.levels, photo: self.photo }
    }

    /// Returns the part of a rectangle that lies on the canvas, as ranges of columns and rows.
    fn clip(&self, rect: Rect) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let span = |start: i32, end: i32, limit: u32| {
            let limit = limit as i32;
            let start = start.clamp(0, limit);
            start as usize..end.clamp(start, limit) as usize
        };
        (span(rect.x, rect.right(), self.width), span(rect.y, rect.bottom(), self.height))
    }

    fn tone_rows(&mut self, rows: std::ops::Range<usize>) -> impl Iterator<Item = &mut [u8]> {
        self.drawn = true;
        self.tones.chunks_exact_mut(self.width as usize).skip(rows.start).take(rows.len())
    }

    /// Covers one pixel by `coverage`/255.
    pub(super) fn dot(&mut self, x: i32, y: i32, layer: Layer, shade: Shade, coverage: u8) {
        if coverage == 0 || x < 0 || y < 0 || x >= self.width as i32 || y >= self.height as i32 {
            return;
        }
        self.drawn = true;
        let pixel = &mut self.tones[y as usize * self.width as usize + x as usize];
        *pixel = Tone(*pixel).blend(layer, shade, coverage).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Surface;

    #[test]
    fn drawing_outside_is_cut_off() {
        let mut canvas = Canvas::new(10, 5);
        for rect in [Rect::new(-50, -50, 10, 10), Rect::new(9, 4, 100, 100), Rect::new(i32::MAX, 0, i32::MAX, 3)] {
            canvas.fill(rect, Layer::Paper, Shade::new(9));
            canvas.fill_level(rect, 7);
        }
        assert_eq!(canvas.levels().iter().filter(|&&level| level == 7).count(), 1);
    }

    #[test]
    fn blending_reaches_both_ends() {
        let tone = Tone::of(Layer::Paper, Shade::new(10));
        assert_eq!(tone.blend(Layer::Paper, Shade::new(90), 255), Tone::of(Layer::Paper, Shade::new(90)));
        assert_eq!(tone.blend(Layer::Paper, Shade::new(90), 0), tone);
        assert_eq!(Tone(0).blend(Layer::Ink, Shade::WHITE, 40), Tone(0));
    }
}
