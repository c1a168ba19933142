//! Owns the picture of a moment: the live document that the API, the stream and the dashboard show.

use std::{collections::HashMap, hash::Hash};

use jiff::Timestamp;
use serde::Serialize;

use super::presence::SitePresence;
use crate::model::Device;

/// Longest lists in a snapshot.
const TOP: usize = 50;

/// Who is on a site at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveSnapshot {
    pub visitors: u64,
    pub views_last_minute: u64,
    pub pages: Vec<PageCount>,
    pub countries: Vec<CountryCount>,
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
    pub country: String,
    pub city: String,
    pub browser: String,
    pub os: String,
    pub device: Device,
    pub source: String,
    pub path: String,
    pub pages: u32,
    pub since: Timestamp,
}

pub(super) fn of(site: &SitePresence, now_ms: i64) -> LiveSnapshot {
    let here: Vec<_> = site.visitors.values().filter(|visitor| visitor.is_here(now_ms)).collect();
    let mut newest = here.clone();
    newest.sort_unstable_by_key(|visitor| std::cmp::Reverse(visitor.session.started_at_ms));
    newest.truncate(TOP);
    LiveSnapshot {
        visitors: here.len() as u64,
        views_last_minute: site.views_last_minute(now_ms),
        pages: top(here.iter().map(|visitor| visitor.path.as_str()))
            .map(|(path, visitors)| PageCount { path: path.to_owned(), visitors })
            .collect(),
        countries: top(here.iter().map(|visitor| &*visitor.place.country))
            .map(|(country, visitors)| CountryCount { country: country.to_owned(), visitors })
            .collect(),
        sources: top(here.iter().map(|visitor| visitor.session.landing.acquisition.source.as_str()))
            .map(|(source, visitors)| SourceCount { source: source.to_owned(), visitors })
            .collect(),
        devices: top(here.iter().map(|visitor| visitor.agent.device.as_str()))
            .filter_map(|(word, visitors)| {
                let device = Device::ALL.into_iter().find(|device| device.as_str() == word)?;
                Some(DeviceCount { device, visitors })
            })
            .collect(),
        sessions: newest
            .into_iter()
            .map(|visitor| LiveSession {
                country: visitor.place.country.as_ref().to_owned(),
                city: visitor.place.city.as_ref().to_owned(),
                browser: visitor.agent.browser.clone(),
                os: visitor.agent.os.clone(),
                device: visitor.agent.device,
                source: visitor.session.landing.acquisition.source.clone(),
                path: visitor.path.as_str().to_owned(),
                pages: visitor.pageviews,
                since: Timestamp::from_millisecond(visitor.session.started_at_ms).unwrap_or(Timestamp::UNIX_EPOCH),
            })
            .collect(),
    }
}

/// Counts equal keys: most first, then by key, at most [`TOP`].
fn top<K: Hash + Eq + Ord + Copy>(keys: impl Iterator<Item = K>) -> impl Iterator<Item = (K, u64)> {
    let mut counts: HashMap<K, u64> = HashMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts.into_iter().take(TOP)
}
