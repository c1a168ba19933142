//! Owns the choice between frozen days and rows: whether a question may be answered from days that were counted once, by which
//! grouping, and which of its days are. It writes no SQL and counts nothing.
//!
//! Rows answer everything. Frozen days answer what dashboards ask at every look: no filters, at most one dimension and a time of
//! whole days, and metrics that are sums. Both give the same numbers. Imported days are added to rows only.

use super::{
    dimension::{Dimension, Origin},
    imports::Imports,
    metric::Metric,
    query::Query,
    time::{Interval, Key},
};
use crate::store::frozen::{FrozenDay, HOUR, NAME, TOTAL, is_by};

/// What a question reads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// The grouping of the frozen days.
    pub grouping: &'static str,
    /// Frozen days of the range, in order; nothing but rows is read where there are none.
    pub days: Vec<FrozenDay>,
    /// The other days of the range: first and last of each run, both included, in days since the Unix epoch.
    pub rest: Vec<(u16, u16)>,
}

impl Source {
    /// Returns what a question about days reads of which these are frozen.
    #[must_use]
    pub fn of(query: &Query, grouping: &'static str, mut days: Vec<FrozenDay>) -> Self {
        if grouping == HOUR {
            // Hours were cut in the zone that the site had then.
            days.retain(|day| query.zone.iana_name() == Some(day.zone.as_str()));
        }
        let rest = runs_between(query.range.from_day, query.range.to_day, &days);
        Self { grouping, days, rest }
    }
}

/// Returns the grouping by which frozen days answer a question, if they do.
#[must_use]
pub fn grouping(query: &Query) -> Option<&'static str> {
    let has_imports = matches!(query.imports, Imports::Included { .. });
    let is_plain = query.range.whole_days && query.conditions.is_empty() && !has_imports;
    if !is_plain || !query.metrics.iter().all(|metric| is_sum(*metric)) {
        return None;
    }
    let is_of_days = |dimension: &&Dimension| dimension.interval().is_some_and(|interval| interval.key() == Key::Day);
    let (days, others): (Vec<&Dimension>, Vec<&Dimension>) = query.dimensions.iter().partition(is_of_days);
    match (days.len(), others.as_slice()) {
        (0 | 1, []) => Some(TOTAL),
        (0, [Dimension::Time(Interval::Hour)]) => Some(HOUR),
        (0 | 1, [dimension]) => grouping_of(dimension),
        _ => None,
    }
}

/// Returns the grouping by a dimension, if days are frozen by it. The last page of a visit is not the same in every range, and
/// the combinations of goals and properties have no end.
fn grouping_of(dimension: &Dimension) -> Option<&'static str> {
    let column = match dimension.origin() {
        Origin::Plain(column) | Origin::Labelled(column, _) => column,
        Origin::CountryName => "country",
        Origin::Device => "device",
        Origin::EventName => return Some(NAME),
        Origin::Exit(_) | Origin::Bucket(_) | Origin::Prop(_) | Origin::Goals => return None,
    };
    is_by(column).then_some(column)
}

/// Tells whether a metric is made of sums over days and visits.
const fn is_sum(metric: Metric) -> bool {
    matches!(
        metric,
        Metric::Visitors
            | Metric::Visits
            | Metric::Pageviews
            | Metric::Events
            | Metric::ViewsPerVisit
            | Metric::BounceRate
            | Metric::VisitDuration
            | Metric::ScrollDepth
            | Metric::TimeOnPage
            | Metric::EngagedTime
            | Metric::Percentage
    )
}

/// Returns the runs of days from the first to the last that are not among these, which are in order.
fn runs_between(first: u16, last: u16, days: &[FrozenDay]) -> Vec<(u16, u16)> {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    let mut frozen = days.iter().map(|day| day.day).peekable();
    for day in first..=last {
        if frozen.next_if_eq(&day).is_some() {
            continue;
        }
        match runs.last_mut() {
            Some((_, end)) if end.checked_add(1) == Some(day) => *end = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reports::fixture::query;

    fn frozen(day: u16) -> FrozenDay {
        FrozenDay { day, freeze: 1, zone: "Europe/Sofia".to_owned() }
    }

    #[test]
    fn rows_answer_what_frozen_days_do_not() {
        for (keys, expected) in [
            (json!({"date_range": "30d"}), Some(TOTAL)),
            (json!({"date_range": "30d", "dimensions": ["time:week"]}), Some(TOTAL)),
            (json!({"date_range": "30d", "dimensions": ["time:hour"]}), Some(HOUR)),
            (json!({"date_range": "30d", "dimensions": ["visit:country_name"]}), Some("country")),
            (json!({"date_range": "30d", "dimensions": ["time:day", "visit:source"]}), Some("source")),
            (json!({"date_range": "30d", "dimensions": ["event:name"]}), Some(NAME)),
            (json!({"date_range": "30d", "dimensions": ["time:hour", "visit:source"]}), None),
            (json!({"date_range": "day", "dimensions": ["time:minute"]}), None),
            (json!({"date_range": "30d", "dimensions": ["visit:exit_page"]}), None),
            (json!({"date_range": "30d", "dimensions": ["event:props:plan"]}), None),
            (json!({"date_range": "30d", "dimensions": ["visit:country", "visit:city"]}), None),
            (json!({"date_range": "30d", "metrics": ["clicks"]}), None),
            (json!({"date_range": "30d", "metrics": ["scroll_p50"]}), None),
            (json!({"date_range": "30d", "filters": [["is", "visit:country", ["BG"]]]}), None),
            (json!({"date_range": "24h"}), None),
        ] {
            assert_eq!(grouping(&query(&keys)), expected, "{keys}");
        }
    }

    #[test]
    fn the_other_days_are_read_in_runs() {
        let days = [frozen(3), frozen(4), frozen(7)];
        assert_eq!(runs_between(1, 9, &days), [(1, 2), (5, 6), (8, 9)]);
        assert_eq!(runs_between(3, 4, &days[..2]), []);
        assert_eq!(runs_between(9, 9, &[]), [(9, 9)]);
    }

    #[test]
    fn hours_that_were_cut_in_another_zone_are_read_from_rows() {
        let query = query(&json!({"date_range": "7d", "dimensions": ["time:hour"]}));
        let day = |zone: &str| FrozenDay { day: query.range.from_day, freeze: 1, zone: zone.to_owned() };
        let here = query.zone.iana_name().unwrap();
        assert_eq!(Source::of(&query, HOUR, vec![day(here)]).days.len(), 1);
        assert_eq!(Source::of(&query, HOUR, vec![day("Asia/Kathmandu")]).days, []);
        assert_eq!(Source::of(&query, TOTAL, vec![day("Asia/Kathmandu")]).days.len(), 1);
    }
}
