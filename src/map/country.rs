//! Owns what is known of countries: their code, their number in the file of outlines, and where their label stands.

use std::{collections::HashMap, sync::LazyLock};

/// ISO 3166-1 alpha-2, numeric, latitude and longitude, one country a line. The place is the one farthest from all borders of its
/// largest part (npm `polylabel` over the outlines), for those without an outline that of its capital.
const TABLE: &str = include_str!("countries.tsv");

/// A country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Country {
    pub code: &'static str,
    /// Empty where the outlines have no number.
    pub number: &'static str,
    pub latitude: f32,
    pub longitude: f32,
}

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| TABLE.lines().filter_map(read).collect());
static BY_CODE: LazyLock<HashMap<&str, Country>> =
    LazyLock::new(|| COUNTRIES.iter().map(|country| (country.code, *country)).collect());

/// A part of the world that the outlines count to another country.
pub(super) struct Part {
    pub code: &'static str,
    /// The number of that other country.
    pub of: &'static str,
    /// South, north, west and east ends of a rectangle around it.
    pub within: [f64; 4],
}

pub(super) const PARTS: [Part; 7] = [
    Part { code: "GF", of: "250", within: [2.0, 6.0, -55.0, -51.0] },
    Part { code: "GP", of: "250", within: [15.7, 16.6, -62.0, -60.9] },
    Part { code: "MQ", of: "250", within: [14.3, 15.0, -61.4, -60.7] },
    Part { code: "RE", of: "250", within: [-22.0, -20.5, 55.0, 56.0] },
    Part { code: "YT", of: "250", within: [-13.2, -12.4, 44.9, 45.4] },
    Part { code: "SJ", of: "578", within: [73.0, 82.0, -10.0, 34.0] },
    Part { code: "BQ", of: "528", within: [11.9, 17.8, -68.6, -62.8] },
];

fn read(line: &'static str) -> Option<Country> {
    let mut fields = line.split('\t');
    let (code, number) = (fields.next()?, fields.next()?);
    let mut degrees = || fields.next()?.parse().ok();
    Some(Country { code, number, latitude: degrees()?, longitude: degrees()? })
}

/// Returns a country by its code.
pub fn of(code: &str) -> Option<Country> {
    BY_CODE.get(code).copied()
}

/// Returns all countries.
pub fn all() -> &'static [Country] {
    &COUNTRIES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_is_somewhere() {
        assert_eq!((all().len(), BY_CODE.len(), TABLE.lines().count()), (250, 250, 250));
        for country in all() {
            assert!(country.latitude.abs() <= 90.0 && country.longitude.abs() <= 180.0, "{country:?}");
        }
        let bulgaria = of("BG").unwrap();
        assert!((bulgaria.latitude - 42.6).abs() < 1.0 && (bulgaria.longitude - 25.1).abs() < 1.5);
        assert_eq!(of("ZZ"), None);
    }
}
