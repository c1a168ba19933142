//! Owns the question: as it was asked ([`RawQuery`]), and with every default, zone and clock put in ([`Query`]).

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use super::{
    compare::{Earlier, RawCompare},
    compat,
    condition::Condition,
    cursor::Digest,
    date_range::{DateRange, Range},
    definitions::Definitions,
    dimension::{Dimension, RawDimension},
    error::QueryErrors,
    filter::Filter,
    imports::Imports,
    metric::Metric,
    order::{Order, RawOrder},
    revenue::{self, Money},
    time::{Buckets, Interval},
};
use crate::model::{Goal, Site, SiteName};

/// Most rows of an answer in JSON, and as many as it has when nothing else is asked for.
pub const MAX_ROWS: u64 = 10_000;
/// Most rows of an answer that is handed on as it comes: all there are.
pub const MAX_STREAMED_ROWS: u64 = u32::MAX as u64;

/// A question that is well-formed, every value within its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawQuery {
    pub site: SiteName,
    /// 1 to 40, all different.
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
    /// What plain `time` means, where it is said.
    pub interval: Option<Interval>,
    pub compare: Option<RawCompare>,
    pub format: Format,
    pub rows: RowShape,
    /// Whether the answer tells what was read for it.
    pub explain: bool,
    /// Whether visitors and visits may be estimated.
    pub approximate: bool,
    /// Of everything that was asked but the place to go on from; what cursors are bound to.
    pub digest: Digest,
}

/// What is wanted besides the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Include {
    /// Days imported from elsewhere, where they can be counted in; the answer says whether they were.
    pub imports: bool,
    pub time_labels: bool,
    /// The number of rows without regard to `pagination`.
    pub total_rows: bool,
}

/// Which of the rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pagination {
    /// 1 to [`MAX_ROWS`], or [`MAX_STREAMED_ROWS`].
    pub limit: u64,
    pub offset: u64,
}

impl Default for Pagination {
    fn default() -> Self {
        Self { limit: MAX_ROWS, offset: 0 }
    }
}

/// What the answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    #[default]
    Json,
    /// Comma-separated values, RFC 4180, with a line of names.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Ndjson];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }
}

/// How a row is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowShape {
    /// `{"dimensions": […], "metrics": […]}`, in the order of the question.
    #[default]
    Arrays,
    /// `{"visit:source": …, "visitors": …}`.
    Objects,
}

impl RowShape {
    pub const ALL: [Self; 2] = [Self::Arrays, Self::Objects];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Arrays => "arrays",
            Self::Objects => "objects",
        }
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
    /// As they were asked for.
    pub asked: Vec<Filter>,
    /// What they mean for the site.
    pub conditions: Vec<Condition>,
    /// The goals of the site; conditions speak of their places here.
    pub goals: Vec<Goal>,
    pub money: Money,
    pub order_by: Vec<Order>,
    pub include: Include,
    /// What becomes of imported days.
    pub imports: Imports,
    pub pagination: Pagination,
    pub fill: bool,
    /// The buckets of the time dimension, where there is one.
    pub buckets: Option<Buckets>,
    /// The values, by the place of their dimension, that rows are wanted for; all rows where there is none.
    pub only: Vec<(usize, Vec<String>)>,
    /// What the rows are compared with.
    pub earlier: Option<Earlier>,
    pub rows: RowShape,
    pub explain: bool,
    /// Whether visitors and visits are estimated.
    pub approximate: bool,
    pub digest: Digest,
}

