//! Owns which places may be shown to anybody: the small-number rule. It does not count, and it does not draw.
//!
//! A city is shown when on one day of the last thirty at least so many different visitors came from it, as the site's owner says.
//! Visitors have no identity beyond a day, so only those of one day are known to be different ones: somebody who comes back
//! every day is never a crowd. A country is coarser: for it the visitors of the time that is shown count together, or those of the
//! thirty days. Visitors of cities that are not shown are shown as visitors of their country; those of countries that are not shown
//! count in the total alone.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::country;
use crate::model::CountedPlace;

/// Days that make a crowd.
pub const CROWD_DAYS: u16 = 30;

/// Country, region and city.
pub type CityKey = (String, String, String);

/// Places from which enough visitors came in the last thirty days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Crowd {
    pub countries: HashSet<String>,
    pub cities: HashSet<CityKey>,
}

/// A spot on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    pub country: String,
    /// Empty for the visitors of a country whose cities are not told.
    pub city: String,
    pub latitude: f32,
    pub longitude: f32,
    pub visitors: u64,
}

/// What anybody may see.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shown {
    /// Most visitors first.
    pub spots: Vec<Spot>,
    /// Most visitors first, then by code.
    pub countries: Vec<(String, u64)>,
    /// All visitors, also of places that are not shown.
    pub visitors: u64,
}

impl Shown {
    /// Returns what may be shown of places by the rule that asks for `least` visitors. With 1 it asks for nothing.
    pub fn of(places: &[CountedPlace], crowd: &Crowd, least: u16) -> Self {
        let mut countries: BTreeMap<&str, u64> = BTreeMap::new();
        let mut rests: BTreeMap<&str, u64> = BTreeMap::new();
        let mut spots = Vec::new();
        for place in places.iter().filter(|place| country::of(&place.country).is_some()) {
            *countries.entry(&place.country).or_default() += place.visitors;
            let is_city = !place.city.is_empty() && is_somewhere(place.latitude, place.longitude);
            let is_crowded = least <= 1 || crowd.cities.contains(&key_of(place));
            if is_city && is_crowded {
                spots.push(Spot {
                    country: place.country.clone(),
                    city: place.city.clone(),
                    latitude: tenth(place.latitude),
                    longitude: tenth(place.longitude),
                    visitors: place.visitors,
                });
            } else {
                *rests.entry(&place.country).or_default() += place.visitors;
            }
        }
        let may_be_shown = |code: &str, visitors: u64| visitors >= least.into() || crowd.countries.contains(code);
        for (code, visitors) in rests {
            let Some(country) = country::of(code).filter(|_| may_be_shown(code, countries[code])) else { continue };
            let (latitude, longitude) = (country.latitude, country.longitude);
            spots.push(Spot { country: code.to_owned(), city: String::new(), latitude, longitude, visitors });
        }
        spots.sort_by(|a, b| {
            b.visitors.cmp(&a.visitors).then_with(|| (&a.country, &a.city).cmp(&(&b.country, &b.city)))
        });
        let mut countries: Vec<(String, u64)> = countries
            .into_iter()
            .filter(|(code, visitors)| may_be_shown(code, *visitors))
            .map(|(code, visitors)| (code.to_owned(), visitors))
            .collect();
        countries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self { spots, countries, visitors: places.iter().map(|place| place.visitors).sum() }
    }
}

/// Returns where visitors of a city are shown to who may see them: in the middle of its country where the city is not known, and
/// nowhere where not even that is.
pub fn spot_of(country: &str, city: &str, (latitude, longitude): (f32, f32)) -> Option<(f32, f32)> {
    if !city.is_empty() && is_somewhere(latitude, longitude) {
        return Some((tenth(latitude), tenth(longitude)));
    }
    country::of(country).map(|country| (country.latitude, country.longitude))
}

fn key_of(place: &CountedPlace) -> CityKey {
    (place.country.clone(), place.region.clone(), place.city.clone())
}

/// Geo databases write 0° 0′ where they know the country alone.
fn is_somewhere(latitude: f32, longitude: f32) -> bool {
    let is_on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    is_on_earth && (latitude.abs() > 0.01 || longitude.abs() > 0.01)
}

