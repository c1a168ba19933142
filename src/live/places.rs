//! Owns where those are who are here now, by city. It does not decide what may be shown.

use std::collections::BTreeMap;

use super::Presence;
use crate::model::{CountedPlace, SiteId};

impl Presence {
    /// Returns the visitors who are here by country, region and city, most first.
    #[must_use]
    pub fn places(&self, site: SiteId, now_ms: i64) -> Vec<CountedPlace> {
        let mut places: BTreeMap<[String; 3], CountedPlace> = BTreeMap::new();
        self.each_spot(site, now_ms, |spot, visitors| {
            let key = [&spot.country, &spot.region, &spot.city].map(|name| name.as_ref().to_owned());
            let (latitude, longitude) = spot.at();
            let counted = places.entry(key).or_insert_with_key(|[country, region, city]| CountedPlace {
                country: country.clone(),
                region: region.clone(),
                city: city.clone(),
                latitude,
                longitude,
                visitors: 0,
            });
            counted.visitors += visitors;
            // Of the districts of a city always the same one, whoever came first.
            if (latitude, longitude) < (counted.latitude, counted.longitude) {
                (counted.latitude, counted.longitude) = (latitude, longitude);
            }
        });
        let mut places: Vec<CountedPlace> = places.into_values().collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.visitors));
        places
    }
}
