//! Owns the picture of a moment: the live document that the API, the stream and the dashboard show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::site::SitePresence;
use crate::model::{Device, SessionId};

/// Longest lists in a snapshot.
const TOP: usize = 50;

/// Who is on a site at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiveSnapshot {
    pub visitors: u64,
    pub views_last_minute: u64,
    pub pages: Vec<PageCount>,
    pub countries: Vec<CountryCount>,
    pub cities: Vec<CityCount>,
    pub sources: Vec<SourceCount>,
    pub devices: Vec<DeviceCount>,
    pub sessions: Vec<LiveSession>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageCount {
    pub path: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountryCount {
    pub country: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CityCount {
    pub country: String,
    pub city: String,
    /// As the geo database has them: 0° 0′ where it knows the country alone.
    pub latitude: f32,
    pub longitude: f32,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceCount {
    pub source: String,
    pub visitors: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceCount {
    pub device: Device,
    pub visitors: u64,
}

/// One visitor, without anything that tells who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveSession {
    /// Of the visit; not for others to see, for rows have it too.
    #[serde(skip)]
    pub session: SessionId,
    pub country: String,
    pub city: String,
    pub browser: String,
    pub os: String,
    pub device: Device,
    pub source: String,
    pub path: String,
    /// The pages before it, the last one first; a few.
    pub before: Vec<String>,
    /// Pageviews.
    pub pages: u32,
    pub since: Timestamp,
    /// Whether they had another visit on the same day; none where that is not known.
    pub returning: Option<bool>,
}

pub(super) fn of(site: &SitePresence, now_ms: i64) -> LiveSnapshot {
    let mut devices: Vec<_> = Device::ALL
        .into_iter()
        .map(|device| DeviceCount { device, visitors: u64::from(site.devices[device as usize]) })
        .filter(|count| count.visitors > 0)
        .collect();
    devices.sort_unstable_by_key(|count| (std::cmp::Reverse(count.visitors), count.device.as_str()));
    let pages = site.pages.top(TOP).into_iter();
    let countries = site.countries.top(TOP).into_iter();
    let sources = site.sources.top(TOP).into_iter();
    LiveSnapshot {
        visitors: site.len() as u64,
        views_last_minute: site.views_last_minute(now_ms),
        pages: pages.map(|(path, visitors)| PageCount { path: path.as_str().to_owned(), visitors }).collect(),
        countries: countries
            .map(|(country, visitors)| CountryCount { country: country.as_ref().to_owned(), visitors })
            .collect(),
        cities: cities(site),
        sources: sources
            .map(|(source, visitors)| SourceCount { source: source.as_ref().to_owned(), visitors })
            .collect(),
        devices,
        sessions: sessions(site).take(TOP).collect(),
    }
}

/// Returns the cities with most visitors: several spots may be of one.
fn cities(site: &SitePresence) -> Vec<CityCount> {
    let mut counts: BTreeMap<(&str, &str), (u64, (f32, f32))> = BTreeMap::new();
    for (spot, visitors) in site.spots.all_here() {
        let (count, at) = counts.entry((&spot.country, &spot.city)).or_insert_with(|| (0, spot.at()));
        *count += visitors;
        // Of the districts of a city always the same one, whoever came first.
        if spot.at() < *at {
            *at = spot.at();
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    // Equals stay in the order of their names.
    counts.sort_by_key(|(_, (visitors, _))| std::cmp::Reverse(*visitors));
    let of = |((country, city), (visitors, (latitude, longitude))): ((&str, &str), (u64, (f32, f32)))| CityCount {
        country: country.to_owned(),
        city: city.to_owned(),
        latitude,
        longitude,
        visitors,
    };
    counts.into_iter().take(TOP).map(of).collect()
}

/// Returns who is here, who came last first.
pub(super) fn sessions(site: &SitePresence) -> impl Iterator<Item = LiveSession> {
    let path = |page| site.pages.get(page).map(|path| path.as_str().to_owned()).unwrap_or_default();
    site.newest_first().map(move |visitor| {
        let agent = site.agents.get(visitor.agent).cloned().unwrap_or_default();
        let spot = site.spots.get(visitor.spot);
        LiveSession {
            session: visitor.session,
            country: spot.map(|spot| spot.country.as_ref().to_owned()).unwrap_or_default(),
            city: spot.map(|spot| spot.city.as_ref().to_owned()).unwrap_or_default(),
            browser: agent.browser.clone(),
            os: agent.os.clone(),
            device: agent.device,
            source: site.sources.get(visitor.source).map(|source| source.as_ref().to_owned()).unwrap_or_default(),
            path: path(visitor.page),
            before: visitor.trail().map(path).collect(),
            pages: u32::from(visitor.pageviews),
            since: Timestamp::from_second(i64::from(visitor.started_at_s)).unwrap_or(Timestamp::UNIX_EPOCH),
            returning: visitor.returning(),
        }
    })
}
