//! Owns the layout of a badge: a few shapes and texts in pixels of CSS. It knows neither SVG nor PNG.

use super::color::Color;
use crate::render::typeset::{Faces, Line};

/// A badge with everything in its place.
pub struct Sketch {
    pub width: f32,
    pub height: f32,
    /// Radius to which the whole picture is cut.
    pub corner: f32,
    /// In the order in which they are drawn.
    pub shapes: Vec<Shape>,
    /// What it says, for those who hear it.
    pub title: String,
    pub lang: &'static str,
}

/// Something that is drawn.
pub enum Shape {
    Rect {
        place: Place,
        radius: f32,
        ink: Ink,
    },
    /// Light above and dark below, which makes a surface look round.
    Shade {
        place: Place,
        strength: f32,
    },
    Circle {
        x: f32,
        y: f32,
        radius: f32,
        ink: Ink,
    },
    /// Filled areas, all of one ink.
    Areas {
        areas: Vec<Vec<(f32, f32)>>,
        ink: Ink,
    },
    Line {
        points: Vec<(f32, f32)>,
        thickness: f32,
        ink: Ink,
    },
    /// A piece of a flag: the outline in its own units, see `flags`.
    Art {
        outline: &'static str,
        x: f32,
        y: f32,
        unit: f32,
        ink: Ink,
    },
    Text(Text),
}

/// A line of text around its middle.
pub struct Text {
    pub middle: f32,
    pub baseline: f32,
    pub size: f32,
    pub width: f32,
    pub text: String,
    pub ink: Ink,
    /// Drawn again for its looks; not read out.
    pub is_shadow: bool,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A color and how much of it, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    pub color: Color,
    pub opacity: f32,
}

impl From<Color> for Ink {
    fn from(color: Color) -> Self {
        Self { color, opacity: 1.0 }
    }
}

pub const fn place(x: f32, y: f32, width: f32, height: f32) -> Place {
    Place { x, y, width, height }
}

impl Place {
    /// Returns the rectangle without a rim.
    pub fn inset(self, by: f32) -> Self {
        place(self.x + by, self.y + by, self.width - 2.0 * by, self.height - 2.0 * by)
    }
}

impl Text {
    /// Measures a text that begins at `left`.
    pub fn at_left(left: f32, baseline: f32, size: f32, text: &str, ink: impl Into<Ink>, faces: &Faces) -> Self {
        let width = Line::of(text, size, faces).width;
        let middle = left + width / 2.0;
        Self { middle, baseline, size, width, text: text.to_owned(), ink: ink.into(), is_shadow: false }
    }

    /// Measures a text around `middle`.
    pub fn centred(middle: f32, baseline: f32, size: f32, text: &str, ink: impl Into<Ink>, faces: &Faces) -> Self {
        Self { middle, ..Self::at_left(0.0, baseline, size, text, ink, faces) }
    }
}
