//! Owns the decision whether imported days are counted into a report, and out of which of the imported reports. They are sums:
//! what was not told apart when they were made cannot be told apart any more. `docs/metrics.md` has the rules. It writes no SQL.

use super::{
    condition::Condition, dimension::Dimension, filter::Operator, metric::Metric, query::Query, time::Interval,
};
use crate::store::imported::ImportedReport;

/// What becomes of imported days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imports {
    NotAsked,
    Skipped(SkipReason),
    /// Each part of the report gets those of one source; none where the part is not asked for.
    Included {
        events: Option<Source>,
        visits: Option<ImportedReport>,
    },
}

/// Why they are not counted in. The words are Plausible's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    NoImportedData,
    OutOfRange,
    UnsupportedQuery,
    UnsupportedInterval,
}

/// Where the sums of single events come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Of(ImportedReport),
    /// Page views by the day and custom events by their name, which make all events together.
    AllEvents,
}

impl SkipReason {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoImportedData => "no_imported_data",
            Self::OutOfRange => "out_of_range",
            Self::UnsupportedQuery => "unsupported_query",
            Self::UnsupportedInterval => "unsupported_interval",
        }
    }

    /// Returns the reason as a sentence, where another question would do.
    #[must_use]
    pub const fn warning(self) -> Option<&'static str> {
        match self {
            Self::NoImportedData | Self::OutOfRange => None,
            Self::UnsupportedQuery => Some(
                "Imported days are not counted in: they are sums, which do not tell apart what was asked for. They go with the metrics \
                 visitors, visits, pageviews, events, views_per_visit, bounce_rate and visit_duration, by dimensions and filters of \
                 one imported report; `docs/metrics.md` lists them.",
            ),
            Self::UnsupportedInterval => Some(
                "Imported days are not counted in: they go with whole days, and with `time:day`, `time:week` or `time:month`.",
            ),
        }
    }
}

impl Imports {
    /// Decides. `days` has, for each period that is asked about, how many imported rows there are and how many in it.
    #[must_use]
    pub fn decide(query: &Query, days: &[(u64, u64)]) -> Self {
        if days.iter().all(|(all, _)| *all == 0) {
            return Self::Skipped(SkipReason::NoImportedData);
        }
        if days.iter().all(|(_, within)| *within == 0) {
            return Self::Skipped(SkipReason::OutOfRange);
        }
        let intervals = query.dimensions.iter().filter_map(Dimension::interval);
        let is_short = |interval| matches!(interval, Interval::Minute | Interval::Hour);
        if !query.range.whole_days || intervals.into_iter().any(is_short) {
            return Self::Skipped(SkipReason::UnsupportedInterval);
        }
        Self::sources(query).unwrap_or(Self::Skipped(SkipReason::UnsupportedQuery))
    }

    /// Finds the reports that the question can be answered from.
    fn sources(query: &Query) -> Option<Self> {
        let asked = |wanted: &[Metric]| query.metrics.iter().any(|metric| wanted.contains(metric));
        let of_events = [Metric::Visitors, Metric::Visits, Metric::Pageviews, Metric::Events];
        let of_visits = [Metric::ViewsPerVisit, Metric::BounceRate, Metric::VisitDuration];
        if query.metrics.iter().any(|metric| !of_events.contains(metric) && !of_visits.contains(metric)) {
            return None;
        }
        let used = used(query)?;
        let events = if asked(&of_events) { Some(event_source(query, &used)?) } else { None };
        let visits = if asked(&of_visits) {
            let used: Vec<Dimension> = used.iter().map(Dimension::of_visit).collect();
            let report = match one_report(&used)? {
                Told::Whole => ImportedReport::Visitors,
                Told::Apart(report) => report,
            };
            (!matches!(report, ImportedReport::CustomEvents)).then_some(report)
        } else {
            None
        };
        // A part that is asked for and has no source would be native days alone.
        (asked(&of_visits) == visits.is_some()).then_some(Self::Included { events, visits })
    }

    /// Returns what the answer tells of them; nothing where they were not asked for.
    #[must_use]
    pub const fn included(&self) -> Option<bool> {
        match self {
            Self::NotAsked => None,
            Self::Skipped(_) => Some(false),
            Self::Included { .. } => Some(true),
        }
    }

