//! Owns Plausible's Stats API v1: its parameters as a question of v2, and reports in its shapes. It asks nothing and does not
//! know HTTP. What the numbers mean is the same as in v2.
//!
//! Where Plausible's documentation and its service differ, this follows the documentation: `30d` is thirty days.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil};
use serde_json::{Map, Value, json};

use super::{
    dimension::RawDimension,
    error::{Mistakes, QueryError, QueryErrors},
    json::{listed, quoted},
    metric::Metric,
    parse::parse,
    query::RawQuery,
    response::{Report, Row},
};

/// Which of the three reports is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Totals.
    Aggregate,
    /// A row for each piece of the period, with zeros where there was nothing.
    Timeseries,
    /// A row for each value of a property.
    Breakdown,
}

/// A question of v1.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub query: RawQuery,
    kind: Kind,
    /// The names of metrics as they were asked for.
    metrics: Vec<String>,
    /// The name of the property in a row.
    label: String,
}

/// Parameters by name.
pub type Parameters = BTreeMap<String, String>;

const DEFAULT_PERIOD: &str = "30d";
const DEFAULT_LIMIT: u64 = 100;
const MAX_LIMIT: u64 = 1000;
const MAX_PAGE: u64 = 1_000_000;
/// Longest number of days or months of a period; the report itself has narrower bounds.
const MAX_COUNT: i64 = 3653;
/// What breakdowns leave out, for it says nothing: the words of reports for no value.
const NO_VALUES: [&str; 2] = ["", "(not set)"];
/// Properties of which rows without a value are left out, as Plausible does.
const WITH_VALUE_ONLY: [&str; 10] = [
    "visit:entry_page",
    "visit:exit_page",
    "visit:utm_source",
    "visit:utm_medium",
    "visit:utm_campaign",
    "visit:utm_content",
    "visit:utm_term",
    "visit:country",
    "visit:region",
    "visit:city",
];

impl Question {
    /// Reads the parameters of a request. `today` is the date in the zone of the site. Fails with every parameter that is wrong.
    pub fn read(kind: Kind, parameters: &Parameters, today: civil::Date) -> Result<Self, QueryErrors> {
        let mut mistakes = Mistakes::default();
        let text = |name: &str| parameters.get(name).map(String::as_str);
        let names: Vec<&str> = text("metrics").unwrap_or("visitors").split(',').map(str::trim).collect();
        let period = text("period").unwrap_or(DEFAULT_PERIOD);
        // Programs that fill in a template send an empty date and empty filters.
        let date = text("date").filter(|date| !date.is_empty());
        let days = mistakes.keep(days(period, date, today));
        let mut filters = mistakes.keep(read_filters(text("filters").unwrap_or_default())).unwrap_or_default();
        let property = match kind {
            Kind::Breakdown => mistakes.keep(read_property(text("property"))).unwrap_or_default().to_owned(),
            Kind::Timeseries => mistakes.keep(read_interval(text("interval"), period)).unwrap_or_default().to_owned(),
            Kind::Aggregate => String::new(),
        };
        let compare = mistakes.keep(read_compare(kind, text("compare"))).flatten();
        let with_imported = mistakes.keep(read_imported(text("with_imported"))).unwrap_or_default();
        let limit = mistakes.keep(number(text("limit"), "limit", DEFAULT_LIMIT, MAX_LIMIT)).unwrap_or(DEFAULT_LIMIT);
        let page = mistakes.keep(number(text("page"), "page", 1, MAX_PAGE)).unwrap_or(1);
        if WITH_VALUE_ONLY.contains(&property.as_str()) {
            filters.push(json!(["is_not", property, NO_VALUES]));
        }
        let metrics: Vec<&str> = names.iter().map(|name| meant(name, kind, &property)).collect();
        let mut body = json!({
            "site_id": text("site_id"),
            "metrics": metrics,
            "date_range": days.map(|(from, to)| [from.to_string(), to.to_string()]),
            "filters": filters,
            "compare": compare,
            "include": { "imports": with_imported },
        });
        match kind {
            Kind::Aggregate => {}
            Kind::Timeseries => {
                body["dimensions"] = json!([property]);
                body["fill"] = true.into();
            }
            Kind::Breakdown => {
                let first = metrics.iter().find(|name| **name != Metric::TimeOnPage.as_str()).or(metrics.first());
                body["dimensions"] = json!([property]);
                body["order_by"] = json!([[first, "desc"], [property, "asc"]]);
                body["pagination"] = json!({ "limit": limit, "offset": (page - 1) * limit });
            }
        }
        mistakes.finish(Some(()))?;
        Ok(Self {
            query: parse(&body).map_err(in_parameters)?,
            kind,
            metrics: names.into_iter().map(str::to_owned).collect(),
            label: label(&property).to_owned(),
        })
    }

