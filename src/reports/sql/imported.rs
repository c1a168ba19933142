//! Owns the SQL of imported days: a row of sums beside each row of a part, and both added up.
//!
//! The columns of the table `imported` are named as those of `events`, so that dimensions and filters are the same text for both.
//! A day on which the site has an event of its own is left out of what was imported: nothing is counted twice.

use super::Composer;
use crate::{
    model::SiteId,
    reports::{
        condition::Condition,
        date_range::Range,
        dimension::Dimension,
        imports::{Imports, Source},
        metric::{Level, Metric},
    },
    store::{imported::ImportedReport, statement::Statement},
};

/// Composes the question for the first imported day, in days since the Unix epoch; no row where there is none.
#[must_use]
pub fn first_imported_day(site: SiteId) -> Statement {
    let sql = "SELECT toUInt16(min(day)) FROM imported WHERE site_id = {site:UInt32} HAVING count() > 0";
    Statement::new(sql).bind("site", site.get())
}

/// Composes how many imported rows a site has, and how many of a range.
#[must_use]
pub fn imported_days(site: SiteId, range: &Range) -> Statement {
    let sql = "SELECT count(), countIf(day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}))
         FROM imported WHERE site_id = {site:UInt32}";
    Statement::new(sql).bind("site", site.get()).bind("from_day", range.from_day).bind("to_day", range.to_day)
}

/// Sums of imported rows, for one part of a report.
struct Sums {
    /// Of the part.
    name: &'static str,
    level: Level,
    reports: Vec<ImportedReport>,
    /// The name of each column of the part, and how it is summed up.
    columns: Vec<(&'static str, String)>,
}

impl Composer<'_> {
    /// Puts imported days beside the part of the events.
    pub(super) fn with_imported_events(&mut self, part: String) -> String {
        let Imports::Included { events: Some(source), .. } = self.query.imports else { return part };
        let reports = match source {
            Source::Of(report) => vec![report],
            Source::AllEvents => vec![ImportedReport::Visitors, ImportedReport::CustomEvents],
        };
        // Visitors of all events are those of the day; but by the name of the event, those of its own row.
        let of_days = source == Source::AllEvents && !self.uses_event_names();
        let metrics = [Metric::Visitors, Metric::Visits, Metric::Pageviews, Metric::Events];
        let asked = metrics.into_iter().filter(|metric| self.query.metrics.contains(metric)).map(Metric::as_str);
        let columns = asked.map(|name| match name {
            "visitors" | "visits" if of_days => (name, format!("sumIf(imported.{name}, report = 'visitors')")),
            _ => (name, format!("sum(imported.{name})")),
        });
        let columns = columns.collect();
        self.added_up(&part, &Sums { name: "of_events", level: Level::Event, reports, columns })
    }

    /// Puts imported days beside the part of the visits.
    pub(super) fn with_imported_visits(&mut self, part: String) -> String {
        let Imports::Included { visits: Some(report), .. } = self.query.imports else { return part };
        let columns = [
            ("sessions", "sum(imported.visits)"),
            ("bounces", "sum(imported.bounces)"),
            ("session_views", "sum(imported.pageviews)"),
            ("session_ms", "toInt64(1000 * sum(imported.visit_seconds))"),
        ];
        let columns = columns.map(|(name, sum)| (name, sum.to_owned())).to_vec();
        self.added_up(&part, &Sums { name: "of_visits", level: Level::Session, reports: vec![report], columns })
    }

    fn uses_event_names(&self) -> bool {
        let mut filtered = self.query.conditions.iter().flat_map(Condition::comparisons);
        self.query.dimensions.contains(&Dimension::EventName)
            || filtered.any(|comparison| comparison.dimension == Dimension::EventName)
    }

    /// Returns a part whose rows are those of `part` and imported ones, added up.
    fn added_up(&mut self, part: &str, sums: &Sums) -> String {
        let keys = self.dimension_names();
        let listed = |column: fn(&str) -> String| -> String {
            let sums = sums.columns.iter().map(|(name, _)| column(name));
            keys.iter().cloned().chain(sums).collect::<Vec<_>>().join(",\n        ")
        };
        let (added, own) = (listed(|name| format!("sum(days.{name}) AS {name}")), listed(str::to_owned));
        let imported = self.imported_columns(sums).join(",\n            ");
        let reports: Vec<String> = sums.reports.iter().map(|report| report.as_str().to_owned()).collect();
        let reports = self.bind(&format!("imported_{}", sums.name), "Array(String)", reports);
        let condition = self.conditions(&self.query.conditions, sums.level);
        let (scope, group_by, name) = (&self.scope, self.group_by(), sums.name);
        format!(
            "(
    SELECT
        {added}
    FROM (
        SELECT {own}
        FROM {part}
        UNION ALL
        SELECT
            {imported}
        FROM imported
        WHERE {scope}
          AND has({reports}, report){condition}
          AND day NOT IN (
            SELECT DISTINCT day FROM events
            WHERE {scope} AND day <= (SELECT max(day) FROM imported WHERE site_id = {{site:UInt32}})
          ){group_by}
    ) AS days{group_by}
) AS {name}"
        )
    }

    fn imported_columns(&mut self, sums: &Sums) -> Vec<String> {
        let dimensions = self.query.dimensions.iter().zip(self.dimension_names());
        let dimensions = dimensions.map(|(dimension, name)| {
            let dimension = if sums.level == Level::Session { dimension.of_visit() } else { dimension.clone() };
            format!("{} AS {name}", self.of_dimension(&dimension))
        });
        let dimensions: Vec<String> = dimensions.collect();
        dimensions.into_iter().chain(sums.columns.iter().map(|(name, sum)| format!("{sum} AS {name}"))).collect()
    }
}
