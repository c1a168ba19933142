//! Owns random questions: as a body for the service and as the model takes them.

use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{
    model::{Period, Question},
    site::{Dice, NAMES, PATHS, RandomSite},
};

pub const METRICS: [&str; 36] = [
    "visitors",
    "visits",
    "pageviews",
    "events",
    "views_per_visit",
    "bounce_rate",
    "visit_duration",
    "scroll_depth",
    "scroll_p50",
    "scroll_p75",
    "scroll_p90",
    "time_on_page",
    "engaged_time",
    "percentage",
    "conversion_rate",
    "group_conversion_rate",
    "total_revenue",
    "average_revenue",
    "clicks",
    "rage_clicks",
    "dead_clicks",
    "lcp_p75",
    "lcp_good",
    "lcp_poor",
    "inp_p75",
    "inp_good",
    "inp_poor",
    "cls_p75",
    "cls_good",
    "cls_poor",
    "fcp_p75",
    "fcp_good",
    "fcp_poor",
    "ttfb_p75",
    "ttfb_good",
    "ttfb_poor",
];

/// What a question is about.
#[derive(Clone, Copy, PartialEq)]
enum Theme {
    Common,
    Pages,
    Goals,
    /// What frozen days have.
    Sums,
    Anything,
}

impl Theme {
    fn metrics(self) -> &'static [&'static str] {
        match self {
            Self::Common => &METRICS[..7],
            Self::Pages => &METRICS[..14],
            Self::Goals => &[
                "visitors",
                "events",
                "conversion_rate",
                "group_conversion_rate",
                "total_revenue",
                "average_revenue",
                "percentage",
            ],
            Self::Sums => &[
                "visitors",
                "visits",
                "pageviews",
                "events",
                "views_per_visit",
                "bounce_rate",
                "visit_duration",
                "scroll_depth",
                "time_on_page",
                "engaged_time",
                "percentage",
            ],
            Self::Anything => &METRICS,
        }
    }
}

pub(super) const DIMENSIONS: [&str; 34] = [
    "event:page",
    "event:name",
    "event:hostname",
    "event:goal",
    "event:props:plan",
    "event:props:a'b",
    "visit:entry_page",
    "visit:entry_page_hostname",
    "visit:exit_page",
    "visit:exit_page_hostname",
    "visit:source",
    "visit:referrer",
    "visit:channel",
    "visit:utm_source",
    "visit:utm_medium",
    "visit:utm_campaign",
    "visit:utm_content",
    "visit:utm_term",
    "visit:country",
    "visit:country_name",
    "visit:region",
    "visit:region_name",
    "visit:city",
    "visit:city_name",
    "visit:browser",
    "visit:browser_version",
    "visit:os",
    "visit:os_version",
    "visit:device",
    "time:hour",
    "time:day",
    "time:week",
    "time:month",
    "time:minute",
];

/// What filters look for, whatever the dimension: most of it is somewhere.
const VALUES: [&str; 16] = [
    "",
    "Google",
    "google",
    "Direct / None",
    "(not set)",
    "(none)",
    "BG",
    "Bulgaria",
    "Пловдив",
    "Chrome",
    "Mac",
    "mobile",
    "pro",
    "=1+1",
    "' OR 1=1 --",
    "%",
];

const PATTERNS: [&str; 6] = ["^/docs", "o+", "^$", r"\d", "[Пп]лов", "a|B"];

