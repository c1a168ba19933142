//! Owns the examples of the public documentation of the Stats API v2 (plausible.io/docs/stats-api, read in November 2026), typed
//! anew for a random site, whose numbers the model computes.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    answer_of,
    model::{Model, Period, Question},
    question::default_order,
    site::RandomSite,
};

/// An example: its name, what is asked, its period, and what the answer has in `meta`.
struct Example {
    name: &'static str,
    body: Value,
    days: (Date, Date),
    meta: Vec<&'static str>,
}

/// Returns a site that has every goal, and the moment at which it is asked about: noon of its last day.
pub fn site() -> (RandomSite, Timestamp) {
    let site = (1..1000)
        .map(RandomSite::draw)
        .find(|site| site.definitions.goals.len() == 9 && site.rows.len() > 300)
        .unwrap();
    let noon = site.zone.to_timestamp(site.last_day.at(12, 0, 0, 0)).unwrap();
    (site, noon)
}

#[expect(clippy::too_many_lines, reason = "a list of examples")]
fn examples(site: &RandomSite) -> Vec<Example> {
    let today = site.last_day;
    let week = (today.checked_sub(6.days()).unwrap(), today);
    let all = (site.rows.iter().map(|row| row.day).min().unwrap(), today);
    let example = |name, body, days| Example { name, body, days, meta: Vec::new() };
    let with = |name, body, days, meta: &[&'static str]| Example { name, body, days, meta: meta.to_vec() };
    let [from, to] = [site.first_day, today.checked_sub(3.days()).unwrap()];
    vec![
        example("aggregate", json!({"metrics": ["visitors", "events"], "date_range": "7d"}), week),
        example(
            "custom date range",
            json!({"metrics": ["visitors"], "date_range": [from.to_string(), to.to_string()]}),
            (from, to),
        ),
        example(
            "country and city",
            json!({"metrics": ["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration", "events"],
                   "date_range": "7d", "dimensions": ["visit:country_name", "visit:city_name"],
                   "filters": [["is_not", "visit:country_name", [""]]]}),
            week,
        ),
        example(
            "utm medium and source",
            json!({"metrics": ["visitors", "events", "pageviews"], "date_range": "7d",
                   "dimensions": ["visit:utm_medium", "visit:utm_source"]}),
            week,
        ),
        example(
            "filtering by page and country",
            json!({"metrics": ["visitors"], "date_range": "7d", "filters": [
                ["contains", "event:page", ["/docs", "/buy"]], ["is", "visit:country_name", ["Bulgaria", "United States"]]]}),
            week,
        ),
        example(
            "case insensitive",
            json!({"metrics": ["visitors"], "date_range": "7d",
                   "filters": [["contains", "event:page", ["БЛОГ"], {"case_sensitive": false}]]}),
            week,
        ),
        example(
            "segment",
            json!({"metrics": ["visitors", "events"], "filters": [["is", "segment", [2]]], "date_range": "7d"}),
            week,
        ),
        example(
            "timeseries",
            json!({"metrics": ["visitors", "events"], "date_range": "7d",
                   "filters": [["is", "visit:os", ["Windows", "Mac"]]], "dimensions": ["time:day"]}),
            week,
        ),
        with(
            "hours with labels",
            json!({"metrics": ["visitors"], "date_range": "day", "dimensions": ["time:hour"],
                   "include": {"time_labels": true}}),
            (today, today),
            &["time_labels"],
        ),
        example(
            "custom properties",
            json!({"metrics": ["visitors"], "date_range": "7d", "dimensions": ["time:day", "event:props:plan"],
                   "order_by": [["time:day", "asc"], ["event:props:plan", "desc"]]}),
            week,
        ),
        with(
            "pagination",
            json!({"metrics": ["visitors", "events", "pageviews"], "date_range": "7d",
                   "dimensions": ["visit:utm_medium", "visit:utm_source"],
                   "include": {"total_rows": true}, "pagination": {"limit": 3, "offset": 1}}),
            week,
            &["total_rows"],
        ),
        with(
            "imports",
            json!({"metrics": ["visitors"], "date_range": "all", "dimensions": ["visit:source"],
                   "include": {"imports": true}}),
            all,
            &["imports_included", "imports_skip_reason"],
        ),
        with(
            "imports with a filter",
            json!({"metrics": ["visitors"], "date_range": "all", "dimensions": ["visit:source"],
                   "filters": [["is", "visit:country_name", ["Germany"]]], "include": {"imports": true}}),
            all,
            &["imports_included", "imports_skip_reason"],
        ),
        example(
            "revenue",
            json!({"metrics": ["total_revenue"], "date_range": "all", "dimensions": ["event:goal"]}),
            all,
        ),
        with(
            "revenue that cannot be summed up",
            json!({"metrics": ["total_revenue"], "date_range": "all",
                   "filters": [["is", "event:goal", ["Buy", "Purchase in USD"]]]}),
            all,
            &["metric_warnings"],
        ),
        example(
            "behaviour",
            json!({"metrics": ["visitors"], "date_range": "all",
                   "filters": [["is", "event:goal", ["Signup"]], ["has_done", ["is", "event:page", ["/docs"]]]]}),
            all,
        ),
    ]
}

/// Returns the bodies of the examples, each with what checks its answer.
pub fn bodies(site: &RandomSite, name: &str) -> Vec<(Value, impl Fn(&Value))> {
    let check = |example: Example| {
        let mut body = example.body.clone();
        body["site_id"] = name.into();
        (body, move |report: &Value| check(site, &example, report))
    };
    examples(site).into_iter().map(check).collect()
}

fn check(site: &RandomSite, example: &Example, report: &Value) {
    let question = question_of(example);
    let (rows, total) = Model::new(site, &question).answer();
    let told: Vec<_> = report["results"].as_array().unwrap().iter().map(answer_of).collect();
    assert_eq!(told, rows, "{}", example.name);
    assert!(!rows.is_empty(), "{}: no rows", example.name);
    let meta = report["meta"].as_object().unwrap();
    let expected: Vec<&str> =
        meta.keys().map(String::as_str).filter(|key| !["cursor", "explain"].contains(key)).collect();
    assert_eq!(expected, example.meta, "{}", example.name);
    if let Some(rows) = meta.get("total_rows") {
        assert_eq!(rows, &json!(total), "{}", example.name);
    }
    if let Some(labels) = meta.get("time_labels") {
        assert!(labels.as_array().unwrap().len() >= 23, "{}", example.name);
    }
    if let Some(warnings) = meta.get("metric_warnings") {
        assert_eq!(warnings["total_revenue"]["code"], "no_single_revenue_currency");
    }
    check_query(site, example, &question, &report["query"]);
}

/// The question is repeated with every default and the period as moments.
fn check_query(site: &RandomSite, example: &Example, question: &Question, query: &Value) {
    let text = |date: Date, hour, zone: &TimeZone| {
        let at = date.at(hour, if hour == 0 { 0 } else { 59 }, if hour == 0 { 0 } else { 59 }, 0);
        zone.to_ambiguous_zoned(at).compatible().unwrap().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    };
    let (from, to) = example.days;
    assert_eq!(query["date_range"], json!([text(from, 0, &site.zone), text(to, 23, &site.zone)]), "{}", example.name);
    assert_eq!(query["metrics"], example.body["metrics"], "{}", example.name);
    assert_eq!(query["dimensions"], json!(question.dimensions), "{}", example.name);
    assert_eq!(query["filters"], json!(question.filters), "{}", example.name);
    assert_eq!(query["pagination"], json!({"limit": question.limit, "offset": question.offset}), "{}", example.name);
    let order = question.order_by.iter().map(|(by, down)| json!([by, if *down { "desc" } else { "asc" }]));
    assert_eq!(query["order_by"], order.collect::<Value>(), "{}", example.name);
}

fn question_of(example: &Example) -> Question {
    let body = &example.body;
    let texts = |key: &str| -> Vec<String> { serde_json::from_value(body[key].clone()).unwrap_or_default() };
    let (metrics, dimensions) = (texts("metrics"), texts("dimensions"));
    let order_by = body["order_by"].as_array().map_or_else(
        || default_order(&metrics, &dimensions),
        |pairs| pairs.iter().map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1] == "desc")).collect(),
    );
    let number = |key: &str, otherwise| body["pagination"][key].as_u64().unwrap_or(otherwise);
    Question {
        metrics,
        dimensions,
        period: Period::Days(example.days.0, example.days.1),
        filters: serde_json::from_value(body["filters"].clone()).unwrap_or_default(),
        order_by,
        limit: usize::try_from(number("limit", 10_000)).unwrap(),
        offset: usize::try_from(number("offset", 0)).unwrap(),
        earlier: None,
    }
}
