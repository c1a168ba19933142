//! Owns how each style of badge is laid out: one file a style.

pub mod digits;
pub mod flags;
pub mod flat;
pub mod pill;
pub mod retro;
pub mod sparkline;

use super::{
    color::Color,
    params::Theme,
    sketch::{Ink, Place, Shape, place},
};

/// The colors of badges that stand on the page's own ground.
struct Ground {
    card: Color,
    edge: Color,
    text: Color,
    quiet: Color,
}

impl Theme {
    const fn ground(self) -> Ground {
        match self {
            Self::Light => Ground {
                card: Color::rgb(0xff, 0xff, 0xff),
                edge: Color::rgb(0xd0, 0xd7, 0xde),
                text: Color::rgb(0x1f, 0x23, 0x28),
                quiet: Color::rgb(0x57, 0x60, 0x6a),
            },
            Self::Dark => Ground {
                card: Color::rgb(0x16, 0x1b, 0x22),
                edge: Color::rgb(0x30, 0x36, 0x3d),
                text: Color::rgb(0xe6, 0xed, 0xf3),
                quiet: Color::rgb(0x9d, 0xa7, 0xb3),
            },
        }
    }
}

impl Ground {
    /// Draws a card with an edge over the whole picture.
    fn card(&self, width: f32, height: f32, radius: f32) -> [Shape; 2] {
        let whole = place(0.0, 0.0, width, height);
        [rect(whole, radius, self.edge), rect(whole.inset(1.0), radius - 1.0, self.card)]
    }
}

fn rect(place: Place, radius: f32, ink: impl Into<Ink>) -> Shape {
    Shape::Rect { place, radius, ink: ink.into() }
}

fn circle((x, y): (f32, f32), radius: f32, ink: impl Into<Ink>) -> Shape {
    Shape::Circle { x, y, radius, ink: ink.into() }
}
