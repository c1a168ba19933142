//! Owns the public counters: a number as a small picture that works wherever an `<img>` does.
//! It does not count; `live` and `reports` bring the number.
//!
//! A badge is laid out once, as a [`sketch::Sketch`] of a few shapes and texts, and written as SVG or drawn as PNG from it. So
//! both look the same, and what is safe in one cannot break out of the other.

#![expect(clippy::cast_precision_loss, reason = "pixel arithmetic with small numbers, and the heights of a line")]

pub mod color;
pub mod content;
pub mod error;
mod flags;
#[cfg(test)]
mod golden;
pub mod label;
pub mod lang;
pub mod params;
pub mod question;
mod raster;
pub mod show;
mod sketch;
mod styles;
mod svg;
mod xml;

pub use color::Color;
pub use content::{Badge, Content};
pub use error::ParamError;
pub use label::Label;
pub use lang::Lang;
pub use params::{BadgeParams, Style, Theme};
pub use show::{Metric, Period, Show};
