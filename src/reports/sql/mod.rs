//! Owns the SQL of reports: the only composer of SQL text. Identifiers come from enums; every value, time buckets
//! included, is a server-side parameter. It runs nothing.
//!
//! A report is made of parts, joined by the dimensions: one over single pageviews and custom events, one over whole visits, one
//! over the reports of engagement, one over those of web vitals, one over minutes of presence. Each is there only where a metric needs it.

mod condition;
mod expression;
mod fixed;
mod frozen;
mod funnel;
mod goal;
mod imported;
mod journeys;
mod places;
mod retention;

use super::{
    condition::Condition,
    dimension::{Dimension, Origin},
    metric::{Level, Metric},
    order::{Direction, OrderBy},
    query::Query,
};
use crate::{
    model::SiteId,
    store::statement::{Param, Statement},
};

pub use fixed::{current_visitors, first_day, outcomes, overflow};
pub use frozen::{from_frozen, streamed_from_frozen};
pub use funnel::funnel;
pub use imported::{first_imported_day, imported_days};
pub use journeys::journeys;
pub use places::{city_crowds, country_crowds, places, views_by_minute};
pub use retention::retention;

/// How much memory the rows of visits may take before they go through the disk, half of what a report may take.
const SPILLING: &str = "\nSETTINGS max_bytes_before_external_group_by = 200000000";

/// What has to be run for a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Statements {
    /// Gives the dimensions and then the metrics of each row, in the order of the query. A time dimension is the
    /// key of its bucket. One row more than a page tells whether there is another page.
    pub rows: Statement,
    /// Gives the number of rows without regard to pagination, where that is wanted and SQL has to count.
    pub total: Option<Statement>,
}

/// Composes the statements of a report.
#[must_use]
pub fn statements(query: &Query, site: SiteId) -> Statements {
    let wants_total = query.include.total_rows && !query.fill;
    Statements {
        rows: Composer::new(query, site).rows(query.pagination.limit + 1),
        total: wants_total.then(|| Composer::new(query, site).total()),
    }
}

/// Composes the rows of a report that is handed on as it comes.
#[must_use]
pub fn streamed(query: &Query, site: SiteId) -> Statement {
    Composer::new(query, site).rows(query.pagination.limit)
}

/// Composes the ids of the sessions of which an event meets the filters, for a condition of another question. Its
/// parameters are named `site`, `from_day`, `to_day`, `from_ms`, `to_ms`, `country_…`, `goal…` and `filter…`.
#[must_use]
pub fn sessions(query: &Query, site: SiteId) -> Statement {
    let mut composer = Composer::new(query, site);
    let condition = composer.condition(Level::Event);
    let sql = format!("SELECT session_id FROM {} WHERE {} AND {condition}", composer.source, composer.scope);
    composer.finish(sql)
}

/// The clicks on each view, beside the events. A view that began on the last day of the range may be clicked on the next.
const CLICKS_BY_VIEW: &str = "
    LEFT JOIN (
        SELECT
            view_id,
            countIf(bitAnd(kind_flags, 128) = 0) AS view_clicks,
            countIf(bitAnd(kind_flags, 8) != 0) AS view_rage_clicks,
            countIf(bitAnd(kind_flags, 16) != 0) AS view_dead_clicks
        FROM clicks
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) + 1
        GROUP BY view_id
    ) AS of_clicks USING (view_id)";

/// A statement on its way: text is returned by the methods, parameters gather here.
struct Composer<'a> {
    query: &'a Query,
    params: Vec<(String, Param)>,
    /// The beginning of every `WHERE`: one site, one range.
    scope: String,
    /// What is read: `events`, with the exit page of the session beside each row where it is asked for.
    source: String,
}

impl<'a> Composer<'a> {
    fn new(query: &'a Query, site: SiteId) -> Self {
        let mut composer = Self { query, params: Vec::new(), scope: String::new(), source: String::new() };
        composer.scope = composer.compose_scope(site);
        composer.source = composer.compose_source(&[]);
        composer
    }

    /// Makes a composer that is asked about more conditions than those of the query.
    fn of_sequence(query: &'a Query, site: SiteId, conditions: &[Condition]) -> Self {
        let mut composer = Self::new(query, site);
        composer.source = composer.compose_source(conditions);
        composer
    }

    fn rows(mut self, limit: u64) -> Statement {
        let parts = self.parts();
        let metrics = self.query.metrics.iter().map(|metric| {
            let (name, value) = (metric.as_str(), self.of_metric(*metric));
            if value == name { value } else { format!("{value} AS {name}") }
        });
        let metrics: Vec<String> = metrics.collect();
        let columns: Vec<String> = self.dimension_names().into_iter().chain(metrics).collect();
        let (only, order, limit) = (self.only(), self.order_by(), self.limit(limit));
        self.finish(format!("SELECT\n    {}\nFROM {parts}{only}{order}{limit}", columns.join(",\n    ")))
    }

