//! Owns how goals and segments are read from what people type, and shown as JSON: the same for the API and for the command
//! line. It keeps nothing: `control` does.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    enrich::canonical_path,
    model::{Goal, GoalTarget, Pathname, Segment},
    reports::filter::Filter,
};

/// What is wrong with a text that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {detail}")]
pub struct NamedError {
    /// Name of the value in JSON.
    pub field: &'static str,
    /// JSON pointer within the value; empty where all of it is meant.
    pub pointer: String,
    pub detail: String,
}

fn wrong<T>(field: &'static str, detail: impl Into<String>) -> Result<T, NamedError> {
    Err(NamedError { field, pointer: String::new(), detail: detail.into() })
}

/// Returns what a goal counts: the events of a name whose properties have these values, or the views of pages whose path is like this,
/// scrolled so far down.
pub fn goal_target(
    event_name: Option<&str>,
    page_path: Option<&str>,
    scroll_depth: Option<u64>,
    props: BTreeMap<String, String>,
) -> Result<GoalTarget, NamedError> {
    if event_name.is_none() && !props.is_empty() {
        return wrong("custom_props", "they go with the event_name of an event: views of pages have no properties");
    }
    match (event_name, page_path, scroll_depth) {
        (Some(name), None, None) => Ok(GoalTarget::Event { name: name.trim().to_owned(), props }),
        (None, Some(path), None) => Ok(GoalTarget::Page { pattern: page_pattern(path)? }),
        (None, Some(path), Some(depth)) => {
            let percent = u8::try_from(depth).ok().filter(|percent| (1..=100).contains(percent));
            let Some(percent) = percent else {
                return wrong("scroll_depth", format!("it is {depth}, expected 1 to 100"));
            };
            Ok(GoalTarget::Scroll { pattern: page_pattern(path)?, percent })
        }
        (None, None, None) => wrong("event_name", "a goal has the event_name of an event or the page_path of a page"),
        (Some(_), Some(_), _) => wrong("page_path", "a goal has an event_name or a page_path, not both"),
        (_, None, Some(_)) => wrong("scroll_depth", "it goes with the page_path of a page"),
    }
}

/// Brings a pattern to the form in which paths are stored, however it is escaped; stars stay.
fn page_pattern(text: &str) -> Result<String, NamedError> {
    let text = text.trim();
    if text.contains('?') {
        return wrong("page_path", "the path of a page has no query: leave out what begins with the question mark");
    }
    // A longer path is cut where it is counted; a pattern that is cut would count something else.
    if text.len() > Pathname::MAX_BYTES {
        return wrong("page_path", format!("it is longer than {} bytes", Pathname::MAX_BYTES));
    }
    canonical_path(text).map(Pathname::into_string).or_else(|error| wrong("page_path", error.to_string()))
}

/// Checks the filters of a segment, a list of filters as JSON, and returns them as they are kept.
pub fn segment_filters(text: &str) -> Result<String, NamedError> {
    const FIELD: &str = "filters";
    let filters = Filter::parse_text(text).map_err(|error| NamedError {
        field: FIELD,
        pointer: error.pointer,
        detail: error.detail,
    })?;
    if filters.is_empty() {
        return wrong(FIELD, "at least one filter is expected");
    }
    let filters: Vec<Value> = filters.iter().map(Filter::to_json).collect();
    // Else two of them could go round in a circle.
    if filters.iter().any(names_a_segment) {
        return wrong(FIELD, "a segment cannot be made of segments: write out their filters");
    }
    Ok(Value::from(filters).to_string())
}

fn names_a_segment(filter: &Value) -> bool {
    match filter[0].as_str() {
        Some("and" | "or") => filter[1].as_array().is_some_and(|filters| filters.iter().any(names_a_segment)),
        Some("not" | "has_done" | "has_not_done") => names_a_segment(&filter[1]),
        _ => filter[1] == "segment",
    }
}

