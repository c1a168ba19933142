//! Owns the public counters: a number as a small picture that works wherever an `<img>` does.
//! It does not count; `live` and `reports` bring the number.

mod number;
pub mod params;
pub mod svg;
mod text_width;

pub use params::{BadgeParams, Color, Label, Lang, ParamError, Show, Style};
pub use svg::Badge;
