//! Owns the answer to "why are my hits missing": what became of a site's events over time, by fate and reason. What was
//! accepted is counted from the rows themselves; the rest by the service as it came.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{
    date_range::{Range, date_of_day},
    sql,
    time::{Buckets, Interval},
};
use crate::{
    model::Site,
    store::{Client, StoreError},
};

/// Ranges of up to so many days are told by the hour, longer ones by the day.
const HOURLY_DAYS: u32 = 3;

/// What became of events. Every bucket of the range is there, those to come as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutcomeReport {
    pub site: String,
    /// First and last second, RFC 3339 with the site's offset.
    pub date_range: [String; 2],
    pub interval: &'static str,
    pub accepted: u64,
    /// Left out by a documented rule, most first.
    pub dropped: Vec<ReasonCount>,
    /// Answered with 429 or 503: nothing was kept, most first.
    pub refused: Vec<ReasonCount>,
    pub series: Vec<OutcomeBucket>,
    /// Values over the day's cap that were counted under the overflow name.
    pub overflow: Vec<OverflowCount>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    pub reason: String,
    pub events: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverflowCount {
    pub kind: &'static str,
    pub events: u64,
}

/// One hour or day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct OutcomeBucket {
    /// When it begins, RFC 3339 with the site's offset.
    pub time: String,
    pub accepted: u64,
    pub dropped: BTreeMap<String, u64>,
    pub refused: BTreeMap<String, u64>,
}

/// Asks what became of a site's events.
pub async fn outcomes(client: &Client, site: &Site, range: &Range) -> Result<OutcomeReport, StoreError> {
    let (interval, starts) = starts(site, range);
    let rows = client.select_json(&sql::outcomes(site.id, range, &starts)).await?;
    let overflow = client.select_json(&sql::overflow(site.id, range)).await?;
    let mut report = OutcomeReport {
        site: site.name.as_str().to_owned(),
        date_range: range.to_texts(&site.time_zone),
        interval: if interval == Interval::Hour { "hour" } else { "day" },
        accepted: 0,
        dropped: Vec::new(),
        refused: Vec::new(),
        series: starts
            .iter()
            .map(|&start| OutcomeBucket { time: time(site, start), ..OutcomeBucket::default() })
            .collect(),
        overflow: Vec::new(),
    };
    for row in &rows {
        let wrong = || StoreError::Answer(format!("a row of outcomes is {row:?}"));
        let [bucket, outcome, reason, events] = row.as_slice() else { return Err(wrong()) };
        let (Some(bucket), Some(outcome), Some(reason), Some(events)) =
            (bucket.as_u64(), outcome.as_str(), reason.as_str(), events.as_u64())
        else {
            return Err(wrong());
        };
        // Positions count from one.
        let place = usize::try_from(bucket).ok().and_then(|bucket| bucket.checked_sub(1)).ok_or_else(wrong)?;
        report.add(place, outcome, reason, events);
    }
    for counts in [&mut report.dropped, &mut report.refused] {
        counts.sort_by(|a, b| b.events.cmp(&a.events).then_with(|| a.reason.cmp(&b.reason)));
    }
    if let Some(counts) = overflow.first() {
        let kinds = ["pathname", "event_name", "prop_key"];
        let counts = kinds.into_iter().zip(counts.iter().filter_map(serde_json::Value::as_u64));
        report.overflow =
            counts.filter(|(_, events)| *events > 0).map(|(kind, events)| OverflowCount { kind, events }).collect();
    }
    Ok(report)
}

impl OutcomeReport {
    fn add(&mut self, place: usize, outcome: &str, reason: &str, events: u64) {
        let Some(bucket) = self.series.get_mut(place) else { return };
        let (totals, counts) = match outcome {
            "accepted" => {
                self.accepted += events;
                bucket.accepted += events;
                return;
            }
            "dropped" => (&mut self.dropped, &mut bucket.dropped),
            _ => (&mut self.refused, &mut bucket.refused),
        };
        *counts.entry(reason.to_owned()).or_default() += events;
        match totals.iter_mut().find(|total| total.reason == reason) {
            Some(total) => total.events += events,
            None => totals.push(ReasonCount { reason: reason.to_owned(), events }),
        }
    }
}

/// Returns where the buckets of a range begin, seconds since the Unix epoch, ascending.
fn starts(site: &Site, range: &Range) -> (Interval, Vec<u64>) {
    let interval = if range.days() <= HOURLY_DAYS { Interval::Hour } else { Interval::Day };
    let zone = &site.time_zone;
    // A range is bounded by its parser, far below the bound of the buckets.
    let list = Buckets::cut(interval, range, zone).map(|buckets| buckets.list).unwrap_or_default();
    let start = |key: u32| match interval {
        Interval::Minute | Interval::Hour => Some(u64::from(key)),
        Interval::Day | Interval::Week | Interval::Month => {
            let midnight = date_of_day(u16::try_from(key).ok()?).to_zoned(zone.clone()).ok()?;
            u64::try_from(midnight.timestamp().as_second()).ok()
        }
    };
    (interval, list.into_iter().filter_map(|bucket| start(bucket.key)).collect())
}

fn time(site: &Site, start_s: u64) -> String {
    let at = i64::try_from(start_s).ok().and_then(|second| Timestamp::from_second(second).ok()).unwrap_or_default();
    at.to_zoned(site.time_zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