/// Returns a question about a site, as a body and as the model takes it. Not all of them have an answer: things that do not go
/// together are left to the service to refuse.
pub fn draw(dice: &mut Dice, site: &RandomSite, name: &str) -> (Value, Question) {
    let (date_range, period) = draw_period(dice, site);
    let (mut metrics, mut dimensions) = (Vec::new(), Vec::new());
    // Not all goes together: a question is about what is common, about pages, about goals, or about anything.
    let theme = *dice.of(&[Theme::Common, Theme::Pages, Theme::Goals, Theme::Sums, Theme::Anything]);
    let of_theme = theme.metrics();
    for _ in 0..=dice.below(4) {
        let metric: &&str = dice.of(of_theme);
        push_new(&mut metrics, metric);
    }
    let has_goals = theme == Theme::Goals && !site.definitions.goals.is_empty();
    if has_goals && dice.once_in(2) {
        push_new(&mut dimensions, "event:goal");
    }
    if theme == Theme::Pages && dice.once_in(2) {
        push_new(&mut dimensions, "event:page");
    }
    for _ in 0..dice.below(3) {
        let dimension = *dice.of(&DIMENSIONS);
        let has_time = dimensions.iter().any(|known: &String| known.starts_with("time:"));
        let is_time = dimension.starts_with("time:");
        if !(is_time && has_time) && (dimension != "time:minute" || has_plain_minutes(site, period)) {
            push_new(&mut dimensions, dimension);
        }
    }
    let mut filters: Vec<Value> = (0..dice.below(3).min(dice.below(3))).map(|_| draw_filter(dice, site, 0)).collect();
    if theme == Theme::Sums {
        filters.clear();
    }
    if has_goals && dice.once_in(2) {
        filters.push(draw_goal_filter(dice, site));
    }
    if theme == Theme::Pages && dice.once_in(2) {
        filters.push(json!(["contains", "event:page", ["o"]]));
    }
    let order_by = draw_order(dice, &metrics, &dimensions);
    let (limit, offset) = if dice.once_in(3) { (1 + dice.below(5), dice.below(4)) } else { (10_000, 0) };
    let mut body = json!({
        "site_id": name, "metrics": metrics, "dimensions": dimensions, "date_range": date_range, "filters": filters,
        "include": {"total_rows": true}, "pagination": {"limit": limit, "offset": offset},
    });
    if !order_by.is_empty() {
        let pairs = order_by.iter().map(|(by, descending)| json!([by, if *descending { "desc" } else { "asc" }]));
        body["order_by"] = pairs.collect();
    }
    let order_by = if order_by.is_empty() { default_order(&metrics, &dimensions) } else { order_by };
    let (limit, offset) = (usize::try_from(limit).unwrap(), usize::try_from(offset).unwrap());
    let earlier = draw_earlier(dice, site, period, &dimensions);
    if let Some((first, last)) = earlier {
        body["compare"] = json!({"mode": "custom", "date_range": [first.to_string(), last.to_string()]});
    }
    (body, Question { metrics, dimensions, period, filters, order_by, limit, offset, earlier })
}

/// Returns days to compare with, of any length. Of intervals only days are compared here: the model counts their position.
fn draw_earlier(dice: &mut Dice, site: &RandomSite, period: Period, dimensions: &[String]) -> Option<(Date, Date)> {
    let is_odd = |dimension: &String| dimension.starts_with("time:") && dimension != "time:day";
    if !matches!(period, Period::Days(..)) || dimensions.iter().any(is_odd) || !dice.once_in(3) {
        return None;
    }
    let days = u64::try_from((site.last_day - site.first_day).get_days()).unwrap();
    let (one, other) = (dice.below(days), dice.below(days));
    let day = |number: u64| site.first_day.checked_add(i64::try_from(number).unwrap().days()).unwrap();
    Some((day(one.min(other)), day(one.max(other))))
}

fn push_new(list: &mut Vec<String>, word: &str) {
    if !list.iter().any(|known| known == word) {
        list.push(word.to_owned());
    }
}

/// Returns the order that holds where none is asked for.
pub fn default_order(metrics: &[String], dimensions: &[String]) -> Vec<(String, bool)> {
    let time = dimensions.iter().find(|dimension| dimension.starts_with("time:")).map(|time| (time.clone(), false));
    time.into_iter().chain([(metrics[0].clone(), true)]).collect()
}

fn draw_order(dice: &mut Dice, metrics: &[String], dimensions: &[String]) -> Vec<(String, bool)> {
    let mut order: Vec<(String, bool)> = Vec::new();
    for _ in 0..dice.below(3) {
        let all: Vec<&String> = metrics.iter().chain(dimensions).collect();
        let by = (*dice.of(&all)).clone();
        if order.iter().all(|(known, _)| *known != by) {
            order.push((by, dice.once_in(2)));
        }
    }
    order
}

