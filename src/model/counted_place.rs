//! Owns the count of visitors of one place, as maps need it.

use serde::{Deserialize, Serialize};

/// Visitors of a city, or of the rest of a country where `city` is empty, or of nowhere known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountedPlace {
    /// ISO 3166-1 alpha-2, empty if unknown.
    pub country: String,
    /// Name of the first-level subdivision: cities of one name are told apart by it.
    pub region: String,
    pub city: String,
    pub latitude: f32,
    pub longitude: f32,
    pub visitors: u64,
}