    fn total(mut self) -> Statement {
        let part = self.base();
        self.finish(format!("SELECT count()\nFROM {part}"))
    }

    fn finish(self, sql: String) -> Statement {
        Statement { sql, params: self.params }
    }

    /// Returns the parts that the metrics need. The rows are those of the events, unless all metrics are of visits: a page that
    /// nobody entered on is listed too, with zeros for the visits.
    fn parts(&mut self) -> String {
        let mut parts = self.base();
        let names = self.dimension_names();
        if self.has(Level::Session) && self.is_of_events() {
            let part = self.session_part();
            join(&mut parts, &part, &names);
        }
        if self.has(Level::Engagement) {
            let part = self.engagement_part();
            join(&mut parts, &part, &names);
        }
        if self.has(Level::Vitals) {
            let part = self.vitals_part();
            join(&mut parts, &part, &names);
        }
        if self.has(Level::Presence) && (self.is_of_events() || self.has(Level::Session)) {
            let part = self.presence_part();
            join(&mut parts, &part, &names);
        }
        let grouped = self.grouped_names();
        if self.asks(Metric::GroupConversionRate) && !grouped.is_empty() {
            let part = self.group_part();
            join(&mut parts, &part, &grouped);
        }
        parts
    }

    fn base(&mut self) -> String {
        if self.is_of_events() {
            self.event_part()
        } else if self.has(Level::Session) {
            self.session_part()
        } else {
            self.presence_part()
        }
    }

    /// The part of the events, and imported days beside it.
    fn event_part(&mut self) -> String {
        let part = self.own_event_part();
        self.with_imported_events(part)
    }

    /// The part of the visits, and imported days beside it.
    fn session_part(&mut self) -> String {
        let part = self.own_session_part();
        self.with_imported_visits(part)
    }

    fn is_of_events(&self) -> bool {
        self.query.metrics.iter().any(|metric| !matches!(metric.level(), Level::Session | Level::Presence))
    }

    fn has(&self, level: Level) -> bool {
        self.query.metrics.iter().any(|metric| metric.level() == level)
    }

    fn asks(&self, metric: Metric) -> bool {
        self.query.metrics.contains(&metric)
    }

    fn own_event_part(&mut self) -> String {
        let columns = self.event_columns();
        let columns: Vec<String> = self.dimension_columns().into_iter().chain(columns).collect();
        let condition = self.condition(Level::Event);
        let clicks = if self.query.metrics.iter().any(|metric| metric.is_of_clicks()) { CLICKS_BY_VIEW } else { "" };
        self.part("of_events", &columns, &format!("{}{clicks}", self.source), &condition)
    }

    fn part(&self, name: &str, columns: &[String], source: &str, condition: &str) -> String {
        format!(
            "(\n    SELECT\n        {}\n    FROM {source}\n    WHERE {}\n      AND {condition}{}\n) AS {name}",
            columns.join(",\n        "),
            self.scope,
            self.group_by(),
        )
    }

