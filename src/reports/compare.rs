//! Owns the comparison with an earlier period: which one it is, and what the difference of two numbers is called.

use jiff::{Span, Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    compat,
    date_range::{DateRange, Range},
    error::QueryError,
    json::{Node, quoted},
    metric::{Change, Metric},
    time::{Buckets, Interval},
};

/// What to compare with, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawCompare {
    pub mode: Mode,
    /// Whether the period begins on the same day of the week.
    pub match_day_of_week: bool,
}

/// Which period it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// The one of the same length that ends where the period of the report begins.
    PreviousPeriod,
    YearOverYear,
    Custom(DateRange),
}

/// The period that a report is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    pub asked: RawCompare,
    pub range: Range,
    /// One for each of the report's, by position; the last ones may be missing or too many.
    pub buckets: Option<Buckets>,
}

impl RawCompare {
    /// Parses `"previous_period"`, or an object that says more.
    pub(super) fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        if node.is_text() {
            return Ok(Self { mode: Mode::named(node)?, match_day_of_week: false });
        }
        node.only_keys(&["mode", "date_range", "match_day_of_week"])?;
        let range = node.get("date_range").map(|range| DateRange::parse(&range)).transpose()?;
        let mode = match (node.get("mode"), range) {
            (None, Some(range)) => Mode::Custom(range),
            (Some(mode), Some(range)) if mode.text()? == "custom" => Mode::Custom(range),
            (Some(mode), None) => Mode::named(&mode)?,
            (Some(_), Some(_)) => return Err(node.error("A `date_range` goes with the mode `custom` only.")),
            (None, None) => return Err(node.error("A `mode` or a `date_range` is expected here.")),
        };
        if mode.needs_first_day() {
            return Err(node.error("A period cannot be compared with `all`; give two dates."));
        }
        let match_day_of_week = node.get("match_day_of_week").map_or(Ok(false), |flag| flag.flag())?;
        Ok(Self { mode, match_day_of_week })
    }

    /// Finds the period. `interval` is that of the report's time dimension.
    pub(super) fn resolve(
        &self,
        range: &Range,
        interval: Option<Interval>,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Earlier, QueryError> {
        let earlier = match &self.mode {
            Mode::PreviousPeriod if self.match_day_of_week => range.back(whole_weeks(range), zone),
            Mode::PreviousPeriod => range.previous(zone),
            Mode::YearOverYear if self.match_day_of_week => range.back(52.weeks(), zone),
            Mode::YearOverYear => range.year_before(zone),
            Mode::Custom(custom) => {
                let mistake = |error: QueryError| QueryError::new("/compare/date_range", error.detail);
                Some(custom.resolve(zone, now, None).map_err(mistake)?)
            }
        };
        let earlier = earlier.ok_or_else(|| {
            QueryError::new("/compare", "There is no such earlier period: it would begin before 1 January 1970.")
        })?;
        let buckets = interval.map(|interval| compat::cut(interval, &earlier, zone)).transpose()?;
        Ok(Earlier { asked: self.clone(), range: earlier, buckets })
    }

    /// Returns the comparison as a question asks for it.
    #[must_use]
    pub fn to_json(&self, range: &Range, zone: &TimeZone) -> Value {
        json!({
            "mode": self.mode.as_str(),
            "date_range": range.to_texts(zone),
            "match_day_of_week": self.match_day_of_week,
        })
    }
}

/// Returns the fewest whole weeks that are no shorter than the range, so that the two do not overlap.
fn whole_weeks(range: &Range) -> Span {
    i64::from(range.days().div_ceil(7)).weeks()
}

impl Mode {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::PreviousPeriod => "previous_period",
            Self::YearOverYear => "year_over_year",
            Self::Custom(_) => "custom",
        }
    }

    fn named(node: &Node<'_>) -> Result<Self, QueryError> {
        match node.text()? {
            "previous_period" => Ok(Self::PreviousPeriod),
            "year_over_year" => Ok(Self::YearOverYear),
            "custom" => Err(node.error("The mode `custom` goes with a `date_range`.")),
            other => Err(node.error(format!(
                "{} is no comparison; allowed are `previous_period`, `year_over_year`, `custom`.",
                quoted(other)
            ))),
        }
    }

    fn needs_first_day(&self) -> bool {
        matches!(self, Self::Custom(range) if range.needs_first_day())
    }
}

/// Returns how a number changed: in percent of what it was, one decimal; percentages by their difference. `null` where there
/// was nothing to compare with.
pub(super) fn change(metric: Metric, now: &Value, before: &Value) -> Value {
    let (Some(now), Some(before)) = (number(now), number(before)) else {
        return Value::Null;
    };
    let one_decimal = |value: f64| (value * 10.0).round() / 10.0;
    match metric.change() {
        Change::Points => one_decimal(now - before).into(),
        Change::Relative if before == 0.0 && now == 0.0 => 0.0.into(),
        Change::Relative if before == 0.0 => Value::Null,
        Change::Relative => one_decimal((now - before) / before * 100.0).into(),
    }
}

/// Returns a metric's value as a number; of money, the amount.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.get("value")?.as_f64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reports::fixture::{assert_mistake, query, sofia};

    fn earlier(keys: &Value) -> String {
        let query = query(keys);
        query.earlier.unwrap().range.to_texts(&sofia()).map(|text| text[..10].to_owned()).join(" ")
    }

    #[test]
    fn the_earlier_period_is_beside_the_report_or_a_year_before() {
        // Today is Monday, 23 November 2026.
        let cases = [
            (json!("previous_period"), "7d", "2026-11-10 2026-11-16"),
            (json!("year_over_year"), "7d", "2025-11-17 2025-11-23"),
            (json!({ "mode": "previous_period", "match_day_of_week": true }), "30d", "2026-09-20 2026-10-19"),
            (json!({ "mode": "year_over_year", "match_day_of_week": true }), "day", "2025-11-24 2025-11-24"),
            (json!({ "date_range": ["2026-01-01", "2026-01-07"] }), "7d", "2026-01-01 2026-01-07"),
        ];
        for (compare, date_range, expected) in cases {
            assert_eq!(earlier(&json!({ "compare": compare, "date_range": date_range })), expected, "{compare}");
        }
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let cases = [
            (json!("yesterday"), "/compare", "is no comparison"),
            (json!({ "mode": "custom" }), "/compare/mode", "goes with a `date_range`"),
            (json!({}), "/compare", "`mode` or a `date_range`"),
            (json!({ "date_range": "all" }), "/compare", "cannot be compared with `all`"),
            (json!({ "date_range": ["2026-02-02", "2026-02-01"] }), "/compare/date_range", "end before it begins"),
        ];
        for (compare, pointer, says) in cases {
            assert_mistake(&json!({ "compare": compare }), pointer, says);
        }
    }

    #[test]
    fn counts_change_in_percent_and_percentages_by_their_difference() {
        let cases = [
            (Metric::Visitors, json!(150), json!(100), json!(50.0)),
            (Metric::Visitors, json!(1), json!(3), json!(-66.7)),
            (Metric::Visitors, json!(1), json!(0), json!(null)),
            (Metric::Visitors, json!(0), json!(0), json!(0.0)),
            (Metric::BounceRate, json!(40), json!(52), json!(-12.0)),
            (Metric::TimeOnPage, json!(40), json!(null), json!(null)),
            (Metric::TotalRevenue, json!({ "value": 15.0 }), json!({ "value": 10.0 }), json!(50.0)),
        ];
        for (metric, now, before, expected) in cases {
            assert_eq!(change(metric, &now, &before), expected, "{metric:?} {now} {before}");
        }
    }
}
