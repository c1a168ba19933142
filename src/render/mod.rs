//! Owns the drawing: from weighted points to a density field, from density to colour, from colour to the bytes of a file.
//! It does no I/O, knows no clock and no other module of ours; equal input gives equal bytes on every machine.
//!
//! A picture is made of two planes of one byte a pixel, see [`canvas::Canvas`]: the drawing (wireframe, labels)
//! and the heat. They meet only when the picture is finished, in a table of at most 256 colours. So a page of
//! 10 million pixels is drawn in 20 MB and saved as an indexed PNG. Only over a [`Photo`] the picture is in true colour.
//! What is drawn with the strokes of a [`Surface`] can become an SVG as well.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "pixel arithmetic: sides are at most 60 000, far inside what i32 and f32 hold exactly; values are clamped first"
)]

pub mod canvas;
pub mod cells;
pub mod elements;
pub mod encode;
pub mod field;
pub mod legend;
pub mod marks;
pub mod palette;
pub mod photo;
pub mod scale;
pub mod surface;
pub mod svg;
pub mod text;
pub mod typeset;

mod blur;
mod quantise;
mod strips;
mod upsample;

pub use canvas::{Canvas, Layer, Rect, Shade};
pub use encode::EncodeError;
pub use field::Field;
pub use palette::{Palette, Ramp, Rgba};
pub use photo::Photo;
pub use scale::{Normalise, Scale};
pub use surface::Surface;
pub use svg::Svg;
