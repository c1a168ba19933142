//! Owns the sites as the hot path sees them: the control database's picture with the owners' rules compiled.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{Span, civil::Date};

use crate::{
    control::snapshot::{SiteWithSalts, Sites},
    enrich::SiteRules,
    model::SiteName,
};

const EPOCH: Date = Date::constant(1970, 1, 1);

/// A site with its salts and compiled rules.
pub struct KnownSite {
    pub entry: Arc<SiteWithSalts>,
    pub rules: SiteRules,
    /// The local days that have a salt, with where they begin and end.
    days: Vec<KnownDay>,
}

struct KnownDay {
    at_ms: Range<i64>,
    local_day: u16,
}

impl KnownSite {
    fn new(entry: Arc<SiteWithSalts>) -> Self {
        let rules = SiteRules::new(&entry.site);
        let zone = &entry.site.time_zone;
        let days = entry.salts.iter().filter_map(|salt| {
            let date = EPOCH.checked_add(Span::new().days(i64::from(salt.local_day))).ok()?;
            let start = |date: Date| Some(date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?.timestamp());
            let at_ms = start(date)?.as_millisecond()..start(date.tomorrow().ok()?)?.as_millisecond();
            Some(KnownDay { at_ms, local_day: salt.local_day })
        });
        Self { days: days.collect(), rules, entry }
    }

    /// Returns the local day of the site at `at_ms`, in days since the Unix epoch, if it has a salt.
    ///
    /// The same as [`SiteWithSalts::local_day`], without the arithmetic of time zones for every event.
    #[must_use]
    pub fn salted_day(&self, at_ms: i64) -> Option<u16> {
        self.days.iter().find(|day| day.at_ms.contains(&at_ms)).map(|day| day.local_day)
    }
}

/// All sites at one moment.
#[derive(Default)]
pub struct KnownSites {
    pub snapshot: Sites,
    by_name: HashMap<SiteName, Arc<KnownSite>>,
}

impl KnownSites {
    /// Compiles the rules of all sites.
    #[must_use]
    pub fn new(snapshot: Sites) -> Self {
        let by_name = snapshot
            .iter()
            .map(|entry| (entry.site.name.clone(), Arc::new(KnownSite::new(Arc::clone(entry)))))
            .collect();
        Self { snapshot, by_name }
    }

    /// Returns the site of a name.
    #[must_use]
    pub fn get(&self, name: &SiteName) -> Option<&Arc<KnownSite>> {
        self.by_name.get(name)
    }
}

/// The sites of now, replaced whole when the control database changes. Cheap to clone and to read.
#[derive(Clone, Default)]
pub struct SitesWatch {
    current: Arc<RwLock<Arc<KnownSites>>>,
}

impl SitesWatch {
    /// Returns the sites of now.
    #[must_use]
    pub fn current(&self) -> Arc<KnownSites> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts other sites in place, unless those of now are younger: who reads the database while another adds a site may come
    /// after them with what was before.
    pub fn replace(&self, sites: KnownSites) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if !sites.snapshot.is_older_than(&current.snapshot) {
            *current = Arc::new(sites);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::{
        control::{Control, sqlite_url},
        model::{DaySalt, Site, SiteId, SiteSettings},
    };

    #[tokio::test]
    async fn who_read_before_a_site_was_added_does_not_take_it_away() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::open(&sqlite_url(&folder.path().join("control.db"))).await.unwrap();
        let now: Timestamp = "2026-06-15T12:00Z".parse().unwrap();
        let before = KnownSites::new(Sites::load(&control, now).await.unwrap());
        let name = SiteName::parse("a.example").unwrap();
        control.add_site(&name, &TimeZone::UTC, SiteSettings::default(), now).await.unwrap();
        let watch = SitesWatch::default();
        watch.replace(KnownSites::new(Sites::load(&control, now).await.unwrap()));
        watch.replace(before);
        assert!(watch.current().get(&name).is_some());
        let tomorrow = now + jiff::SignedDuration::from_hours(24);
        watch.replace(KnownSites::new(Sites::load(&control, tomorrow).await.unwrap()));
        let known = watch.current().get(&name).unwrap().clone();
        assert!(known.salted_day(tomorrow.as_millisecond()).is_some(), "the next day has its salts");
    }

    #[test]
    fn days_end_where_the_clocks_of_the_zone_say() {
        // Days with and without a change of clocks; Santiago and Beirut change at midnight.
        for (zone, around) in [
            ("UTC", "2026-06-15T12:00Z"),
            ("Europe/Sofia", "2026-03-29T02:00Z"),
            ("Europe/Sofia", "2026-10-25T02:00Z"),
            ("America/Santiago", "2026-09-06T04:00Z"),
            ("America/Santiago", "2026-04-05T03:00Z"),
            ("Asia/Beirut", "2026-03-28T22:00Z"),
            ("Pacific/Kiritimati", "2026-06-15T12:00Z"),
            ("Asia/Kathmandu", "2026-06-15T12:00Z"),
        ] {
            let around: Timestamp = around.parse().unwrap();
            let time_zone = TimeZone::get(zone).unwrap();
            let middle = u16::try_from(around.as_second() / 86_400).unwrap();
            let salts = (middle - 1..=middle + 1).map(|local_day| DaySalt { local_day, key: [0; 32] }).collect();
            let name = SiteName::parse("a.example").unwrap();
            let site = Site { id: SiteId::new(1), name, time_zone, settings: SiteSettings::default() };
            let known = KnownSite::new(Arc::new(SiteWithSalts { site, salts }));
            for minute in -4000..4000 {
                for offset_ms in [-1, 0, 1] {
                    let at_ms = around.as_millisecond() + minute * 60_000 + offset_ms;
                    let day = known.entry.local_day(Timestamp::from_millisecond(at_ms).unwrap());
                    let expected = day.filter(|&day| known.entry.salt(day).is_some());
                    assert_eq!(known.salted_day(at_ms), expected, "{zone} at {at_ms}");
                }
            }
        }
    }
}
