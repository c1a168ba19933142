//! Owns the maps of the world that show where visitors are: dots, a glow, or coloured countries, as SVG and PNG.
//! It does not count; `reports` and `live` bring the places. Equal input gives equal bytes.
//!
//! The outlines are Natural Earth's (public domain, 1 : 50 000 000) as the npm package `world-atlas` has them, the projection is
//! Equal Earth: areas are true, so that a dense place looks dense wherever it lies.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "pictures are at most 2000 pixels wide, far inside what i32 and f32 hold exactly; values are clamped first"
)]

pub mod base;
pub mod country;
pub mod look;
pub mod params;
pub mod places;
pub mod projection;

mod caption;
mod classes;
mod clip;
mod density;
mod drawing;
#[cfg(test)]
mod golden;
mod outlines;
mod png;
mod sheet;
mod svg;
mod topology;

pub use self::png::PngError;
pub use drawing::VisitorMap;
pub use look::Theme;
pub use params::{Lang, MapParams, MapRange, ParamError, Style};
pub use places::{Crowd, Shown};
