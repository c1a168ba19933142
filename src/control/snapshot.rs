//! Owns the picture of all sites that the hot path reads: immutable, in memory, without any I/O.
//! It does not renew itself: the server loads another when it is no longer [current](Sites::is_current).

use std::{collections::HashMap, ops::Range, sync::Arc};

use jiff::{SignedDuration, Timestamp, Zoned, civil::Date};

use crate::model::{DaySalt, Site, SiteId, SiteName};

use super::{database::Control, error::ControlError, salts::SaltWindow};

/// How long after local midnight yesterday's salt is kept: a session that was alive at midnight is found by it.
/// As long as a session lasts without activity.
pub const SALT_OVERLAP: SignedDuration = SignedDuration::from_mins(30);

/// All sites with their salts, as they were at one moment.
///
/// # Guarantees
///
/// * A site has the salts of its local today and tomorrow, so that midnight needs no database, and that of yesterday
///   (if it was there yesterday) until [`SALT_OVERLAP`] after midnight.
/// * After a load, no earlier salt is in the database.
#[derive(Debug, Default)]
pub struct Sites {
    revision: u64,
    valid: Option<Range<Timestamp>>,
    by_name: HashMap<SiteName, Arc<SiteWithSalts>>,
    by_id: HashMap<SiteId, Arc<SiteWithSalts>>,
}

/// A site with the salts that its visitors' hashes may need now.
#[derive(Debug)]
pub struct SiteWithSalts {
    pub site: Site,
    /// In the order of their days.
    pub salts: Vec<DaySalt>,
}

impl SiteWithSalts {
    /// Returns the salt of a local day. None: the day is over and its salt destroyed, or it is still far away.
    pub fn salt(&self, local_day: u16) -> Option<&DaySalt> {
        self.salts.iter().find(|salt| salt.local_day == local_day)
    }

    /// Returns the local day of the site at `at`, in days since the Unix epoch. None outside 1970 to 2149.
    pub fn local_day(&self, at: Timestamp) -> Option<u16> {
        day_number(at.to_zoned(self.site.time_zone.clone()).date())
    }
}

impl Sites {
    /// Reads all sites; draws the salts that they lack, and destroys the salts of days that are over at `now`.
    /// Costs three reads when there is nothing to draw or destroy, whatever the number of sites.
    pub async fn load(control: &Control, now: Timestamp) -> Result<Self, ControlError> {
        // First, so that a change made meanwhile is noticed.
        let revision = control.revision().await?;
        let sites = control.sites().await?;
        let mut windows = Vec::with_capacity(sites.len());
        let mut valid: Option<Range<Timestamp>> = None;
        for site in &sites {
            let (window, its) = window(site, now).ok_or(ControlError::ClockOutOfRange { now })?;
            windows.push(window);
            valid = Some(valid.map_or(its.clone(), |all| all.start.max(its.start)..all.end.min(its.end)));
        }
        let mut salts = control.keep_salts(&windows).await?;

        let mut snapshot = Self { revision, valid, ..Self::default() };
        for (site, window) in sites.into_iter().zip(windows) {
            let mut salts = salts.remove(&site.id).unwrap_or_default();
            salts.retain(|salt| (window.oldest_kept..=window.last_drawn).contains(&salt.local_day));
            let (id, name, entry) = (site.id, site.name.clone(), Arc::new(SiteWithSalts { site, salts }));
            snapshot.by_name.insert(name, Arc::clone(&entry));
            snapshot.by_id.insert(id, entry);
        }
        Ok(snapshot)
    }

    /// Returns the site of a name.
    pub fn get(&self, name: &SiteName) -> Option<&Arc<SiteWithSalts>> {
        self.by_name.get(name)
    }

    /// Returns the site of a number.
    pub fn by_id(&self, id: SiteId) -> Option<&Arc<SiteWithSalts>> {
        self.by_id.get(&id)
    }

    /// Returns all sites, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<SiteWithSalts>> {
        self.by_id.values()
    }

    /// Returns the number of sites.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Returns whether there is no site.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Tells whether the database had changed between the loads of this one and the other.
    pub fn is_older_than(&self, other: &Self) -> bool {
        self.revision < other.revision
    }

    /// Returns whether this is still what a load would give. No when the database changed (its revision is another), nor
    /// when a site's day or the overlap after its midnight has ended, nor when the clock was set back before they began:
    /// that day has no salt here.
    pub fn is_current(&self, revision: u64, now: Timestamp) -> bool {
        self.revision == revision && self.valid.as_ref().is_none_or(|valid| valid.contains(&now))
    }
}