/// Returns a goal as it is shown.
#[must_use]
pub fn goal_json(goal: &Goal) -> Value {
    let (goal_type, event_name, page_path, scroll_depth) = match &goal.target {
        GoalTarget::Event { name, .. } => ("event", Some(name), None, None),
        GoalTarget::Page { pattern } => ("page", None, Some(pattern), None),
        GoalTarget::Scroll { pattern, percent } => ("scroll", None, Some(pattern), Some(percent)),
    };
    json!({
        "id": goal.id,
        "name": goal.name,
        "goal_type": goal_type,
        "event_name": event_name,
        "page_path": page_path,
        "scroll_depth": scroll_depth,
        "custom_props": goal.target.props(),
        "currency": goal.currency,
    })
}

/// Returns a segment as it is shown.
pub fn segment_json(segment: &Segment) -> Result<Value, serde_json::Error> {
    let filters: Value = serde_json::from_str(&segment.filters)?;
    Ok(json!({"id": segment.id, "name": segment.name, "filters": filters}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_of_an_event_or_of_a_page() {
        let page = |pattern: &str| GoalTarget::Page { pattern: pattern.to_owned() };
        for (event_name, page_path, scroll_depth, expected) in [
            (Some(" Signup "), None, None, GoalTarget::event("Signup")),
            (None, Some(" /a "), None, page("/a")),
            (None, Some("/%D1%86%D0%B5%D0%BD%D0%B8/**"), None, page("/цени/**")),
            (None, Some("/x/../a/*"), None, page("/a/*")),
            (None, Some("/a"), Some(75), GoalTarget::Scroll { pattern: "/a".to_owned(), percent: 75 }),
        ] {
            assert_eq!(goal_target(event_name, page_path, scroll_depth, BTreeMap::new()), Ok(expected));
        }
        let long = format!("/{}", "x".repeat(2048));
        for (event_name, page_path, scroll_depth, field) in [
            (None, None, None, "event_name"),
            (Some("a"), Some("/a"), None, "page_path"),
            (Some("a"), None, Some(5), "scroll_depth"),
            (None, None, Some(5), "scroll_depth"),
            (None, Some("/a"), Some(0), "scroll_depth"),
            (None, Some("/a"), Some(101), "scroll_depth"),
            (None, Some("/a"), Some(300), "scroll_depth"),
            (None, Some("a"), None, "page_path"),
            (None, Some(""), None, "page_path"),
            (None, Some("/a?b=c"), None, "page_path"),
            (None, Some(long.as_str()), None, "page_path"),
        ] {
            let refused = goal_target(event_name, page_path, scroll_depth, BTreeMap::new()).unwrap_err();
            assert_eq!(refused.field, field, "{event_name:?} {page_path:?} {scroll_depth:?}");
        }
    }

    #[test]
    fn filters_are_kept_in_one_form() {
        let text =
            r#" [ ["is", "visit:country", ["BG"], {"case_sensitive": true}], ["not", ["is","event:page",["/"]]] ] "#;
        let expected = r#"[["is","visit:country",["BG"]],["not",["is","event:page",["/"]]]]"#;
        assert_eq!(segment_filters(text).unwrap(), expected);
        assert_eq!(segment_filters(expected).unwrap(), expected);
        for (wrong, pointer) in [
            ("", ""),
            ("[]", ""),
            ("{}", ""),
            (r#"[["is","visit:country",["BG"]],["is","visit:colour",["x"]]]"#, "/1/1"),
        ] {
            let refused = segment_filters(wrong).unwrap_err();
            assert_eq!((refused.field, refused.pointer.as_str()), ("filters", pointer), "{wrong}: {refused}");
        }
    }

    #[test]
    fn a_segment_within_filters_is_found_wherever_it_stands() {
        let segment = json!(["is", "segment", [1]]);
        for with in [
            segment.clone(),
            json!(["not", segment]),
            json!(["and", [["is", "visit:os", ["x"]], ["or", [segment]]]]),
            json!(["has_done", segment]),
        ] {
            assert!(names_a_segment(&with), "{with}");
        }
        for without in [
            json!(["is", "visit:source", ["a", "segment"]]),
            json!(["and", [["is", "visit:source", ["segment", "segment"]]]]),
        ] {
            assert!(!names_a_segment(&without), "{without}");
        }
    }
}