    /// Returns the report in the shape of v1.
    #[must_use]
    pub fn answer(&self, report: &Report) -> Value {
        let results = match self.kind {
            Kind::Aggregate => self.totals(report),
            Kind::Timeseries | Kind::Breakdown => report.results.iter().map(|row| self.row(row)).collect(),
        };
        json!({ "results": results })
    }

    fn totals(&self, report: &Report) -> Value {
        let Some(row) = report.results.first() else {
            return Value::Object(Map::new());
        };
        let totals = self.metrics.iter().enumerate().map(|(place, name)| {
            let mut total = json!({ "value": row.metrics.get(place) });
            if let Some(compared) = &row.compare {
                let before = compared.metrics.get(place);
                total["change"] = change(name, row.metrics.get(place), before);
            }
            (name.clone(), total)
        });
        Value::Object(totals.collect())
    }

    fn row(&self, row: &Row) -> Value {
        let label = row.dimensions.first().cloned().unwrap_or_default();
        let metrics = self.metrics.iter().cloned().zip(row.metrics.iter().cloned());
        Value::Object([(self.label.clone(), label)].into_iter().chain(metrics).collect())
    }
}

/// Returns mistakes of the question of v2 at the parameters of v1 that they come from.
#[must_use]
pub fn in_parameters(errors: QueryErrors) -> QueryErrors {
    let mut mistakes = Mistakes::default();
    for error in errors.as_slice() {
        let key = error.pointer.split('/').nth(1).unwrap_or_default();
        let parameter = match key {
            "date_range" => "period",
            "dimensions" | "fill" => "property",
            "order_by" => "metrics",
            other => other,
        };
        mistakes.push(QueryError::new(format!("/{parameter}"), error.detail.clone()));
    }
    mistakes.finish(None::<()>).err().unwrap_or(errors)
}

/// Returns the first and the last day of a period that is relative to a date.
fn days(period: &str, date: Option<&str>, today: civil::Date) -> Result<(civil::Date, civil::Date), QueryError> {
    if period == "custom" {
        return custom_days(date);
    }
    let date = match date {
        Some(text) => text.parse().map_err(|_no_date| {
            QueryError::new("/date", format!("{} is no date; write it like `2026-01-31`.", quoted(text)))
        })?,
        None => today,
    };
    let unknown = || {
        let allowed = listed(&["12mo", "6mo", "month", "30d", "7d", "day", "custom"]);
        QueryError::new(
            "/period",
            format!("{} is no period; allowed are {allowed}, and other numbers of days or months.", quoted(period)),
        )
    };
    let out_of_range = |_| QueryError::new("/date", "There is no such period: its days are out of range.");
    let counted = |unit| {
        let count = period.strip_suffix(unit).and_then(|count| count.parse::<i64>().ok());
        count.filter(|count| (1..=MAX_COUNT).contains(count))
    };
    if let Some(months) = counted("mo") {
        let first = date.first_of_month().checked_sub((months - 1).months()).map_err(out_of_range)?;
        return Ok((first, date.last_of_month()));
    }
    if let Some(days) = counted("d") {
        return Ok((date.checked_sub((days - 1).days()).map_err(out_of_range)?, date));
    }
    match period {
        "day" => Ok((date, date)),
        "month" => Ok((date.first_of_month(), date.last_of_month())),
        "year" => Ok((date.first_of_year(), date.last_of_year())),
        _ => Err(unknown()),
    }
}

fn custom_days(date: Option<&str>) -> Result<(civil::Date, civil::Date), QueryError> {
    let dates = date.and_then(|date| date.split_once(','));
    let dates = dates.and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
    dates.ok_or_else(|| {
        QueryError::new(
            "/date",
            "With the period `custom`, `date` is the first and the last day: `date=2026-01-01,2026-01-31`.",
        )
    })
}

