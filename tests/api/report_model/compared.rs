//! Owns the comparison of a report with an earlier period, from what `docs/metrics.md` says: the rows of both by the model, and
//! the change between them.

use std::collections::HashMap;

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{
    answer_of, float,
    model::{Model, Period, Question},
    site::RandomSite,
};

/// Checks what stands beside each row of a report.
pub fn check(
    seed: u64,
    body: &Value,
    report: &Value,
    random: &RandomSite,
    question: &Question,
    (first, last): (Date, Date),
) {
    let whole =
        Question { period: Period::Days(first, last), limit: usize::MAX, offset: 0, earlier: None, ..question.clone() };
    let rows = Model::new(random, &whole).answer().0;
    let earlier: HashMap<Vec<String>, Vec<Value>> = rows.into_iter().map(|row| (row.dimensions, row.metrics)).collect();
    for row in report["results"].as_array().unwrap() {
        let now = answer_of(row);
        let key = beside(question, &now.dimensions, first, last);
        let Some(key) = key else {
            assert_eq!(row.get("compare"), None, "seed {seed}: {body}: no day stands beside {row}");
            continue;
        };
        let nothing = || question.metrics.iter().map(|metric| float(&empty(metric))).collect();
        let before: Vec<Value> = earlier.get(&key).cloned().unwrap_or_else(nothing);
        let told = answer_of(&row["compare"]);
        assert_eq!((&told.dimensions, &told.metrics), (&key, &before), "seed {seed}: {body}: {row}");
        let changes = question.metrics.iter().zip(now.metrics.iter().zip(&before));
        let changes: Vec<Value> = changes.map(|(metric, (now, before))| change(metric, now, before)).collect();
        let told: Vec<Value> = row["compare"]["change"].as_array().unwrap().iter().map(float).collect();
        assert_eq!(told, changes, "seed {seed}: {body}: {row}");
    }
}

/// Returns the dimensions of what stands beside a row: the first day beside the first; nothing where the earlier period is shorter.
fn beside(question: &Question, dimensions: &[String], first: Date, last: Date) -> Option<Vec<String>> {
    let mut key = dimensions.to_vec();
    if let Some(place) = question.dimensions.iter().position(|dimension| dimension == "time:day") {
        let Period::Days(from, _) = question.period else { panic!("days are compared with days") };
        let day: Date = dimensions[place].parse().unwrap();
        let counterpart = first.checked_add((day - from).get_days().days()).unwrap();
        if counterpart > last {
            return None;
        }
        key[place] = counterpart.to_string();
    }
    Some(key)
}

/// Returns what a metric is where nothing was counted.
fn empty(metric: &str) -> Value {
    let has_none =
        ["scroll_depth", "scroll_p50", "scroll_p75", "scroll_p90", "time_on_page", "total_revenue", "average_revenue"];
    let is_vital = ["lcp_", "inp_", "cls_", "fcp_", "ttfb_"].iter().any(|vital| metric.starts_with(vital));
    if is_vital || has_none.contains(&metric) { Value::Null } else { json!(0) }
}

fn change(metric: &str, now: &Value, before: &Value) -> Value {
    let (Some(now), Some(before)) = (now.as_f64(), before.as_f64()) else { return Value::Null };
    let is_share = ["bounce_rate", "percentage", "conversion_rate", "group_conversion_rate"].contains(&metric)
        || metric.starts_with("scroll_")
        || metric.ends_with("_good")
        || metric.ends_with("_poor");
    let tenths = |value: f64| json!((value * 10.0).round() / 10.0);
    if is_share {
        return tenths(now - before);
    }
    match (now == 0.0, before == 0.0) {
        (true, true) => json!(0.0),
        (false, true) => Value::Null,
        _ => tenths((now - before) / before * 100.0),
    }
}