/// Returns which salts a site is to have at `now`, and when that is so.
fn window(site: &Site, now: Timestamp) -> Option<(SaltWindow, Range<Timestamp>)> {
    let local = now.to_zoned(site.time_zone.clone());
    let today = day_number(local.date())?;
    let midnight = start_of(&local)?;
    let overlap_ends_at = midnight.checked_add(SALT_OVERLAP).ok()?;
    let (oldest_kept, valid) = if now < overlap_ends_at {
        (today.saturating_sub(1), midnight..overlap_ends_at)
    } else {
        (today, overlap_ends_at..start_of(&local.tomorrow().ok()?)?)
    };
    let window = SaltWindow { site: site.id, oldest_kept, first_drawn: today, last_drawn: today.checked_add(1)? };
    Some((window, valid))
}

/// Returns when the local day begins; where clocks change at midnight that is not 00:00.
fn start_of(local: &Zoned) -> Option<Timestamp> {
    Some(local.start_of_day().ok()?.timestamp())
}

fn day_number(date: Date) -> Option<u16> {
    const EPOCH: Date = Date::constant(1970, 1, 1);
    u16::try_from(date.duration_since(EPOCH).as_hours() / 24).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{
        SitePatch,
        testing::{TestDatabase, a_site, name},
        time_zone,
    };
    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    async fn a_site_in(control: &Control, domain: &str, zone: &str) -> Site {
        let site = a_site(control, domain).await;
        let patch = SitePatch { time_zone: Some(time_zone(zone).unwrap()), ..SitePatch::default() };
        control.update_site(site.id, &patch).await.unwrap()
    }

    fn days(site: &SiteWithSalts) -> Vec<u16> {
        site.salts.iter().map(|salt| salt.local_day).collect()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_site_is_found_by_name_and_by_number() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let (a, b) = (a_site(&control, "a.example").await, a_site(&control, "b.example").await);
        let sites = Sites::load(&control, at("2026-06-15T12:00Z")).await.unwrap();
        assert_eq!(sites.get(&name("A.EXAMPLE")).unwrap().site.id, a.id);
        assert_eq!(sites.by_id(b.id).unwrap().site.name, b.name);
        assert!(sites.get(&name("c.example")).is_none() && sites.by_id(SiteId::new(99)).is_none());
        assert_eq!((sites.len(), sites.iter().count(), sites.is_empty()), (2, 2, false));
        let empty = TestDatabase::new().await;
        let none = Sites::load(&empty.open().await, at("2026-06-15T12:00Z")).await.unwrap();
        assert!(none.is_empty() && none.is_current(none.revision, Timestamp::MAX));
    }

    #[tokio::test]
    async fn salts_follow_the_local_day_of_each_site() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let noon = at("2026-06-15T12:00Z");
        let today = 20_619;
        for (domain, zone, local_day) in [
            ("u.example", "UTC", today),
            ("s.example", "Pacific/Kiritimati", today + 1),
            ("h.example", "Pacific/Pago_Pago", today),
        ] {
            let site = a_site_in(&control, domain, zone).await;
            let sites = Sites::load(&control, noon).await.unwrap();
            let entry = sites.by_id(site.id).unwrap();
            assert_eq!(days(entry), [local_day, local_day + 1], "{zone}");
            assert_eq!(entry.local_day(noon), Some(local_day), "{zone}");
            assert!(entry.salt(local_day).is_some() && entry.salt(local_day - 1).is_none(), "{zone}");
        }
    }

    #[tokio::test]
    async fn yesterdays_salt_is_kept_for_30_minutes_and_then_destroyed() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site_in(&control, "a.example", "Europe/Sofia").await;
        let midnight = at("2026-06-15T21:00Z");
        let load = async |now| {
            let sites = Sites::load(&control, now).await.unwrap();
            Arc::clone(sites.by_id(site.id).unwrap())
        };
        let before = load(midnight - MINUTE).await;
        let (yesterday, today) = (before.salts[0].clone(), before.salts[1].clone());
        for minute in [0, 15, 29] {
            let during = load(midnight + MINUTE * minute).await;
            assert_eq!(during.salt(yesterday.local_day).unwrap().key, yesterday.key, "minute {minute}");
            assert_eq!(during.salt(today.local_day).unwrap().key, today.key, "drawn the day before");
            assert_eq!(days(&during), [yesterday.local_day, today.local_day, today.local_day + 1]);
        }
        let after = load(midnight + MINUTE * 30).await;
        assert_eq!(days(&after), [today.local_day, today.local_day + 1]);

        // A node whose clock is late does not draw it anew.
        let late = load(midnight + MINUTE * 29).await;
        assert!(late.salt(yesterday.local_day).is_none());
        let drawn = control.day_salts(site.id, &[yesterday.local_day]).await.unwrap();
        assert_ne!(drawn[0].key, yesterday.key, "it was destroyed in the database too");
    }

    #[tokio::test]
    async fn nodes_share_the_salts() {
        let database = TestDatabase::new().await;
        let (one, other) = (database.open().await, database.open().await);
        let site = a_site(&one, "a.example").await;
        let now = at("2026-06-15T12:00Z");
        let (of_one, of_other) = (Sites::load(&one, now).await.unwrap(), Sites::load(&other, now).await.unwrap());
        let key = |sites: &Sites| sites.by_id(site.id).unwrap().salts[0].key;
        assert_eq!(key(&of_one), key(&of_other));
    }

    #[tokio::test]
    async fn a_picture_is_current_until_a_change_a_midnight_or_the_end_of_the_overlap() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        a_site_in(&control, "u.example", "UTC").await;
        let site = a_site_in(&control, "s.example", "Europe/Sofia").await;
        for (now, valid_until, why) in [
            ("2026-06-15T12:00Z", "2026-06-15T21:00Z", "midnight in Sofia"),
            ("2026-06-15T21:00Z", "2026-06-15T21:30Z", "the overlap in Sofia"),
            ("2026-06-15T21:30Z", "2026-06-16T00:00Z", "midnight in UTC"),
            ("2026-06-16T00:00Z", "2026-06-16T00:30Z", "the overlap in UTC"),
        ] {
            Sites::load(&control, at(now)).await.unwrap();
            let sites = Sites::load(&control, at(now)).await.unwrap();
            let revision = control.revision().await.unwrap();
            let end = at(valid_until);
            assert!(sites.is_current(revision, end - MINUTE), "{why}: the second load drew nothing");
            assert!(!sites.is_current(revision, end), "{why}");
        }
        let sites = Sites::load(&control, at("2026-06-16T12:00Z")).await.unwrap();
        let badge =
            SitePatch { settings: json!({"public_badge": true}).as_object().unwrap().clone(), ..SitePatch::default() };
        control.update_site(site.id, &badge).await.unwrap();
        assert!(!sites.is_current(control.revision().await.unwrap(), at("2026-06-16T12:00Z")), "a change");
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_a_day_gets_salts_for_that_day() {
        let database = TestDatabase::new().await;
        let control = database.open().await;
        let site = a_site_in(&control, "u.example", "UTC").await;
        let (noon, noon_before) = (at("2026-06-15T12:00Z"), at("2026-06-14T12:00Z"));
        Sites::load(&control, noon).await.unwrap();
        let sites = Sites::load(&control, noon).await.unwrap();
        let revision = control.revision().await.unwrap();
        assert!(sites.is_current(revision, noon - MINUTE) && !sites.is_current(revision, noon_before));
        let before = Sites::load(&control, noon_before).await.unwrap();
        let (entry, entry_before) = (sites.by_id(site.id).unwrap(), before.by_id(site.id).unwrap());
        assert_eq!(days(entry_before), [20_618, 20_619]);
        assert_eq!(entry_before.salts[1].key, entry.salts[0].key, "the salts of days to come stay");

        let after = Sites::load(&control, noon).await.unwrap();
        let keys = |entry: &SiteWithSalts| entry.salts.iter().map(|salt| salt.key).collect::<Vec<_>>();
        assert_eq!(keys(after.by_id(site.id).unwrap()), keys(entry), "and the day is the same when its time comes");
    }

    #[test]
    fn a_day_begins_where_the_clock_of_the_zone_says() {
        // In Beirut the clock went from 00:00 to 01:00 on 2026-03-29, so that day began at 01:00.
        let site = |zone| Site {
            id: SiteId::new(1),
            name: name("a.example"),
            time_zone: time_zone(zone).unwrap(),
            settings: crate::model::SiteSettings::default(),
        };
        let (first, valid) = window(&site("Asia/Beirut"), at("2026-03-28T21:59Z")).unwrap();
        assert_eq!(valid.end, at("2026-03-28T22:00Z"));
        let (next, valid) = window(&site("Asia/Beirut"), at("2026-03-28T22:00Z")).unwrap();
        assert_eq!((next.first_drawn, next.oldest_kept), (first.first_drawn + 1, first.first_drawn));
        assert_eq!(valid, at("2026-03-28T22:00Z")..at("2026-03-28T22:30Z"));
        assert!(window(&site("UTC"), at("1969-12-31T00:00Z")).is_none());
        assert!(window(&site("UTC"), at("2200-01-01T00:00Z")).is_none());
    }
}