fn read_property(property: Option<&str>) -> Result<&str, QueryError> {
    let property = property.ok_or_else(|| QueryError::new("/property", "`property` is required."))?;
    match RawDimension::named(property) {
        Some(RawDimension::Is(dimension)) if dimension.interval().is_none() => Ok(property),
        _ => Err(QueryError::new(
            "/property",
            format!(
                "{} is no property; `event:page`, `visit:source` and `event:props:plan` are some.",
                quoted(property)
            ),
        )),
    }
}

/// Returns the time dimension of an interval.
fn read_interval(interval: Option<&str>, period: &str) -> Result<&'static str, QueryError> {
    match interval {
        Some("minute") => Ok("time:minute"),
        Some("hour") => Ok("time:hour"),
        Some("day" | "date") => Ok("time:day"),
        Some("week") => Ok("time:week"),
        Some("month") => Ok("time:month"),
        Some(other) => {
            let allowed = listed(&["minute", "hour", "day", "date", "week", "month"]);
            Err(QueryError::new("/interval", format!("{} is no interval; allowed are {allowed}.", quoted(other))))
        }
        None if period == "day" => Ok("time:hour"),
        None if period.ends_with("mo") || period == "year" => Ok("time:month"),
        None => Ok("time:day"),
    }
}

fn read_compare(kind: Kind, compare: Option<&str>) -> Result<Option<&str>, QueryError> {
    match compare {
        None => Ok(None),
        Some("previous_period") if kind == Kind::Aggregate => Ok(compare),
        Some("previous_period") => Err(QueryError::new("/compare", "Only `aggregate` can be compared.")),
        Some(other) => Err(QueryError::new(
            "/compare",
            format!("{} is no comparison; allowed is `previous_period`.", quoted(other)),
        )),
    }
}

fn read_imported(with_imported: Option<&str>) -> Result<bool, QueryError> {
    match with_imported {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => {
            Err(QueryError::new("/with_imported", format!("{} is neither `true` nor `false`.", quoted(other))))
        }
    }
}

fn number(text: Option<&str>, name: &str, default: u64, most: u64) -> Result<u64, QueryError> {
    let Some(text) = text else { return Ok(default) };
    text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
        QueryError::new(format!("/{name}"), format!("A whole number from 1 to {most} is expected here."))
    })
}

/// Returns the metric of v2 that a word of v1 means: among rows, the rate is that of the row, but for goals and properties, which
/// are of the goal itself.
fn meant<'a>(name: &'a str, kind: Kind, property: &str) -> &'a str {
    let of_goal = property == "event:goal" || property.starts_with("event:props:");
    if name == Metric::ConversionRate.as_str() && kind != Kind::Aggregate && !of_goal {
        return Metric::GroupConversionRate.as_str();
    }
    name
}

/// Returns what a property is called in a row: `source`, `method`, `date`.
fn label(property: &str) -> &str {
    if property.starts_with("time:") {
        return "date";
    }
    let name = property.strip_prefix("event:props:");
    name.unwrap_or_else(|| property.split_once(':').map_or(property, |(_, name)| name))
}

/// Returns the change as v1 tells it: whole percent of what was, or points of the bounce rate. From nothing to something is 100.
fn change(name: &str, now: Option<&Value>, before: Option<&Value>) -> Value {
    let number =
        |value: Option<&Value>| value.and_then(|value| value.as_f64().or_else(|| value.get("value")?.as_f64()));
    let (Some(now), Some(before)) = (number(now), number(before)) else {
        return Value::Null;
    };
    if name == Metric::BounceRate.as_str() {
        return whole(now - before);
    }
    if name == Metric::ConversionRate.as_str() {
        return (((now - before) * 10.0).round() / 10.0).into();
    }
    if before == 0.0 {
        return if now == 0.0 { 0.into() } else { 100.into() };
    }
    whole((now - before) / before * 100.0)
}

fn whole(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "a float is cut to the range of the integer")]
    let rounded = number.round() as i64;
    rounded.into()
}

