//! Owns the SQL of reports that read frozen days: their sums, beside what the other days and the visits that cross midnight give.

use super::{Composer, Statements, each};
use crate::{
    model::SiteId,
    reports::{
        dimension::Origin,
        frozen::Source,
        metric::{Level, Metric},
        query::Query,
    },
    store::{
        frozen::{CROSSING, HOUR, NAME, TOTAL},
        statement::Statement,
    },
};

/// The sums of a day, those of events first, then those of visits and those of engagement.
const SUMS: [&str; 11] = [
    "visitors",
    "visits",
    "pageviews",
    "events",
    "sessions",
    "bounces",
    "session_views",
    "session_ms",
    "engaged_visits",
    "engaged_sum_ms",
    "depths",
];

/// Composes the statements of a report as [`statements`](super::statements) does.
#[must_use]
pub fn from_frozen(query: &Query, site: SiteId, source: &Source) -> Statements {
    let wants_total = query.include.total_rows && !query.fill;
    Statements {
        rows: Frozen::new(query, site, source).rows(query.pagination.limit + 1),
        total: wants_total.then(|| Frozen::new(query, site, source).total()),
    }
}

/// Composes the rows of a report as [`streamed`](super::streamed) does.
#[must_use]
pub fn streamed_from_frozen(query: &Query, site: SiteId, source: &Source) -> Statement {
    Frozen::new(query, site, source).rows(query.pagination.limit)
}

/// The composer of everything that is not frozen, and what is.
struct Frozen<'a> {
    composer: Composer<'a>,
    source: &'a Source,
    /// The beginning of every `WHERE` over frozen days.
    scope: String,
    /// Those of [`SUMS`] that the metrics are made of.
    sums: Vec<&'static str>,
}

impl<'a> Frozen<'a> {
    fn new(query: &'a Query, site: SiteId, source: &'a Source) -> Self {
        // Site and days are those of the rows already.
        let mut composer = Composer { query, params: Vec::new(), scope: "true".to_owned(), source: String::new() };
        let site = composer.bind("site", "UInt32", site.get());
        let from = composer.bind("from_day", "UInt16", query.range.from_day);
        let to = composer.bind("to_day", "UInt16", query.range.to_day);
        let freezes: Vec<u64> = source.days.iter().map(|day| day.freeze).collect();
        let freezes = composer.bind("freezes", "Array(UInt64)", freezes);
        let scope = format!("site_id = {site} AND day BETWEEN toDate({from}) AND toDate({to}) AND freeze IN {freezes}");
        let runs = source.rest.iter().enumerate().map(|(place, (first, last))| {
            let first = composer.bind(&format!("first{place}"), "UInt16", *first);
            let last = composer.bind(&format!("last{place}"), "UInt16", *last);
            format!("day BETWEEN toDate({first}) AND toDate({last})")
        });
        let runs: Vec<String> = runs.collect();
        let columns = read_columns(query);
        let crossing = format!("SELECT {columns}0 AS visitor_id, false AS whole FROM {CROSSING} WHERE {scope}");
        let rest = if runs.is_empty() {
            String::new()
        } else {
            format!(
                "\n        UNION ALL\n        SELECT {columns}visitor_id, true AS whole FROM events\n        WHERE site_id = {site} AND ({})",
                runs.join(" OR ")
            )
        };
        composer.source = format!("(\n        {crossing}{rest}\n    ) AS rows");
        Self { composer, source, scope, sums: sums_of(query) }
    }

    fn rows(mut self, limit: u64) -> Statement {
        let added = self.added();
        let metrics = self.composer.query.metrics.iter().map(|metric| {
            let value = match metric {
                Metric::Percentage => self.percentage(),
                metric => self.composer.of_metric(*metric),
            };
            let name = metric.as_str();
            if value == name { value } else { format!("{value} AS {name}") }
        });
        let metrics: Vec<String> = metrics.collect();
        let columns: Vec<String> = self.composer.dimension_names().into_iter().chain(metrics).collect();
        let composer = &mut self.composer;
        let (only, order, limit) = (composer.only(), composer.order_by(), composer.limit(limit));
        self.composer.finish(format!("SELECT\n    {}\nFROM {added}{only}{order}{limit}", columns.join(",\n    ")))
    }

    fn total(mut self) -> Statement {
        let added = self.added();
        self.composer.finish(format!("SELECT count()\nFROM {added}"))
    }

    /// Returns the sums of all parts, added up by the dimensions. There is a row where there are events, unless all metrics
    /// are of visits: then where there are visits.
    fn added(&mut self) -> String {
        let names = self.composer.dimension_names();
        let is_of_events = self.composer.is_of_events();
        let mut parts = vec![self.frozen_part()];
        if is_of_events {
            let part = self.event_part();
            parts.push(self.summed(&part, &SUMS[..4]));
        }
        if self.composer.has(Level::Session) {
            let part = self.composer.session_part();
            parts.push(self.summed(&part, &SUMS[4..8]));
        }
        if self.composer.has(Level::Engagement) {
            let part = self.composer.engagement_part();
            parts.push(self.summed(&part, &SUMS[8..]));
        }
        let columns: Vec<String> = names.iter().cloned().chain(self.sums.iter().map(sum)).collect();
        let counted = if is_of_events { "events" } else { "sessions" };
        let having = if names.is_empty() { String::new() } else { format!("\n    HAVING {counted} > 0") };
        format!(
            "(\n    SELECT {}\n    FROM (\n{}\n    ){}{having}\n) AS added",
            columns.join(", "),
            parts.join("\nUNION ALL\n"),
            self.composer.group_by(),
        )
    }

