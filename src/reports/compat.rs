//! Owns what goes together: which metrics with which dimensions, which options with which periods. Every sentence
//! names both sides. It does not judge single values; [`super::parse`](mod@super::parse) does.

use jiff::tz::TimeZone;

use super::{
    condition::Condition,
    date_range::Range,
    dimension::{Dimension, RawDimension},
    error::{Mistakes, QueryError, QueryErrors},
    json::listed,
    metric::{Level, Metric},
    order::{Order, OrderBy},
    query::{Format, RawQuery},
    time::{Buckets, Interval, MAX_BUCKETS},
};

/// Checks a question and returns the interval of its time dimension.
pub(super) fn check(
    query: &RawQuery,
    dimensions: &[Dimension],
    conditions: &[Condition],
    order_by: &[Order],
) -> Result<Option<Interval>, QueryErrors> {
    let mut mistakes = Mistakes::default();
    check_levels(query, dimensions, conditions, &mut mistakes);
    check_needs(query, dimensions, conditions, &mut mistakes);
    check_presence(query, dimensions, conditions, &mut mistakes);
    let interval = mistakes.keep(only_interval(dimensions)).flatten();
    if query.include.time_labels && interval.is_none() {
        mistakes.push(QueryError::new(
            "/include/time_labels",
            "`time_labels` goes with a time dimension; add `time` or another one to `dimensions`.",
        ));
    }
    if query.interval.is_some() && !query.dimensions.contains(&RawDimension::AutoTime) {
        mistakes.push(QueryError::new(
            "/interval",
            "`interval` says what `time` means; add `time` to `dimensions`, or leave `interval` out.",
        ));
    }
    if query.fill {
        check_fill(dimensions, order_by, &mut mistakes);
    }
    if query.format != Format::Json {
        check_streamed(query, &mut mistakes);
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
        let name = interval.as_str();
        let detail = format!(
            "`time:{name}` would cut this `date_range` into more than {MAX_BUCKETS} pieces; ask for longer ones, or a shorter range."
        );
        QueryError::new("/dimensions", detail)
    })
}

/// A visit has many events, so its figures cannot be told apart by them.
/// Checks that metrics go with what tells single events apart.
fn check_levels(query: &RawQuery, dimensions: &[Dimension], conditions: &[Condition], mistakes: &mut Mistakes) {
    let single = dimensions.iter().enumerate().filter(|(_, dimension)| dimension.is_of_single_events());
    let single: Vec<(usize, &Dimension)> = single.collect();
    for (place, dimension) in &single {
        for metric in query.metrics.iter().filter(|metric| metric.level() != Level::Event) {
            mistakes.push(QueryError::new(
                format!("/dimensions/{place}"),
                format!(
                    "`{}` {} and `{}` single events: they do not go together; with it go {}.",
                    metric.as_str(),
                    told(metric.level()),
                    dimension.as_str(),
                    listed(&of_level(Level::Event)),
                ),
            ));
        }
    }
    let filtered = conditions.iter().any(Condition::is_of_single_events);
    for (place, metric) in query.metrics.iter().enumerate() {
        let views = metric.is_of_clicks() && !single.is_empty();
        if views || (filtered && matches!(metric.level(), Level::Engagement | Level::Vitals)) {
            mistakes.push(QueryError::new(
                format!("/metrics/{place}"),
                format!(
                    "`{}` is of views of pages, and the question of single events (`event:name`, `event:goal` or a property): \
                     they do not go together; in a filter, put it into `has_done`.",
                    metric.as_str()
                ),
            ));
        }
    }
}

