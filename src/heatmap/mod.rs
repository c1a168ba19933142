//! Owns heat maps: from the clicks and scrolls of a page, at all widths, to one picture of it at one width.
//! Drawing itself is in [`crate::render`], the running of queries in [`crate::store`].
//!
//! The way of a map: [`params`] reads what is asked; [`query`] says what to select; [`layout`] merges samples to the
//! page as it stands at the asked width; [`projection`] places every click on it through its element; [`picture`]
//! draws, [`json`] tells in numbers. [`load`] walks this way with a store. [`difference`] compares two maps,
//! [`ledger`] counts by element, [`scroll`] and [`attention`] tell what was on screen.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "page geometry: sides are clamped to 30 000 pixels, far inside what i32 and f32 hold exactly"
)]

pub mod attention;
pub mod difference;
pub mod json;
pub mod layout;
pub mod ledger;
pub mod load;
pub mod moments;
pub mod pages;
pub mod params;
pub mod path_pattern;
pub mod picture;
pub mod projection;
pub mod query;
pub mod scroll;
pub mod versions;

#[cfg(test)]
mod accuracy;
mod error;
mod exposure;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod golden;
mod map;
mod rows;
mod screen;
mod significance;
mod skeleton;
mod spot;

pub use error::HeatmapError;
pub use map::{Answers, Content, HeatMap, Page};
pub use params::{MapRequest, ParamError};
pub use query::Scope;
pub use rows::Row;
