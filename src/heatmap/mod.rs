//! Owns heat maps: from the clicks and scrolls of a page, at all widths, to one picture of it at one width.
//! Drawing itself is in [`crate::render`], the running of queries in [`crate::store`].
//!
//! The way of a map: [`params`] reads what is asked; [`query`] says what to select; [`layout`] merges samples to the
//! page as it stands at the asked width; [`projection`] places every click on it through its element; [`picture`]
//! draws, [`json`] tells in numbers. [`load`] walks this way with a store.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "page geometry: sides are clamped to 30 000 pixels, far inside what i32 and f32 hold exactly"
)]

pub mod json;
pub mod layout;
pub mod load;
pub mod pages;
pub mod params;
pub mod picture;
pub mod projection;
pub mod query;
pub mod scroll;

#[cfg(test)]
mod accuracy;
mod error;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod golden;
mod map;
mod rows;
mod skeleton;

pub use error::HeatmapError;
pub use map::{Content, FirstAnswers, HeatMap, Page};
pub use params::{MapRequest, ParamError};
pub use query::{Scope, Statements};
pub use rows::Row;