    #[must_use]
    pub const fn skipped(&self) -> Option<SkipReason> {
        match self {
            Self::Skipped(reason) => Some(*reason),
            Self::NotAsked | Self::Included { .. } => None,
        }
    }
}

/// Returns every dimension of the question but time; nothing where it asks for what sums do not tell.
fn used(query: &Query) -> Option<Vec<Dimension>> {
    let mut used: Vec<Dimension> =
        query.dimensions.iter().filter(|dimension| dimension.interval().is_none()).cloned().collect();
    for condition in &query.conditions {
        collect(condition, &mut used)?;
    }
    Some(used)
}

fn collect(condition: &Condition, used: &mut Vec<Dimension>) -> Option<()> {
    match condition {
        Condition::Compare(comparison) => used.push(comparison.dimension.clone()),
        Condition::All(conditions) | Condition::Any(conditions) => {
            for condition in conditions {
                collect(condition, used)?;
            }
        }
        Condition::Not(condition) => collect(condition, used)?,
        Condition::Goals { .. } | Condition::Done { .. } => return None,
    }
    Some(())
}

/// What has to be told of a day.
enum Told {
    /// The day as a whole.
    Whole,
    /// What this report tells apart.
    Apart(ImportedReport),
}

/// Returns what tells all of the dimensions apart, if one report does.
fn one_report(dimensions: &[Dimension]) -> Option<Told> {
    let mut told = Told::Whole;
    for dimension in dimensions {
        let report = report_of(dimension)?;
        if matches!(told, Told::Apart(found) if found != report) {
            return None;
        }
        told = Told::Apart(report);
    }
    Some(told)
}

const fn report_of(dimension: &Dimension) -> Option<ImportedReport> {
    match dimension {
        Dimension::Page | Dimension::Hostname => Some(ImportedReport::Pages),
        Dimension::EventName => Some(ImportedReport::CustomEvents),
        Dimension::EntryPage => Some(ImportedReport::EntryPages),
        Dimension::ExitPage => Some(ImportedReport::ExitPages),
        Dimension::Source
        | Dimension::Referrer
        | Dimension::Channel
        | Dimension::UtmSource
        | Dimension::UtmMedium
        | Dimension::UtmCampaign
        | Dimension::UtmContent
        | Dimension::UtmTerm => Some(ImportedReport::Sources),
        Dimension::Country | Dimension::CountryName => Some(ImportedReport::Locations),
        Dimension::Browser | Dimension::BrowserVersion => Some(ImportedReport::Browsers),
        Dimension::Os | Dimension::OsVersion => Some(ImportedReport::OperatingSystems),
        Dimension::Device => Some(ImportedReport::Devices),
        // Plausible names regions and cities by numbers, we by names.
        Dimension::Region
        | Dimension::RegionName
        | Dimension::City
        | Dimension::CityName
        | Dimension::EntryHostname
        | Dimension::ExitHostname
        | Dimension::Goal
        | Dimension::Prop(_)
        | Dimension::Time(_) => None,
    }
}

/// Returns where visitors, visits, page views and events come from.
fn event_source(query: &Query, used: &[Dimension]) -> Option<Source> {
    let asks = |metric| query.metrics.contains(&metric);
    let counts_people = asks(Metric::Visitors) || asks(Metric::Visits);
    match one_report(used)? {
        Told::Whole if asks(Metric::Events) => Some(Source::AllEvents),
        Told::Whole => Some(Source::Of(ImportedReport::Visitors)),
        // Of a custom event nobody knows in how many visits it happened.
        Told::Apart(ImportedReport::CustomEvents) => {
            let is_told =
                !asks(Metric::Visits) && (!asks(Metric::Visitors) || is_told_apart(query, &Dimension::EventName));
            is_told.then_some(Source::AllEvents)
        }
        // Custom events are not told apart by anything else.
        Told::Apart(_) if asks(Metric::Events) => None,
        // Who saw two pages is in the rows of both: their sum would count them twice.
        Told::Apart(ImportedReport::Pages) if counts_people && !is_told_apart(query, &Dimension::Page) => None,
        Told::Apart(report) => Some(Source::Of(report)),
    }
}