/// Checks that metrics have what they are relative to.
fn check_needs(query: &RawQuery, dimensions: &[Dimension], conditions: &[Condition], mistakes: &mut Mistakes) {
    let filters = || conditions.iter().flat_map(Condition::of_the_event);
    let has_goal =
        dimensions.contains(&Dimension::Goal) || filters().any(|leaf| matches!(leaf, Condition::Goals { .. }));
    let of_page =
        |leaf: &Condition| matches!(leaf, Condition::Compare(comparison) if comparison.dimension == Dimension::Page);
    let has_page = dimensions.contains(&Dimension::Page) || filters().any(of_page);
    for (place, metric) in query.metrics.iter().enumerate() {
        let needs = match metric {
            Metric::ScrollDepth | Metric::TimeOnPage if !has_page => "a filter or dimension `event:page`",
            Metric::ConversionRate | Metric::GroupConversionRate | Metric::TotalRevenue | Metric::AverageRevenue
                if !has_goal =>
            {
                "a filter or dimension `event:goal`"
            }
            Metric::Percentage if dimensions.is_empty() => "dimensions",
            _ => continue,
        };
        mistakes
            .push(QueryError::new(format!("/metrics/{place}"), format!("`{}` goes with {needs}.", metric.as_str())));
    }
}

/// Checks that who was here at the same time is not asked for by what is not known of it: minutes are counted, not visitors.
fn check_presence(query: &RawQuery, dimensions: &[Dimension], conditions: &[Condition], mistakes: &mut Mistakes) {
    let Some(place) = query.metrics.iter().position(|metric| metric.level() == Level::Presence) else { return };
    let mut mistake = |pointer: String, detail: String| mistakes.push(QueryError::new(pointer, detail));
    if let Some(at) = dimensions.iter().position(|dimension| dimension.interval().is_none()) {
        let name = dimensions[at].as_str();
        let detail =
            format!("`concurrent_peak` is of the whole site and goes with time dimensions only, not with `{name}`.");
        mistake(format!("/dimensions/{at}"), detail);
    } else if !dimensions.is_empty() && query.metrics.len() > 1 {
        let detail = "`concurrent_peak` with a time dimension is asked for alone: somebody may be here in a minute without an event.";
        mistake(format!("/metrics/{place}"), detail.to_owned());
    }
    if !conditions.is_empty() {
        let detail = "`concurrent_peak` is of the whole site: it goes without `filters`.";
        mistake("/filters".to_owned(), detail.to_owned());
    }
}

/// Checks that nothing is asked for that only a whole answer can tell.
fn check_streamed(query: &RawQuery, mistakes: &mut Mistakes) {
    let include = query.include;
    let wants = [
        ("/fill", query.fill, "fill"),
        ("/compare", query.compare.is_some(), "compare"),
        ("/explain", query.explain, "explain"),
        ("/include", include.imports || include.time_labels || include.total_rows, "include"),
    ];
    for (pointer, wanted, name) in wants {
        if wanted {
            let format = query.format.as_str();
            mistakes.push(QueryError::new(
                pointer,
                format!("`{name}` goes with `format` `json`, and not with `{format}`."),
            ));
        }
    }
}

/// Returns what a metric does, in the middle of a sentence.
const fn told(level: Level) -> &'static str {
    match level {
        Level::Event => "counts events",
        Level::Session => "describes whole visits",
        Level::Engagement => "describes how long pages were looked at",
        Level::Vitals => "describes how pages felt",
        Level::Presence => "counts who was here at the same time",
    }
}

fn of_level(level: Level) -> Vec<&'static str> {
    let metrics = Metric::ALL.into_iter().filter(|metric| metric.level() == level && !metric.is_of_clicks());
    metrics.map(Metric::as_str).collect()
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
    if order_by.first().is_none_or(|order| order.by != OrderBy::Dimension(time.clone())) {
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
            (
                json!({ "metrics": ["concurrent_peak"], "dimensions": ["event:page"] }),
                "/dimensions/0",
                "goes with time dimensions only, not with `event:page`",
            ),
            (
                json!({ "metrics": ["visitors", "concurrent_peak"], "dimensions": ["time:day"] }),
                "/metrics/1",
                "`concurrent_peak` with a time dimension is asked for alone",
            ),
            (
                json!({ "metrics": ["concurrent_peak"], "filters": [["is", "event:page", ["/"]]] }),
                "/filters",
                "it goes without `filters`",
            ),
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