/// A tenth of a degree is some ten kilometres: a city, and no district of it.
fn tenth(degrees: f32) -> f32 {
    (degrees * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(country: &str, city: &str, visitors: u64) -> CountedPlace {
        let (country, city) = (country.into(), city.into());
        CountedPlace { country, region: String::new(), city, latitude: 42.68, longitude: 23.36, visitors }
    }

    fn crowd(cities: &[(&str, &str)]) -> Crowd {
        let key = |(country, city): &(&str, &str)| ((*country).to_owned(), String::new(), (*city).to_owned());
        let cities: HashSet<CityKey> = cities.iter().map(key).collect();
        Crowd { countries: cities.iter().map(|(country, ..)| country.clone()).collect(), cities }
    }

    fn spots(shown: &Shown) -> Vec<(&str, &str, u64)> {
        shown.spots.iter().map(|spot| (spot.country.as_str(), spot.city.as_str(), spot.visitors)).collect()
    }

    #[test]
    fn a_city_without_a_place_is_in_the_middle_of_its_country() {
        let bulgaria = country::of("BG").unwrap();
        for (country, city, at, expected) in [
            ("BG", "Sofia", (42.68, 23.36), Some((42.7, 23.4))),
            ("BG", "Sofia", (0.0, 0.0), Some((bulgaria.latitude, bulgaria.longitude))),
            ("BG", "", (42.68, 23.36), Some((bulgaria.latitude, bulgaria.longitude))),
            ("BG", "Sofia", (f32::NAN, 1e9), Some((bulgaria.latitude, bulgaria.longitude))),
            ("", "", (0.0, 0.0), None),
        ] {
            assert_eq!(spot_of(country, city, at), expected, "{country} {city} {at:?}");
        }
    }

    #[test]
    fn a_city_without_a_crowd_is_a_part_of_its_country() {
        let places = [place("BG", "Sofia", 4), place("BG", "Mrkonjić", 1), place("BG", "", 1), place("DE", "Ulm", 1)];
        let shown = Shown::of(&places, &crowd(&[("BG", "Sofia")]), 3);
        assert_eq!(spots(&shown), [("BG", "Sofia", 4), ("BG", "", 2)]);
        assert_eq!(shown.countries, [("BG".to_owned(), 6)], "one visitor of Germany is nobody's business");
        assert_eq!(shown.visitors, 7);
    }

    #[test]
    fn many_visitors_of_a_city_on_different_days_may_be_one_person() {
        let shown = Shown::of(&[place("BG", "Melnik", 30)], &Crowd::default(), 3);
        assert_eq!(spots(&shown), [("BG", "", 30)]);
        let melnik = shown.spots[0].latitude;
        assert!((melnik - 42.58).abs() < 0.01, "at the middle of the country, not at the place: {melnik}");
    }

    #[test]
    fn a_rule_of_one_shows_everybody() {
        let shown = Shown::of(&[place("BG", "Melnik", 1), place("", "", 1)], &Crowd::default(), 1);
        assert_eq!(spots(&shown), [("BG", "Melnik", 1)]);
        assert_eq!((shown.spots[0].latitude, shown.spots[0].longitude), (42.7, 23.4), "to a tenth of a degree");
        assert_eq!(shown.visitors, 2);
    }

    #[test]
    fn who_is_here_now_is_shown_by_the_crowd_of_thirty_days() {
        let shown = Shown::of(&[place("BG", "Sofia", 1)], &crowd(&[("BG", "Sofia")]), 3);
        assert_eq!(spots(&shown), [("BG", "Sofia", 1)]);
        assert_eq!(shown.countries, [("BG".to_owned(), 1)]);
    }

    #[test]
    fn what_is_nowhere_is_not_drawn() {
        let zero = CountedPlace { latitude: 0.0, longitude: 0.0, ..place("GH", "Accra", 2) };
        let mad = CountedPlace { latitude: f32::NAN, ..place("FR", "Paris", 2) };
        let shown = Shown::of(&[zero, mad, place("ZZ", "Nowhere", 2)], &Crowd::default(), 1);
        assert_eq!(spots(&shown), [("FR", "", 2), ("GH", "", 2)]);
    }
}
