//! Owns the two layouts of records: DB-IP's flat one and MaxMind's nested one.

use std::fmt;

use maxminddb::{LookupResult, MaxMindDbError, Reader, geoip2};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, Visitor},
};

use super::super::pool::Pool;
use super::source::Source;
use crate::model::{Place, names::cut};

/// Longest name of a region or city that is kept, in bytes.
const NAME_MAX_BYTES: usize = 100;

/// Which fields the records of a file have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `country_code`, `state1`, `city`, `latitude`, `longitude`: the files of ip-location-db.
    Flat,
    /// `country.iso_code`, `city.names.en`, …: GeoLite2, GeoIP2 and DB-IP's own downloads.
    Nested,
}

/// The fields that tell the layouts apart.
#[derive(Deserialize)]
struct Probe {
    country_code: Option<IgnoredAny>,
    country: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct FlatRecord<'a> {
    country_code: Option<&'a str>,
    state1: Option<&'a str>,
    city: Option<&'a str>,
    latitude: Option<Degrees>,
    longitude: Option<Degrees>,
}

/// A number that some files write as float, others as double.
#[derive(Clone, Copy)]
struct Degrees(f64);

impl<'de> Deserialize<'de> for Degrees {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DegreesVisitor)
    }
}

struct DegreesVisitor;

impl Visitor<'_> for DegreesVisitor {
    type Value = Degrees;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a float or double")
    }

    fn visit_f32<E>(self, value: f32) -> Result<Degrees, E> {
        Ok(Degrees(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Degrees, E> {
        Ok(Degrees(value))
    }
}

impl Layout {
    /// Learns the layout from the first records of a file; `None` where they have no country.
    pub fn detect(reader: &Reader<Source>, records: usize) -> Result<Option<Self>, MaxMindDbError> {
        for network in reader.networks(maxminddb::WithinOptions::default())?.take(records) {
            match network?.decode::<Probe>()? {
                Some(Probe { country_code: Some(_), .. }) => return Ok(Some(Self::Flat)),
                Some(Probe { country: Some(_), .. }) => return Ok(Some(Self::Nested)),
                Some(Probe { country_code: None, country: None }) | None => {}
            }
        }
        Ok(None)
    }

    /// Reads a place from a record; `None` where there is none. Its names are those in `names`.
    pub fn place(self, found: &LookupResult<'_, Source>, names: &Pool<str>) -> Result<Option<Place>, MaxMindDbError> {
        match self {
            Self::Flat => Ok(found.decode::<FlatRecord<'_>>()?.map(|record| {
                let (latitude, longitude) = (record.latitude.map(|d| d.0), record.longitude.map(|d| d.0));
                place(names, [record.country_code, record.state1, record.city], [latitude, longitude])
            })),
            Self::Nested => Ok(found.decode::<geoip2::City<'_>>()?.map(|record| {
                let region = record.subdivisions.first().and_then(|region| region.names.english);
                let location = record.location;
                let city = record.city.names.english;
                place(names, [record.country.iso_code, region, city], [location.latitude, location.longitude])
            })),
        }
    }
}

fn place(
    names: &Pool<str>,
    [country, region, city]: [Option<&str>; 3],
    [latitude, longitude]: [Option<f64>; 2],
) -> Place {
    let is_country = |code: &&str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) && *code != "ZZ";
    let Some(country) = country.filter(is_country) else { return Place::default() };
    let name = |name: Option<&str>| names.share(cut(name.unwrap_or_default(), NAME_MAX_BYTES));
    Place {
        country: names.share(country),
        region: name(region),
        city: name(city.map(without_district)),
        latitude: degrees(latitude, 90.0),
        longitude: degrees(longitude, 180.0),
    }
}

/// DB-IP adds the district: `Sofia (Geo Milev)`. Nobody wants ten rows of Sofia in a report.
fn without_district(city: &str) -> &str {
    city.split_once(" (").map_or(city, |(city, _)| city)
}

#[expect(clippy::cast_possible_truncation, reason = "an f32 of degrees is exact to a metre, a city is not")]
fn degrees(value: Option<f64>, limit: f64) -> f32 {
    value.filter(|degrees| degrees.abs() <= limit).unwrap_or_default() as f32
}
