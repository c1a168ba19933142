//! Owns the SQL of reports: the only composer of SQL text. Identifiers come from enums; every value, time buckets
//! included, is a server-side parameter. It runs nothing.
//!
//! A report is at most two parts, joined by the dimensions: one over single pageviews and custom events, one over
//! whole visits. Both read `events` and nothing else.

mod condition;
mod expression;
mod fixed;

use super::{
    dimension::{Dimension, Origin},
    metric::Level,
    order::{Direction, OrderBy},
    query::Query,
};
use crate::{
    model::SiteId,
    store::statement::{Param, Statement},
};

pub use fixed::{current_visitors, first_day, outcomes, overflow};

/// What has to be run for a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Statements {
    /// Gives the dimensions and then the metrics of each row, in the order of the query. A time dimension is the
    /// key of its bucket.
    pub rows: Statement,
    /// Gives the number of rows without regard to pagination, where that is wanted and SQL has to count.
    pub total: Option<Statement>,
}

/// Composes the statements of a report.
#[must_use]
pub fn statements(query: &Query, site: SiteId) -> Statements {
    let wants_total = query.include.total_rows && !query.fill;
    Statements {
        rows: Composer::new(query, site).rows(),
        total: wants_total.then(|| Composer::new(query, site).total()),
    }
}

/// Composes the ids of the sessions of which an event meets the filters, for a condition of another question. Its
/// parameters are named `site`, `from_day`, `to_day`, `from_ms`, `to_ms`, `country_…` and `filter…`.
#[must_use]
pub fn sessions(query: &Query, site: SiteId) -> Statement {
    let mut composer = Composer::new(query, site);
    let condition = composer.condition(Level::Event);
    let sql = format!("SELECT session_id FROM {} WHERE {} AND {condition}", composer.source, composer.scope);
    composer.finish(sql)
}

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
        composer.source = composer.compose_source();
        composer
    }

    fn rows(mut self) -> Statement {
        let parts = self.parts();
        let metrics = self.query.metrics.iter().map(|metric| match metric.level() {
            Level::Event => metric.as_str().to_owned(),
            Level::Session => format!("{} AS {}", expression::of_metric(*metric), metric.as_str()),
        });
        let columns: Vec<String> = self.dimension_names().into_iter().chain(metrics).collect();
        let (order, limit) = (self.order_by(), self.limit());
        self.finish(format!("SELECT\n    {}\nFROM {parts}{order}{limit}", columns.join(",\n    ")))
    }

    fn total(mut self) -> Statement {
        let part = if self.has(Level::Event) { self.event_part() } else { self.session_part() };
        self.finish(format!("SELECT count()\nFROM {part}"))
    }

    fn finish(self, sql: String) -> Statement {
        Statement { sql, params: self.params }
    }

    /// Returns the parts that the metrics need. Where both are, the rows are those of the events: a page that
    /// nobody entered on is listed too, with zeros for the visits.
    fn parts(&mut self) -> String {
        match (self.has(Level::Event), self.has(Level::Session)) {
            (true, true) => {
                let (of_events, of_visits) = (self.event_part(), self.session_part());
                let names = self.dimension_names();
                if names.is_empty() {
                    return format!("{of_events}\nCROSS JOIN {of_visits}");
                }
                format!("{of_events}\nLEFT JOIN {of_visits} USING ({})", names.join(", "))
            }
            (false, true) => self.session_part(),
            (_, false) => self.event_part(),
        }
    }

    fn has(&self, level: Level) -> bool {
        self.query.metrics.iter().any(|metric| metric.level() == level)
    }

    fn event_part(&mut self) -> String {
        let metrics = self.query.metrics.iter().filter(|metric| metric.level() == Level::Event);
        let metrics = metrics.map(|metric| format!("{} AS {}", expression::of_metric(*metric), metric.as_str()));
        let columns: Vec<String> = self.dimension_columns().into_iter().chain(metrics).collect();
        let condition = self.condition(Level::Event);
        format!(
            "(\n    SELECT\n        {}\n    FROM {}\n    WHERE {}\n      AND {condition}{}\n) AS of_events",
            columns.join(",\n        "),
            self.source,
            self.scope,
            self.group_by(),
        )
    }

    /// TRICKY: a visit belongs to every row of the report in which one of its events would be counted, so that
    /// its figures stand beside the events of the same visits; but the figures are of the whole visit within the
    /// range. Grouping the rows by session and dimension would tear visits apart: every visit that crosses the
    /// hour would bounce twice.
    fn session_part(&mut self) -> String {
        let condition = self.condition(Level::Session);
        let names = self.dimension_names();
        let (belongs, having, unfold) = if names.is_empty() {
            (String::new(), format!("\n        HAVING countIf({condition}) > 0"), "")
        } else {
            let values = self.query.dimensions.iter().map(|dimension| self.of_dimension(dimension.of_visit()));
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

    fn compose_source(&self) -> String {
        let filtered = self.query.filters.iter().flat_map(|filter| filter.comparisons());
        let mut used = self.query.dimensions.iter().copied().chain(filtered.map(|leaf| leaf.dimension));
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
        dimensions.map(|(dimension, name)| format!("{} AS {name}", self.of_dimension(*dimension))).collect()
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
            let name = match order.by {
                OrderBy::Metric(metric) => metric.as_str().to_owned(),
                OrderBy::Dimension(dimension) => self.name_of(dimension),
            };
            match order.direction {
                Direction::Ascending => format!("{name} ASC"),
                Direction::Descending => format!("{name} DESC"),
            }
        });
        let is_asked =
            |dimension: &Dimension| self.query.order_by.iter().any(|order| order.by == OrderBy::Dimension(*dimension));
        let rest = self.query.dimensions.iter().filter(|dimension| !is_asked(dimension));
        let rest = rest.map(|dimension| format!("{} ASC", self.name_of(*dimension)));
        format!("\nORDER BY {}", asked.chain(rest).collect::<Vec<_>>().join(", "))
    }

    fn name_of(&self, dimension: Dimension) -> String {
        let place = self.query.dimensions.iter().position(|asked| *asked == dimension);
        format!("d{}", place.unwrap_or_default())
    }

    /// Filled time series are cut after the filling; their buckets are bounded.
    fn limit(&mut self) -> String {
        if self.query.fill {
            return String::new();
        }
        let pagination = self.query.pagination;
        let limit = self.bind("limit", "UInt64", pagination.limit);
        let offset = self.bind("offset", "UInt64", pagination.offset);
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

#[cfg(test)]
mod tests;
