//! Owns what becomes of a value that is one too many: it is counted under a name of its own, which reports show. It does
//! not decide which are: [`Cardinality`] does.

use super::cardinality::{Cardinality, Kind};
use crate::model::{
    Beacon, Fact, Pathname, SiteId,
    names::{OVERFLOW, OVERFLOW_PATHNAME},
};

impl Cardinality {
    /// Puts the overflow names in the place of a beacon's values that are one too many on this local day of the site.
    pub fn cap(&self, beacon: &mut Beacon, site: SiteId, day: u16) {
        let admits = |kind, value: &str| value == OVERFLOW || self.admit(site, day, kind, value);
        let pathname = beacon.page.pathname.as_str();
        if pathname != OVERFLOW_PATHNAME && !self.admit(site, day, Kind::Pathname, pathname) {
            beacon.page.pathname = Pathname::overflow();
        }
        for timed in &mut beacon.facts {
            let Fact::Custom { name, props, .. } = &mut timed.fact else { continue };
            if !admits(Kind::EventName, name) {
                OVERFLOW.clone_into(name);
            }
            if props.keys().all(|key| admits(Kind::PropKey, key)) {
                continue;
            }
            let (known, others): (Vec<_>, Vec<_>) =
                std::mem::take(props).into_iter().partition(|(key, _)| admits(Kind::PropKey, key));
            props.extend(known);
            // One is enough to show that there were others.
            props.extend(others.into_iter().take(1).map(|(_, value)| (OVERFLOW.to_owned(), value)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        ingest::{beacon, cardinality::Caps},
        model::TimedFact,
    };

    fn a_beacon(path: &str, event: &str, keys: &[&str]) -> Beacon {
        let body = format!(
            r#"{{"v": 1, "site": "demo.example", "view": "0000000000000001", "url": "https://demo.example{path}",
                "viewport": [1, 1], "document": [1, 1], "events": [{{"type": "pageview"}}]}}"#
        );
        let mut beacon = beacon::parse(body.as_bytes(), 0).unwrap();
        let props: BTreeMap<_, _> = keys.iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect();
        beacon.facts.push(TimedFact { at_ms: 0, fact: Fact::Custom { name: event.to_owned(), props, revenue: None } });
        beacon
    }

    fn after(cardinality: &Cardinality, mut beacon: Beacon) -> (String, String, Vec<String>) {
        cardinality.cap(&mut beacon, SiteId::new(1), 20_000);
        let Fact::Custom { name, props, .. } = &beacon.facts[1].fact else { panic!("not a custom event") };
        (beacon.page.pathname.as_str().to_owned(), name.clone(), props.keys().cloned().collect())
    }

    #[test]
    fn what_is_one_too_many_is_counted_under_a_name_of_its_own() {
        let cardinality = Cardinality::new(Caps { pathnames: 1, event_names: 1, prop_keys: 2 });
        let first = after(&cardinality, a_beacon("/a", "buy", &["plan"]));
        assert_eq!(first, ("/a".to_owned(), "buy".to_owned(), vec!["plan".to_owned()]));
        let second = after(&cardinality, a_beacon("/b", "sell", &["plan", "q", "r", "s"]));
        let keys = [OVERFLOW, "plan", "q"].map(str::to_owned).to_vec();
        assert_eq!(second, (OVERFLOW_PATHNAME.to_owned(), OVERFLOW.to_owned(), keys));
        assert_eq!(after(&cardinality, a_beacon("/a", "buy", &["plan"])), first, "what was admitted stays so");
    }
}