impl RawQuery {
    /// Returns the question as it is to be answered. `first_day` is the first day with data, in days since the Unix
    /// epoch; it only matters where [`DateRange::needs_first_day`].
    pub fn resolve(
        self,
        zone: &TimeZone,
        now: Timestamp,
        first_day: Option<u16>,
        definitions: &Definitions,
    ) -> Result<Query, QueryErrors> {
        let range = self.date_range.resolve(zone, now, first_day)?;
        let auto = self.interval.unwrap_or_else(|| Interval::for_range(&range));
        let dimensions: Vec<Dimension> = self.dimensions.iter().map(|dimension| dimension.at(auto)).collect();
        let order_by = match &self.order_by {
            Some(orders) => orders.iter().map(|order| order.at(auto)).collect(),
            None => Order::default_of(&self.metrics, &dimensions),
        };
        let conditions = Condition::of_filters(&self.filters, definitions)?;
        let interval = compat::check(&self, &dimensions, &conditions, &order_by)?;
        let buckets = interval.map(|interval| compat::cut(interval, &range, zone)).transpose()?;
        let earlier = self.compare.as_ref().map(|compare| compare.resolve(&range, interval, zone, now)).transpose()?;
        let listed = listed_goals(&dimensions, &conditions, definitions.goals.len());
        let by_goal = dimensions.contains(&Dimension::Goal);
        let money =
            revenue::money(&self.metrics, by_goal, listed.iter().filter_map(|place| definitions.goals.get(*place)));
        Ok(Query {
            site: self.site,
            zone: zone.clone(),
            now,
            metrics: self.metrics,
            range,
            dimensions,
            asked: self.filters,
            conditions,
            goals: definitions.goals.clone(),
            money,
            order_by,
            include: self.include,
            imports: Imports::NotAsked,
            pagination: self.pagination,
            fill: self.fill,
            buckets,
            only: Vec::new(),
            earlier,
            rows: self.rows,
            explain: self.explain,
            approximate: self.approximate,
            digest: self.digest,
        })
    }
}

impl Query {
    /// Makes the question which visits of a site meet the filters, for who asks on with them.
    pub fn of_segment(
        site: &Site,
        now: Timestamp,
        range: Range,
        filters: &[Filter],
        definitions: &Definitions,
    ) -> Result<Self, QueryErrors> {
        Ok(Self {
            site: site.name.clone(),
            zone: site.time_zone.clone(),
            now,
            metrics: vec![Metric::Visits],
            range,
            dimensions: Vec::new(),
            asked: filters.to_vec(),
            conditions: Condition::of_filters(filters, definitions)?,
            goals: definitions.goals.clone(),
            money: Money::default(),
            order_by: Vec::new(),
            include: Include::default(),
            imports: Imports::NotAsked,
            pagination: Pagination::default(),
            fill: false,
            buckets: None,
            only: Vec::new(),
            earlier: None,
            rows: RowShape::default(),
            explain: false,
            approximate: false,
            digest: Digest::default(),
        })
    }

    /// Returns the time dimension and its place among the dimensions.
    #[must_use]
    pub fn time_dimension(&self) -> Option<(usize, Interval)> {
        let place = self.dimensions.iter().position(|dimension| dimension.interval().is_some())?;
        Some((place, self.dimensions[place].interval()?))
    }

    /// Returns the places of the goals that the rows of the dimension `event:goal` are about: all of them, or those that every
    /// filter on goals lets through.
    #[must_use]
    pub fn listed_goals(&self) -> Vec<usize> {
        listed_goals(&self.dimensions, &self.conditions, self.goals.len())
    }

    /// Returns the same question about the period that this one is compared with: all of its rows, in any order.
    #[must_use]
    pub fn of_earlier(&self, earlier: &Earlier) -> Self {
        Self {
            range: earlier.range,
            buckets: earlier.buckets.clone(),
            earlier: None,
            include: Include::default(),
            pagination: Pagination { limit: MAX_STREAMED_ROWS, offset: 0 },
            ..self.clone()
        }
    }
}

fn listed_goals(dimensions: &[Dimension], conditions: &[Condition], goals: usize) -> Vec<usize> {
    let filters = conditions.iter().filter_map(|condition| match condition {
        Condition::Goals { places, reached: true } => Some(places),
        _ => None,
    });
    let filters: Vec<&Vec<usize>> = filters.collect();
    if filters.is_empty() && !dimensions.contains(&Dimension::Goal) {
        return Vec::new();
    }
    (0..goals).filter(|place| filters.iter().all(|places| places.contains(place))).collect()
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
            orders.iter().map(|order| format!("{} {}", order.by.as_str(), order.direction.as_str())).collect::<Vec<_>>()
        };
        let metrics = ["visits", "visitors"];
        assert_eq!(names(json!({ "metrics": metrics })), ["visits desc"]);
        let by_day = json!({ "metrics": metrics, "dimensions": ["event:page", "time"] });
        assert_eq!(names(by_day), ["time:day asc", "visits desc"]);
    }
}