/// Reads `event:page==/a**;visit:country==DE|FR`.
fn read_filters(text: &str) -> Result<Vec<Value>, QueryError> {
    split(text, ';').into_iter().filter(|part| !part.trim().is_empty()).map(read_filter).collect()
}

fn read_filter(text: &str) -> Result<Value, QueryError> {
    const OPERATORS: [(&str, &str, &str); 4] = [
        ("==", "is", "matches"),
        ("!=", "is_not", "matches_not"),
        ("!~", "contains_not", "matches_not"),
        ("~", "contains", "matches"),
    ];
    let found = OPERATORS.into_iter().filter_map(|operator| Some((text.find(operator.0)?, operator)));
    // The first one in the text, for values can hold any of them.
    let Some((at, (sign, plain, wild))) = found.min_by_key(|(at, _)| *at) else {
        return Err(QueryError::new(
            "/filters",
            format!(
                "{} is no filter; write one like `event:page==/blog/**`, with `==`, `!=`, `~` or `!~`.",
                quoted(text)
            ),
        ));
    };
    let (property, values) = (text[..at].trim(), &text[at + sign.len()..]);
    if !matches!(RawDimension::named(property), Some(RawDimension::Is(dimension)) if dimension.interval().is_none()) {
        return Err(QueryError::new("/filters", format!("{} is no property to filter by.", quoted(property))));
    }
    let values = split(values, '|');
    // The name of a goal may have stars of its own: `Visit /blog*`.
    let is_wild = sign.ends_with("==") || sign == "!=";
    if is_wild && property != "event:goal" && values.iter().any(|value| value.contains('*')) {
        let patterns: Vec<String> = values.iter().map(|value| pattern(&unescaped(value))).collect();
        return Ok(json!([wild, property, patterns]));
    }
    let values: Vec<String> = values.into_iter().map(unescaped).collect();
    Ok(json!([plain, property, values]))
}

/// Splits at a character where no backslash stands before it.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (place, character) in text.char_indices() {
        if character == at && !escaped {
            parts.push(&text[start..place]);
            start = place + character.len_utf8();
        }
        escaped = character == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

/// Takes the backslash before `|` and `;` away; any other is a character of the value.
fn unescaped(value: &str) -> String {
    value.trim().replace("\\|", "|").replace("\\;", ";")
}

