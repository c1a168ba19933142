//! Owns what goes together: which metrics with which dimensions, which options with which periods. Every sentence
//! names both sides. It does not judge single values; [`super::parse`](mod@super::parse) does.

use jiff::tz::TimeZone;

use super::{
    date_range::Range,
    dimension::Dimension,
    error::{Mistakes, QueryError, QueryErrors},
    metric::Level,
    order::{Order, OrderBy},
    query::RawQuery,
    time::{Buckets, Interval, MAX_BUCKETS},
};

/// Checks a question and returns the interval of its time dimension.
pub(super) fn check(
    query: &RawQuery,
    dimensions: &[Dimension],
    order_by: &[Order],
) -> Result<Option<Interval>, QueryErrors> {
    let mut mistakes = Mistakes::default();
    check_levels(query, dimensions, &mut mistakes);
    let interval = mistakes.keep(only_interval(dimensions)).flatten();
    if query.include.time_labels && interval.is_none() {
        mistakes.push(QueryError::new(
            "/include/time_labels",
            "`time_labels` goes with a time dimension; add `time` or another one to `dimensions`.",
        ));
    }
    if query.fill {
        check_fill(dimensions, order_by, &mut mistakes);
    }
    mistakes.finish(Some(interval))
}

/// Cuts the range into the buckets of an interval that suits it.
pub(super) fn cut(interval: Interval, range: &Range, zone: &TimeZone) -> Result<Buckets, QueryError> {
    const DAY_MS: i64 = 86_400_000;
    // The second that belongs to `24h` besides its 24 hours does not count.
    let is_short = range.days() == 1 || range.length_ms() - 1000 <= DAY_MS;
    if interval == Interval::Minute && !is_short {
        return Err(QueryError::new(
            "/dimensions",
            "`time:minute` goes with a `date_range` of at most one day; ask for `time:hour` or a shorter range.",
        ));
    }
    Buckets::cut(interval, range, zone).ok_or_else(|| {
        let name = Dimension::Time(interval).as_str();
        let detail = format!(
            "`{name}` would cut this `date_range` into more than {MAX_BUCKETS} pieces; ask for longer ones, or a shorter range."
        );
        QueryError::new("/dimensions", detail)
    })
}

/// A visit has many events, so its figures cannot be told apart by them.
fn check_levels(query: &RawQuery, dimensions: &[Dimension], mistakes: &mut Mistakes) {
    let Some(place) = dimensions.iter().position(|dimension| *dimension == Dimension::EventName) else {
        return;
    };
    let of_visits = query.metrics.iter().filter(|metric| metric.level() == Level::Session);
    for metric in of_visits {
        mistakes.push(QueryError::new(
            format!("/dimensions/{place}"),
            format!(
                "`{}` describes whole visits and `event:name` single events: they do not go together; \
                 with `event:name` go `visitors`, `visits`, `pageviews`, `events`.",
                metric.as_str()
            ),
        ));
    }
}

fn only_interval(dimensions: &[Dimension]) -> Result<Option<Interval>, QueryError> {
    let mut times = dimensions.iter().enumerate().filter(|(_, dimension)| dimension.interval().is_some());
    let first = times.next();
    if let (Some((_, first)), Some((place, second))) = (first, times.next()) {
        return Err(QueryError::new(
            format!("/dimensions/{place}"),
            format!("`{}` does not go with `{}`: choose one time dimension.", second.as_str(), first.as_str()),
        ));
    }
    Ok(first.and_then(|(_, dimension)| dimension.interval()))
}

fn check_fill(dimensions: &[Dimension], order_by: &[Order], mistakes: &mut Mistakes) {
    let [time] = dimensions else {
        mistakes.push(fill_needs_time());
        return;
    };
    if time.interval().is_none() {
        mistakes.push(fill_needs_time());
        return;
    }
    if order_by.first().is_none_or(|order| order.by != OrderBy::Dimension(*time)) {
        mistakes.push(QueryError::new(
            "/order_by",
            format!("With `fill`, rows are ordered by time: begin `order_by` with `{}`.", time.as_str()),
        ));
    }
}

fn fill_needs_time() -> QueryError {
    QueryError::new("/fill", "`fill` goes with exactly one dimension, a time dimension.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::reports::fixture::{assert_mistake, query};

    #[test]
    fn says_which_two_things_do_not_go_together() {
        let cases = [
            (
                json!({ "metrics": ["visits", "bounce_rate"], "dimensions": ["visit:source", "event:name"] }),
                "/dimensions/1",
                "`bounce_rate` describes whole visits and `event:name` single events",
            ),
            (json!({ "dimensions": ["time:day", "time"] }), "/dimensions/1", "`time:day` does not go with `time:day`"),
            (
                json!({ "dimensions": ["time:day", "time:hour"] }),
                "/dimensions/1",
                "`time:hour` does not go with `time:day`",
            ),
            (json!({ "include": { "time_labels": true } }), "/include/time_labels", "goes with a time dimension"),
            (json!({ "fill": true }), "/fill", "exactly one dimension, a time dimension"),
            (json!({ "fill": true, "dimensions": ["event:page"] }), "/fill", "exactly one dimension"),
            (json!({ "fill": true, "dimensions": ["time", "event:page"] }), "/fill", "exactly one dimension"),
            (
                json!({ "fill": true, "dimensions": ["time"], "order_by": [["visitors", "desc"]] }),
                "/order_by",
                "begin `order_by` with `time:day`",
            ),
            (
                json!({ "dimensions": ["time:minute"] }),
                "/dimensions",
                "`time:minute` goes with a `date_range` of at most one day",
            ),
            (
                json!({ "dimensions": ["time:hour"], "date_range": "500d" }),
                "/dimensions",
                "`time:hour` would cut this `date_range` into more than 10000 pieces",
            ),
        ];
        for (keys, pointer, says) in cases {
            assert_mistake(&keys, pointer, says);
        }
    }

    #[test]
    fn minutes_go_with_a_day_of_any_length() {
        for date_range in [json!("day"), json!("24h"), json!(["2026-10-25", "2026-10-25"])] {
            let query = query(&json!({ "dimensions": ["time:minute"], "date_range": date_range }));
            assert!(query.buckets.unwrap().list.len() >= 1440, "{date_range}");
        }
    }
}
