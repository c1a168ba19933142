//! Owns the question: as it was asked ([`RawQuery`]), and with every default, zone and clock put in ([`Query`]).

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    compat,
    date_range::{DateRange, Range},
    dimension::{Dimension, RawDimension},
    error::QueryErrors,
    filter::Filter,
    metric::Metric,
    order::{Order, RawOrder},
    time::{Buckets, Interval},
};
use crate::model::{Site, SiteName};

/// Most rows of a report, and as many as it has when nothing else is asked for.
pub const MAX_ROWS: u64 = 10_000;

/// A question that is well-formed, every value within its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawQuery {
    pub site: SiteName,
    /// 1 to 20, all different.
    pub metrics: Vec<Metric>,
    pub date_range: DateRange,
    /// At most 4, all different.
    pub dimensions: Vec<RawDimension>,
    pub filters: Vec<Filter>,
    pub order_by: Option<Vec<RawOrder>>,
    pub include: Include,
    pub pagination: Pagination,
    /// Whether time buckets without data are reported with zeros.
    pub fill: bool,
}

/// What is wanted besides the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Include {
    /// Data imported from elsewhere. There is none; the answer says so.
    pub imports: bool,
    pub time_labels: bool,
    /// The number of rows without regard to `pagination`.
    pub total_rows: bool,
}

/// Which of the rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pagination {
    /// 1 to [`MAX_ROWS`].
    pub limit: u64,
    pub offset: u64,
}

impl Default for Pagination {
    fn default() -> Self {
        Self { limit: MAX_ROWS, offset: 0 }
    }
}

/// A question that has an answer: everything resolved in the site's zone, and of things that go together.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub site: SiteName,
    pub zone: TimeZone,
    pub now: Timestamp,
    pub metrics: Vec<Metric>,
    pub range: Range,
    pub dimensions: Vec<Dimension>,
    pub filters: Vec<Filter>,
    pub order_by: Vec<Order>,
    pub include: Include,
    pub pagination: Pagination,
    pub fill: bool,
    /// The buckets of the time dimension, where there is one.
    pub buckets: Option<Buckets>,
}

impl RawQuery {
    /// Returns the question as it is to be answered. `first_day` is the first day with data, in days since the Unix
    /// epoch; it only matters where [`DateRange::needs_first_day`].
    pub fn resolve(self, zone: &TimeZone, now: Timestamp, first_day: Option<u16>) -> Result<Query, QueryErrors> {
        let range = self.date_range.resolve(zone, now, first_day)?;
        let auto = Interval::for_range(&range);
        let dimensions: Vec<Dimension> = self.dimensions.iter().map(|dimension| dimension.at(auto)).collect();
        let order_by = match &self.order_by {
            Some(orders) => orders.iter().map(|order| order.at(auto)).collect(),
            None => Order::default_of(&self.metrics, &dimensions),
        };
        let interval = compat::check(&self, &dimensions, &order_by)?;
        let buckets = interval.map(|interval| compat::cut(interval, &range, zone)).transpose()?;
        Ok(Query {
            site: self.site,
            zone: zone.clone(),
            now,
            metrics: self.metrics,
            range,
            dimensions,
            filters: self.filters,
            order_by,
            include: self.include,
            pagination: self.pagination,
            fill: self.fill,
            buckets,
        })
    }
}

impl Query {
    /// Makes the question which visits of a site meet the filters, for who asks on with them.
    #[must_use]
    pub fn of_segment(site: &Site, now: Timestamp, range: Range, filters: Vec<Filter>) -> Self {
        Self {
            site: site.name.clone(),
            zone: site.time_zone.clone(),
            now,
            metrics: vec![Metric::Visits],
            range,
            dimensions: Vec::new(),
            filters,
            order_by: Vec::new(),
            include: Include::default(),
            pagination: Pagination::default(),
            fill: false,
            buckets: None,
        }
    }

    /// Returns the time dimension and its place among the dimensions.
    #[must_use]
    pub fn time_dimension(&self) -> Option<(usize, Interval)> {
        let place = self.dimensions.iter().position(|dimension| dimension.interval().is_some())?;
        Some((place, self.dimensions[place].interval()?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reports::{
        fixture::query,
        order::{Direction, OrderBy},
    };

    #[test]
    fn plain_time_gets_its_interval_wherever_it_stands() {
        let query = query(&json!({
            "date_range": "91d", "dimensions": ["visit:source", "time"], "order_by": [["time", "desc"]]
        }));
        assert_eq!(query.time_dimension(), Some((1, Interval::Week)));
        let week = OrderBy::Dimension(Dimension::Time(Interval::Week));
        assert_eq!(query.order_by, [Order { by: week, direction: Direction::Descending }]);
        assert_eq!(query.buckets.unwrap().list.len(), 14);
    }

    #[test]
    fn rows_are_ordered_by_time_and_then_by_the_first_metric() {
        let names = |keys| {
            let orders = query(&keys).order_by;
            orders.iter().map(|order| (order.by.as_str(), order.direction.as_str())).collect::<Vec<_>>()
        };
        let metrics = ["visits", "visitors"];
        assert_eq!(names(json!({ "metrics": metrics })), [("visits", "desc")]);
        let by_day = json!({ "metrics": metrics, "dimensions": ["event:page", "time"] });
        assert_eq!(names(by_day), [("time:day", "asc"), ("visits", "desc")]);
    }
}