/// Returns the regular expression of a value with stars, each of which stands for any text.
fn pattern(value: &str) -> String {
    let mut pattern = "(?s)^".to_owned();
    for (place, part) in value.split('*').enumerate() {
        if place > 0 && !pattern.ends_with(".*") {
            pattern.push_str(".*");
        }
        pattern.push_str(&regex::escape(part));
    }
    pattern.push('$');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture;

    const TODAY: civil::Date = civil::date(2026, 3, 31);

    fn read(kind: Kind, parameters: &[(&str, &str)]) -> Result<Question, QueryErrors> {
        let site = [("site_id", "demo.example")];
        let parameters = site.iter().chain(parameters).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Question::read(kind, &parameters.collect(), TODAY)
    }

    #[test]
    fn periods_are_relative_to_the_date() {
        for (period, date, from, to) in [
            ("day", None, "2026-03-31", "2026-03-31"),
            ("day", Some("2026-02-28"), "2026-02-28", "2026-02-28"),
            ("7d", Some("2026-03-03"), "2026-02-25", "2026-03-03"),
            ("30d", None, "2026-03-02", "2026-03-31"),
            ("month", Some("2026-02-10"), "2026-02-01", "2026-02-28"),
            ("6mo", None, "2025-10-01", "2026-03-31"),
            ("12mo", Some("2026-02-03"), "2025-03-01", "2026-02-28"),
            ("year", None, "2026-01-01", "2026-12-31"),
            ("custom", Some("2021-01-01, 2021-01-31"), "2021-01-01", "2021-01-31"),
        ] {
            let found = days(period, date, TODAY).map(|(from, to)| (from.to_string(), to.to_string()));
            assert_eq!(found, Ok((from.to_owned(), to.to_owned())), "{period} {date:?}");
        }
    }

    #[test]
    fn filters_are_those_of_the_documentation() {
        let cases = [
            ("event:goal==Signup", json!([["is", "event:goal", ["Signup"]]])),
            ("visit:country!=FR", json!([["is_not", "visit:country", ["FR"]]])),
            ("visit:source==Github|Twitter", json!([["is", "visit:source", ["Github", "Twitter"]]])),
            (
                "event:goal==Signup;visit:country==DE",
                json!([["is", "event:goal", ["Signup"]], ["is", "visit:country", ["DE"]]]),
            ),
            ("event:page==/blog/*", json!([["matches", "event:page", ["(?s)^/blog/.*$"]]])),
            ("event:page!=/a.b**c", json!([["matches_not", "event:page", ["(?s)^/a\\.b.*c$"]]])),
            ("event:goal==Visit /blog*", json!([["is", "event:goal", ["Visit /blog*"]]])),
            ("visit:utm_campaign==campaign\\|one", json!([["is", "visit:utm_campaign", ["campaign|one"]]])),
            ("event:props:a==x\\;y;", json!([["is", "event:props:a", ["x;y"]]])),
            ("event:page~blog|==", json!([["contains", "event:page", ["blog", "=="]]])),
            ("event:page!~blog", json!([["contains_not", "event:page", ["blog"]]])),
            ("", json!([])),
        ];
        for (text, expected) in cases {
            assert_eq!(read_filters(text).map(Value::Array), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_at_its_parameter() {
        let of = |kind, parameters: &[(&str, &str)], pointer: &str, says: &str| {
            let errors = match read(kind, parameters) {
                Ok(question) => {
                    let resolved = question.query.resolve(
                        &fixture::sofia(),
                        fixture::now(),
                        None,
                        &super::super::Definitions::default(),
                    );
                    in_parameters(resolved.unwrap_err())
                }
                Err(errors) => errors,
            };
            let first = &errors.as_slice()[0];
            assert!(first.pointer == pointer && first.detail.contains(says), "{parameters:?}: {errors}");
        };
        for (name, value, says) in [
            ("period", "fortnight", "is no period; allowed are `12mo`"),
            ("date", "yesterday", "is no date"),
            ("metrics", "visitors,users", "`users` is no metric"),
            ("metrics", "visits,visits", "twice"),
            ("metrics", "time_on_page", "goes with a filter or dimension `event:page`"),
            ("metrics", "conversion_rate", "`event:goal`"),
            ("filters", "event:page", "is no filter"),
            ("filters", "visit:colour==red", "is no property"),
            ("filters", "time:day==1", "is no property"),
            ("filters", "event:goal==Nothing", "not set up"),
            ("compare", "year_over_year", "previous_period"),
            ("with_imported", "maybe", "neither"),
        ] {
            of(Kind::Aggregate, &[(name, value)], &format!("/{name}"), says);
        }
        of(Kind::Aggregate, &[("period", "custom")], "/date", "the first and the last day");
        of(Kind::Aggregate, &[("period", "9999999999mo")], "/period", "is no period");
        of(Kind::Timeseries, &[("interval", "year")], "/interval", "is no interval");
        of(Kind::Timeseries, &[("interval", "minute")], "/property", "at most one day");
        of(Kind::Timeseries, &[("compare", "previous_period")], "/compare", "Only `aggregate`");
        of(Kind::Breakdown, &[], "/property", "required");
        of(Kind::Breakdown, &[("property", "time:day")], "/property", "is no property");
        for (name, value) in [("limit", "0"), ("limit", "1001"), ("page", "0"), ("page", "x")] {
            of(
                Kind::Breakdown,
                &[("property", "event:page"), (name, value)],
                &format!("/{name}"),
                "A whole number from 1",
            );
        }
    }

    #[test]
    fn the_change_is_whole_percent_and_points_of_rates() {
        let of = |name: &str, now: Value, before: Value| change(name, Some(&now), Some(&before));
        assert_eq!(of("visitors", json!(21), json!(20)), json!(5));
        assert_eq!(of("visitors", json!(3), json!(0)), json!(100));
        assert_eq!(of("visitors", json!(0), json!(0)), json!(0));
        assert_eq!(of("bounce_rate", json!(40), json!(50)), json!(-10));
        assert_eq!(of("conversion_rate", json!(2.58), json!(1.0)), json!(1.6));
        assert_eq!(of("time_on_page", json!(null), json!(1)), json!(null));
    }
}