/// Tells whether each row of the answer is about one value of a dimension.
fn is_told_apart(query: &Query, dimension: &Dimension) -> bool {
    query.dimensions.contains(dimension)
        || query.conditions.iter().any(|condition| {
            matches!(condition, Condition::Compare(comparison) if comparison.dimension == *dimension
                && comparison.operator == Operator::Is && comparison.values.len() == 1 && comparison.case_sensitive)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::reports::fixture::query_with_goals;

    fn decide(keys: &Value) -> Imports {
        Imports::decide(&query_with_goals(keys), &[(9, 3)])
    }

    #[test]
    fn a_question_gets_the_report_that_tells_its_dimensions_apart() {
        use ImportedReport as From;
        let all = json!(["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"]);
        for (dimensions, filters, events, visits) in [
            (json!([]), json!([]), From::Visitors, From::Visitors),
            (json!(["time:day"]), json!([]), From::Visitors, From::Visitors),
            (json!(["visit:source"]), json!([["is", "visit:utm_medium", ["email"]]]), From::Sources, From::Sources),
            (json!(["event:page"]), json!([["is_not", "event:page", ["/"]]]), From::Pages, From::EntryPages),
            (json!([]), json!([["is", "event:page", ["/"]]]), From::Pages, From::EntryPages),
            (
                json!(["time:month", "visit:browser", "visit:browser_version"]),
                json!([]),
                From::Browsers,
                From::Browsers,
            ),
            (json!(["visit:exit_page"]), json!([]), From::ExitPages, From::ExitPages),
            (json!(["visit:country_name"]), json!([]), From::Locations, From::Locations),
        ] {
            let keys = json!({ "metrics": all, "dimensions": dimensions, "filters": filters });
            let expected = Imports::Included { events: Some(Source::Of(events)), visits: Some(visits) };
            assert_eq!(decide(&keys), expected, "{keys}");
        }
        for keys in [
            json!({ "metrics": ["events", "visitors"] }),
            json!({ "metrics": ["events", "visitors"], "dimensions": ["event:name"] }),
            json!({ "metrics": ["events", "visitors"], "filters": [["is", "event:name", ["Buy"]]] }),
            json!({ "metrics": ["events"], "filters": [["contains", "event:name", ["u"]]] }),
        ] {
            let expected = Imports::Included { events: Some(Source::AllEvents), visits: None };
            assert_eq!(decide(&keys), expected, "{keys}");
        }
    }

    #[test]
    fn what_sums_do_not_tell_is_left_out_and_said() {
        for keys in [
            json!({ "dimensions": ["visit:source", "visit:browser"] }),
            json!({ "dimensions": ["visit:source"], "filters": [["is", "visit:country", ["BG"]]] }),
            json!({ "dimensions": ["visit:city"] }),
            json!({ "dimensions": ["event:hostname"] }),
            json!({ "dimensions": ["event:props:plan"] }),
            json!({ "filters": [["contains", "event:page", ["/"]]] }),
            json!({ "filters": [["is", "event:page", ["/", "/a"]]] }),
            json!({ "filters": [["is", "event:goal", ["Buy"]]] }),
            json!({ "filters": [["has_done", ["is", "event:page", ["/"]]]] }),
            json!({ "metrics": ["events"], "dimensions": ["visit:source"] }),
            json!({ "metrics": ["visits"], "dimensions": ["event:name"] }),
            json!({ "metrics": ["visitors", "engaged_time"] }),
        ] {
            assert_eq!(decide(&keys), Imports::Skipped(SkipReason::UnsupportedQuery), "{keys}");
        }
        for keys in [json!({ "dimensions": ["time:hour"] }), json!({ "date_range": "24h" })] {
            assert_eq!(decide(&keys), Imports::Skipped(SkipReason::UnsupportedInterval), "{keys}");
        }
        let plain = query_with_goals(&json!({}));
        assert_eq!(Imports::decide(&plain, &[(0, 0)]), Imports::Skipped(SkipReason::NoImportedData));
        assert_eq!(Imports::decide(&plain, &[(5, 0)]), Imports::Skipped(SkipReason::OutOfRange));
        assert_eq!(Imports::decide(&plain, &[(5, 0), (5, 1)]).included(), Some(true), "of the earlier period");
    }
}
