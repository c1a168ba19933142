//! Owns the freezing of days: which days are closed and large enough to be counted once, and when. How they are counted is the
//! store's; what reads them is [`super::frozen`].

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::{Timestamp, civil, tz::TimeZone};

use super::{
    date_range::{Range, day_of_date},
    time::{Buckets, Interval},
};
use crate::{
    model::Site,
    store::{
        Client, StoreError,
        frozen::{self, Freezing},
    },
};

/// Days with fewer rows are read as they are: that is done in a few milliseconds for a month of them.
pub const LARGE_DAY_ROWS: u64 = 5_000;
/// A day is closed this long after its midnight: most visits that cross it have ended, and late rows have come.
const CLOSED_AFTER_MS: i64 = 60 * 60 * 1000;
/// Counts that are good no more are kept this long, for questions that have begun.
const KEPT_MS: i64 = 10 * 60 * 1000;

/// Freezes the closed large days of sites that are not frozen, the newest first, one at a time. Returns how many it froze.
/// What was frozen before and is good no more goes.
pub async fn freeze_all(client: &Client, sites: &[Site], now: Timestamp, rows: u64) -> Result<usize, StoreError> {
    let mut by_site: BTreeMap<u32, Vec<u16>> = BTreeMap::new();
    for (site, day) in frozen::large_days(client, rows).await? {
        by_site.entry(site).or_default().push(day);
    }
    let mut froze = 0;
    for site in sites {
        let days = by_site.remove(&site.id.get()).unwrap_or_default();
        for day in wanting(client, site, days, now).await? {
            if frozen::is_changing(client).await? {
                return Ok(froze);
            }
            // Another service on the same ClickHouse may have frozen it meanwhile.
            if wanting(client, site, vec![day], now).await?.is_empty() {
                continue;
            }
            froze += usize::from(freeze(client, site, day).await?);
        }
    }
    let known: Vec<u64> = sites.iter().map(|site| site.id.get().into()).collect();
    frozen::clean(client, &known, now.as_millisecond() - KEPT_MS).await?;
    Ok(froze)
}

/// Freezes a day of a site, in days since the Unix epoch. Returns whether it is: it is not where rows came meanwhile.
pub async fn freeze(client: &Client, site: &Site, day: u16) -> Result<bool, StoreError> {
    let freezing = Freezing {
        site_id: site.id.get(),
        day,
        freeze: frozen::freeze_id(Timestamp::now().as_millisecond(), rand::random()),
        hours: hours_around(day, &site.time_zone),
        zone: site.time_zone.iana_name().unwrap_or_default().to_owned(),
    };
    frozen::freeze(client, &freezing).await
}

/// Returns those of the days that are closed and not frozen in the zone of the site.
async fn wanting(client: &Client, site: &Site, mut days: Vec<u16>, now: Timestamp) -> Result<Vec<u16>, StoreError> {
    let Some(last) = last_closed_day(&site.time_zone, now) else { return Ok(Vec::new()) };
    days.retain(|day| *day <= last);
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return Ok(Vec::new()) };
    let done = frozen::days(client, site.id.get(), *first..=*last).await?;
    let zone = site.time_zone.iana_name().unwrap_or_default();
    days.retain(|day| !done.iter().any(|done| done.day == *day && done.zone == zone));
    Ok(days)
}

/// Returns the last day that was over an hour ago.
fn last_closed_day(zone: &TimeZone, now: Timestamp) -> Option<u16> {
    let then = Timestamp::from_millisecond(now.as_millisecond() - CLOSED_AFTER_MS).ok()?;
    day_of_date(zone.to_datetime(then).date())?.checked_sub(1)
}

/// Returns the beginnings of the hours of a day and of those beside it, seconds since the Unix epoch: the moment of a row may lie
/// outside its day where the site has another zone now.
fn hours_around(day: u16, zone: &TimeZone) -> Vec<u64> {
    let days: RangeInclusive<u16> = day.saturating_sub(1)..=day.saturating_add(1);
    let date = |day: u16| super::date_range::date_of_day(day);
    let (from, to): (civil::Date, civil::Date) = (date(*days.start()), date(*days.end()));
    let range = Range::of_dates(from, to, zone);
    let buckets = range.and_then(|range| Buckets::cut(Interval::Hour, &range, zone));
    buckets.map(|buckets| buckets.keys()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_closed_an_hour_after_its_midnight() {
        let sofia = TimeZone::get("Europe/Sofia").unwrap();
        let last = |text: &str| last_closed_day(&sofia, text.parse().unwrap()).unwrap();
        let day = last("2026-11-23T12:00:00+02:00");
        assert_eq!(last("2026-11-24T00:59:00+02:00"), day);
        assert_eq!(last("2026-11-24T01:01:00+02:00"), day + 1);
    }

    #[test]
    fn hours_are_those_of_the_site_and_reach_into_the_days_beside() {
        let kathmandu = TimeZone::get("Asia/Kathmandu").unwrap();
        let hours = hours_around(20_000, &kathmandu);
        assert_eq!(hours.len(), 72);
        // 5:45 before UTC.
        assert_eq!(hours[24], 20_000 * 86_400 - (5 * 3600 + 45 * 60));
    }
}
