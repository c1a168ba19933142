//! Owns what leaves an installation and what comes from elsewhere: exports, imports, and the removal of data for good.
//! It composes no SQL and speaks no HTTP.

mod csv;
pub mod cursor;
mod days;
mod erase;
mod export;
mod goatcounter;
mod import;
mod lines;
mod once;
mod plausible;
mod plausible_row;
mod row;
mod zip;

pub use days::days;
pub use erase::{EraseError, Eraser, Stage};
pub use export::{EVERYTHING, Export, Settled};
pub use import::{ImportError, ImportReport, Target, import, import_file};
