//! Owns the SQL of each metric and each dimension: one arm each.

use super::Composer;
use crate::reports::{
    country,
    dimension::{Dimension, Origin},
    metric::Metric,
    time::{Buckets, Interval, Key},
};

/// Returns how a metric is computed: from counted rows where it is of events, from the sums of a group of visits
/// where it is of visits. Quotients are rounded half up in whole numbers, so that no float decides.
pub(super) const fn of_metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Visitors => "uniqExact(visitor_id)",
        Metric::Visits => "uniqExact(session_id)",
        Metric::Pageviews => "countIf(kind = 'pageview')",
        Metric::Events => "count()",
        Metric::ViewsPerVisit => "intDiv(200 * session_views + sessions, greatest(2 * sessions, 1)) / 100",
        Metric::BounceRate => "intDiv(200 * bounces + sessions, greatest(2 * sessions, 1))",
        Metric::VisitDuration => "intDiv(session_ms + 500 * sessions, greatest(1000 * sessions, 1))",
    }
}

impl Composer<'_> {
    /// Returns the value of a dimension for one row.
    pub(super) fn of_dimension(&mut self, dimension: Dimension) -> String {
        match dimension.origin() {
            Origin::Plain(column) => column.to_owned(),
            Origin::Labelled(column, label) => format!("if({column} = '', '{label}', {column})"),
            Origin::EventName => "if(kind = 'pageview', 'pageview', name)".to_owned(),
            Origin::CountryName => {
                let codes = self.bind("country_codes", "Array(String)", country::codes());
                let names = self.bind("country_names", "Array(String)", country::names());
                format!("transform(country, {codes}, {names}, country)")
            }
            Origin::Device => "initcap(device)".to_owned(),
            Origin::Exit(column) => format!("exit_{column}"),
            Origin::Bucket(interval) => self.of_bucket(interval),
        }
    }

    /// Returns the key of the bucket that a row falls in; the first or last one for a row whose day and moment
    /// disagree because the site's zone has changed since.
    fn of_bucket(&mut self, interval: Interval) -> String {
        let keys = self.query.buckets.as_ref().map(Buckets::keys).unwrap_or_default();
        match interval.key() {
            Key::Second => {
                let keys = self.bind("buckets", "Array(UInt32)", keys);
                format!("roundDown(toUnixTimestamp(at), {keys})")
            }
            Key::Day => {
                let keys = self.bind("buckets", "Array(UInt16)", keys);
                format!("roundDown(toUInt16(day), {keys})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use crate::{
        model::SiteId,
        reports::{Dimension, Metric, fixture::query, metric::Level, sql::statements},
    };

    #[test]
    fn every_metric_by_every_dimension_binds_exactly_what_it_names() {
        for dimension in Dimension::ALL {
            let of_events = Metric::ALL.into_iter().filter(|metric| metric.level() == Level::Event);
            let metrics: Vec<Metric> =
                if dimension == Dimension::EventName { of_events.collect() } else { Metric::ALL.to_vec() };
            let metrics: Vec<&str> = metrics.into_iter().map(Metric::as_str).collect();
            let keys = json!({ "metrics": metrics, "dimensions": [dimension.as_str()], "date_range": "day" });
            let statement = statements(&query(&keys), SiteId::new(7)).rows;
            let named: BTreeSet<&str> =
                statement.sql.split('{').skip(1).filter_map(|rest| rest.split(':').next()).collect();
            let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(named, bound, "{}", dimension.as_str());
            assert_eq!(bound.len(), statement.params.len(), "{}", dimension.as_str());
        }
    }
}