    /// Returns the sums that a part has, and zeros for the others.
    fn summed(&self, part: &str, has: &[&str]) -> String {
        let names = each(&self.composer.dimension_names(), ", ");
        let sums =
            self.sums.iter().map(|sum| if has.contains(sum) { (*sum).to_owned() } else { format!("0 AS {sum}") });
        format!("SELECT {names}{} FROM {part}", sums.collect::<Vec<_>>().join(", "))
    }

    fn frozen_part(&mut self) -> String {
        let columns = each(&self.composer.dimension_columns(), ", ");
        let sums = self.sums.iter().map(sum).collect::<Vec<_>>().join(", ");
        let listed = self.sums.join(", ");
        let value = match self.source.grouping {
            TOTAL => String::new(),
            HOUR => "toDateTime64(toUInt32(value), 3, 'UTC') AS at, ".to_owned(),
            NAME => "'event' AS kind, value AS name, ".to_owned(),
            column => format!("value AS {column}, "),
        };
        let grouping = self.composer.bind("grouping", "String", self.source.grouping);
        format!(
            "SELECT {columns}{sums} FROM (\n    SELECT {value}day, {listed} FROM frozen WHERE {} AND grouping = {grouping}\n){}",
            self.scope,
            self.composer.group_by(),
        )
    }

    /// Returns what single rows give. Of those that are copied here because their visit crosses midnight only the visits are new.
    fn event_part(&mut self) -> String {
        let counts = [
            ("visitors", "uniqExactIf(visitor_id, whole)"),
            ("visits", "uniqExact(session_id)"),
            ("pageviews", "countIf(whole AND kind = 'pageview')"),
            ("events", "countIf(whole)"),
        ];
        let counts = counts.iter().filter(|(name, _)| self.sums.contains(name));
        let counts: Vec<String> = counts.map(|(name, count)| format!("{count} AS {name}")).collect();
        let columns: Vec<String> = self.composer.dimension_columns().into_iter().chain(counts).collect();
        let condition = self.composer.condition(Level::Event);
        self.composer.part("of_events", &columns, &self.composer.source, &condition)
    }

    fn percentage(&mut self) -> String {
        let condition = self.composer.condition(Level::Event);
        let total = self.composer.bind("total", "String", TOTAL);
        let rows = &self.composer.source;
        let whole = format!(
            "((SELECT sum(visitors) FROM frozen WHERE {} AND grouping = {total})
                + (SELECT uniqExactIf(visitor_id, whole) FROM {rows} WHERE {condition}))",
            self.scope,
        );
        super::expression::percent("visitors", &whole)
    }
}

fn sum(name: &&'static str) -> String {
    format!("sum({name}) AS {name}")
}

/// Returns the sums that the metrics are made of, and what tells whether there is a row.
fn sums_of(query: &Query) -> Vec<&'static str> {
    let is_of_events = query.metrics.iter().any(|metric| metric.level() != Level::Session);
    let of_metrics = query.metrics.iter().flat_map(|metric| match metric {
        Metric::Visitors | Metric::Percentage => &["visitors"][..],
        Metric::Visits => &["visits"],
        Metric::Pageviews => &["pageviews"],
        Metric::ViewsPerVisit => &["session_views", "sessions"],
        Metric::BounceRate => &["bounces", "sessions"],
        Metric::VisitDuration => &["session_ms", "sessions"],
        Metric::ScrollDepth => &["depths", "engaged_visits"],
        Metric::TimeOnPage => &["engaged_sum_ms", "engaged_visits"],
        Metric::EngagedTime => &["engaged_sum_ms", "visits"],
        // Whether there is a row is asked by them anyway; no other metric is a sum.
        _ => &[],
    });
    let needed: Vec<&str> = of_metrics.copied().chain([if is_of_events { "events" } else { "sessions" }]).collect();
    SUMS.into_iter().filter(|sum| needed.contains(sum)).collect()
}

/// Returns the columns that the parts need of a row, each with a comma after it.
fn read_columns(query: &Query) -> String {
    let mut columns = vec!["day", "at", "kind", "name", "session_id", "engaged_ms", "scroll_depth"];
    for dimension in query.dimensions.iter().flat_map(|dimension| [dimension.clone(), dimension.of_visit()]) {
        let column = match dimension.origin() {
            Origin::Plain(column) | Origin::Labelled(column, _) => column,
            Origin::CountryName => "country",
            Origin::Device => "device",
            Origin::EventName | Origin::Exit(_) | Origin::Bucket(_) | Origin::Prop(_) | Origin::Goals => continue,
        };
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns.iter().flat_map(|column| [column, ", "]).collect()
}