    /// TRICKY: a visit belongs to every row of the report in which one of its events would be counted, so that
    /// its figures stand beside the events of the same visits; but the figures are of the whole visit within the
    /// range. Grouping the rows by session and dimension would tear visits apart: every visit that crosses the
    /// hour would bounce twice.
    fn own_session_part(&mut self) -> String {
        let condition = self.condition(Level::Session);
        let names = self.dimension_names();
        let (belongs, having, unfold) = if names.is_empty() {
            (String::new(), format!("\n        HAVING countIf({condition}) > 0"), "")
        } else {
            let values = self.query.dimensions.iter().map(|dimension| self.of_dimension(&dimension.of_visit()));
            let values = values.collect::<Vec<_>>().join(", ");
            let belongs = format!("groupUniqArrayIf(tuple({values}), {condition}) AS belongs,\n            ");
            (belongs, String::new(), "\n    ARRAY JOIN belongs")
        };
        let columns = names.iter().zip(1..).map(|(name, place)| format!("belongs.{place} AS {name},\n        "));
        let columns = columns.collect::<Vec<_>>().concat();
        format!(
            "(
    SELECT
        {columns}count() AS sessions,
        countIf(views = 1 AND customs = 0) AS bounces,
        sum(views) AS session_views,
        sum(lasted_ms) AS session_ms
    FROM (
        SELECT
            {belongs}countIf(kind = 'pageview') AS views,
            countIf(kind = 'event') AS customs,
            dateDiff('millisecond', min(at), max(at)) AS lasted_ms
        FROM {}
        WHERE {}
        GROUP BY session_id{having}
    ){unfold}{}
) AS of_visits",
            self.source,
            self.scope,
            self.group_by(),
        )
    }

    /// What was engaged with, put together by visit first: the deepest scroll of a visit is one number, however often it was
    /// reported.
    fn engagement_part(&mut self) -> String {
        let names = self.dimension_names();
        let columns = each(&self.dimension_columns(), ",\n            ");
        let condition = self.conditions(&self.query.conditions, Level::Event);
        let listed = each(&names, ",\n        ");
        let keys = each(&names, ", ");
        format!(
            "(
    SELECT
        {listed}count() AS engaged_visits,
        sum(engaged) AS engaged_sum_ms,
        sum(depth) AS depths,
        quantileExact(0.5)(depth) AS depth_p50,
        quantileExact(0.75)(depth) AS depth_p75,
        quantileExact(0.9)(depth) AS depth_p90
    FROM (
        SELECT
            {columns}sum(engaged_ms) AS engaged,
            max(scroll_depth) AS depth
        FROM {}
        WHERE {}
          AND kind = 'engagement'{condition}
        GROUP BY {keys}session_id
    ){}
) AS of_engagement",
            self.source,
            self.scope,
            self.group_by(),
        )
    }

    fn vitals_part(&mut self) -> String {
        let columns = self.vitals_columns();
        let columns: Vec<String> = self.dimension_columns().into_iter().chain(columns).collect();
        let condition = self.conditions(&self.query.conditions, Level::Event);
        self.part("of_vitals", &columns, &self.source, &format!("kind = 'vitals'{condition}"))
    }

    /// The fullest minute. Rows of one node and minute go by their largest, for one is of before a restart; nodes add up, for each
    /// has visitors of its own.
    fn presence_part(&mut self) -> String {
        let source = format!(
            "(
        SELECT day, at, sum(most) AS here
        FROM (
            SELECT day, toDateTime64(minute, 3, 'UTC') AS at, node, max(peak) AS most
            FROM concurrency
            WHERE {}
            GROUP BY day, at, node
        )
        GROUP BY day, at
    )",
            self.scope
        );
        let columns: Vec<String> =
            self.dimension_columns().into_iter().chain(["max(here) AS concurrent_peak".to_owned()]).collect();
        format!(
            "(\n    SELECT\n        {}\n    FROM {source}{}\n) AS of_presence",
            columns.join(",\n        "),
            self.group_by()
        )
    }

    /// The visitors of the same rows, whether they reached a goal or not.
    fn group_part(&mut self) -> String {
        let columns = self.grouped_columns();
        let columns: Vec<String> =
            columns.into_iter().chain([format!("{}(visitor_id) AS group_visitors", self.different())]).collect();
        let condition = self.condition_without_goals();
        format!(
            "(\n    SELECT\n        {}\n    FROM {}\n    WHERE {}\n      AND {condition}\n    GROUP BY {}\n) AS of_groups",
            columns.join(",\n        "),
            self.source,
            self.scope,
            self.grouped_names().join(", "),
        )
    }

    /// Returns how many visitors meet a condition, in all rows together.
    fn total_visitors(&self, condition: &str) -> String {
        format!("(SELECT {}(visitor_id) FROM {} WHERE {} AND {condition})", self.different(), self.source, self.scope)
    }

    /// Whole days are what the events say they are: their `day` was cut in the site's zone when they came. A range
    /// of moments goes by `at`; there `day` only spares reading, with a day to spare should the zone have changed.
    fn compose_scope(&mut self, site: SiteId) -> String {
        let range = self.query.range;
        let margin = u16::from(!range.whole_days);
        let site = self.bind("site", "UInt32", site.get());
        let from_day = self.bind("from_day", "UInt16", range.from_day.saturating_sub(margin));
        let to_day = self.bind("to_day", "UInt16", range.to_day.saturating_add(margin));
        let days = format!("site_id = {site} AND day BETWEEN toDate({from_day}) AND toDate({to_day})");
        if range.whole_days {
            return days;
        }
        let from = self.bind("from_ms", "Int64", range.from_ms);
        let to = self.bind("to_ms", "Int64", range.to_ms);
        format!("{days} AND at >= fromUnixTimestamp64Milli({from}) AND at < fromUnixTimestamp64Milli({to})")
    }

    fn compose_source(&self, others: &[Condition]) -> String {
        let filtered = self.query.conditions.iter().chain(others).flat_map(Condition::comparisons);
        let mut used = self.query.dimensions.iter().chain(filtered.map(|leaf| &leaf.dimension));
        if !used.any(|dimension| matches!(dimension.origin(), Origin::Exit(_))) {
            return "events".to_owned();
        }
        // Two pageviews of the same millisecond have an order too, so that the answer does not depend on luck.
        let exit = |column| format!("argMaxIf({column}, (at, view_id), kind = 'pageview') AS exit_{column}");
        format!(
            "events\n    INNER JOIN (\n        SELECT session_id, {}, {}\n        FROM events\n        WHERE {}\n        \
             GROUP BY session_id\n    ) AS exits USING (session_id)",
            exit("pathname"),
            exit("hostname"),
            self.scope,
        )
    }

    fn dimension_names(&self) -> Vec<String> {
        (0..self.query.dimensions.len()).map(|place| format!("d{place}")).collect()
    }

    fn dimension_columns(&mut self) -> Vec<String> {
        let dimensions = self.query.dimensions.iter().zip(self.dimension_names());
        dimensions.map(|(dimension, name)| format!("{} AS {name}", self.of_dimension(dimension))).collect()
    }

    /// Returns the names of the dimensions that a visitor has without reaching a goal.
    fn grouped_names(&self) -> Vec<String> {
        let dimensions = self.query.dimensions.iter().zip(self.dimension_names());
        dimensions.filter(|(dimension, _)| **dimension != Dimension::Goal).map(|(_, name)| name).collect()
    }

    fn grouped_columns(&mut self) -> Vec<String> {
        let dimensions = self.query.dimensions.iter().zip(self.dimension_names());
        let kept = dimensions.filter(|(dimension, _)| **dimension != Dimension::Goal);
        kept.map(|(dimension, name)| format!("{} AS {name}", self.of_dimension(dimension))).collect()
    }

    fn group_by(&self) -> String {
        let names = self.dimension_names();
        if names.is_empty() { String::new() } else { format!("\n    GROUP BY {}", names.join(", ")) }
    }

    /// After what was asked for, rows are ordered by their dimensions, so that pages never overlap.
    fn order_by(&self) -> String {
        if self.query.dimensions.is_empty() {
            return String::new();
        }
        let asked = self.query.order_by.iter().map(|order| {
            let name = match &order.by {
                OrderBy::Metric(metric) => metric.as_str().to_owned(),
                OrderBy::Dimension(dimension) => self.name_of(dimension),
            };
            match order.direction {
                Direction::Ascending => format!("{name} ASC"),
                Direction::Descending => format!("{name} DESC"),
            }
        });
        let is_asked = |dimension: &Dimension| {
            self.query.order_by.iter().any(|order| order.by == OrderBy::Dimension(dimension.clone()))
        };
        let rest = self.query.dimensions.iter().filter(|dimension| !is_asked(dimension));
        let rest = rest.map(|dimension| format!("{} ASC", self.name_of(dimension)));
        format!("\nORDER BY {}", asked.chain(rest).collect::<Vec<_>>().join(", "))
    }

    fn name_of(&self, dimension: &Dimension) -> String {
        let place = self.query.dimensions.iter().position(|asked| asked == dimension);
        format!("d{}", place.unwrap_or_default())
    }

    /// Returns what leaves only the rows with these values, where only some are wanted.
    fn only(&mut self) -> String {
        let wanted = self.query.only.iter().map(|(place, values)| {
            let values = self.bind(&format!("only{place}"), "Array(String)", values.clone());
            format!("has({values}, d{place})")
        });
        let wanted: Vec<String> = wanted.collect();
        if wanted.is_empty() { String::new() } else { format!("\nWHERE {}", wanted.join(" AND ")) }
    }

    /// Filled time series are cut after the filling; their buckets are bounded.
    fn limit(&mut self, limit: u64) -> String {
        if self.query.fill {
            return String::new();
        }
        let limit = self.bind("limit", "UInt64", limit);
        let offset = self.bind("offset", "UInt64", self.query.pagination.offset);
        format!("\nLIMIT {limit} OFFSET {offset}")
    }

    /// Returns a placeholder. A name that is bound already keeps its value: both parts use the same filters.
    fn bind(&mut self, name: &str, kind: &str, value: impl Into<Param>) -> String {
        if self.params.iter().all(|(bound, _)| bound != name) {
            self.params.push((name.to_owned(), value.into()));
        }
        format!("{{{name}:{kind}}}")
    }
}

/// Returns texts with something after each.
fn each(texts: &[String], after: &str) -> String {
    texts.iter().flat_map(|text| [text.as_str(), after]).collect()
}

/// Puts a part beside the others: the same row, or nothing where it has none.
fn join(parts: &mut String, part: &str, names: &[String]) {
    let joined = if names.is_empty() {
        format!("\nCROSS JOIN {part}")
    } else {
        format!("\nLEFT JOIN {part} USING ({})", names.join(", "))
    };
    parts.push_str(&joined);
}

#[cfg(test)]
mod sequence_tests;
#[cfg(test)]
mod tests;