pub(super) fn draw_period(dice: &mut Dice, site: &RandomSite) -> (Value, Period) {
    let days = i64::from((site.last_day - site.first_day).get_days());
    let days_in = |dice: &mut Dice| i64::try_from(dice.below(days.unsigned_abs() + 5)).unwrap() - 2;
    let (one, other) = (days_in(dice), days_in(dice));
    let first = site.first_day.checked_add(one.min(other).days()).unwrap();
    let last = site.first_day.checked_add(one.max(other).days()).unwrap();
    if !dice.once_in(3) {
        let last = if dice.once_in(4) { first } else { last };
        return (json!([first.to_string(), last.to_string()]), Period::Days(first, last));
    }
    let second = |date: jiff::civil::Date, dice: &mut Dice| {
        let midnight = site.zone.to_timestamp(date.at(0, 0, 0, 0)).unwrap().as_second();
        midnight + i64::try_from(dice.below(86_400)).unwrap()
    };
    let (one, other) = (second(first, dice), second(last, dice));
    let (from, to) = (one.min(other), one.max(other));
    let text = |second: i64| Timestamp::from_second(second).unwrap().to_string();
    (json!([text(from), text(to)]), Period::Moments(from * 1000, (to + 1) * 1000))
}

/// Minutes are told by a clock, and one that is turned back tells them twice: those questions are left to the unit tests.
fn has_plain_minutes(site: &RandomSite, period: Period) -> bool {
    let Period::Days(first, last) = period else { return false };
    let offset =
        |date: jiff::civil::Date| site.zone.to_timestamp(date.at(0, 0, 0, 0)).map(|at| site.zone.to_offset(at));
    first == last && offset(first).ok() == offset(last.tomorrow().unwrap()).ok()
}

pub(super) fn draw_filter(dice: &mut Dice, site: &RandomSite, depth: u32) -> Value {
    match dice.below(if depth == 0 { 12 } else { 9 }) {
        9 => {
            json!([*dice.of(&["and", "or"]), [draw_filter(dice, site, depth + 1), draw_filter(dice, site, depth + 1)]])
        }
        10 => json!(["not", draw_filter(dice, site, depth + 1)]),
        11 => json!([*dice.of(&["has_done", "has_not_done"]), draw_filter(dice, site, depth + 2)]),
        0 if depth < 2 => json!(["is", "segment", [1 + dice.below(2)]]),
        1 if !site.definitions.goals.is_empty() => draw_goal_filter(dice, site),
        _ => draw_comparison(dice),
    }
}

fn draw_goal_filter(dice: &mut Dice, site: &RandomSite) -> Value {
    let goal = dice.of(&site.definitions.goals).name.clone();
    match dice.below(5) {
        0 => json!([*dice.of(&["contains", "contains_not"]), "event:goal", ["doc"], {"case_sensitive": false}]),
        1 => json!(["is_not", "event:goal", [goal]]),
        _ => json!(["is", "event:goal", [goal]]),
    }
}

fn draw_comparison(dice: &mut Dice) -> Value {
    let dimension = loop {
        let dimension = *dice.of(&DIMENSIONS);
        if !dimension.starts_with("time:") && dimension != "event:goal" {
            break dimension;
        }
    };
    let value = |dice: &mut Dice| match dimension {
        "event:name" => *dice.of(&NAMES),
        _ if dimension.ends_with("page") => *dice.of(&PATHS),
        _ => *dice.of(&VALUES),
    };
    let operator = *dice.of(&["is", "is", "is", "is_not", "contains", "contains_not", "matches", "matches_not"]);
    let values: Vec<&str> = (0..=dice.below(2))
        .map(|_| match operator {
            "matches" | "matches_not" => *dice.of(&PATTERNS),
            "contains" | "contains_not" => Some(value(dice)).filter(|value| !value.is_empty()).unwrap_or("o"),
            _ => value(dice),
        })
        .collect();
    if dice.once_in(4) {
        return json!([operator, dimension, values, {"case_sensitive": false}]);
    }
    json!([operator, dimension, values])
}
