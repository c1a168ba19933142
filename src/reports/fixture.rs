//! Owns what the tests of this module share: one site in Sofia, one moment, questions by their body.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::model::{Currency, Goal, GoalId, GoalTarget};

use super::{
    definitions::Definitions,
    error::QueryErrors,
    parse::parse,
    query::{Query, RawQuery},
};

/// Monday, 23 November 2026, 19:40 in Sofia.
pub(super) fn now() -> Timestamp {
    "2026-11-23T17:40:00Z".parse().unwrap()
}

pub(super) fn sofia() -> TimeZone {
    zone("Europe/Sofia")
}

pub(super) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// Returns a complete body with these keys put in.
pub(super) fn body(keys: &Value) -> Value {
    let mut body = json!({ "site_id": "demo.example", "metrics": ["visitors"], "date_range": "7d" });
    let (body_keys, keys) = (body.as_object_mut().unwrap(), keys.as_object().unwrap());
    body_keys.extend(keys.iter().map(|(key, value)| (key.clone(), value.clone())));
    body
}

pub(super) fn raw(keys: &Value) -> RawQuery {
    parse(&body(keys)).unwrap()
}

pub(super) fn try_query(keys: &Value) -> Result<Query, QueryErrors> {
    parse(&body(keys))?.resolve(&sofia(), now(), None, &Definitions::default())
}

pub(super) fn query(keys: &Value) -> Query {
    try_query(keys).unwrap()
}

/// Returns a question about a site with the goals `Buy`, in euros, and `Read`, half of a page.
pub(super) fn query_with_goals(keys: &Value) -> Query {
    let goal = |id, name: &str, target, currency: Option<&str>| Goal {
        id: GoalId::new(id),
        name: name.to_owned(),
        target,
        currency: currency.and_then(Currency::parse),
    };
    let bought = GoalTarget::event("Buy");
    let read = GoalTarget::Scroll { pattern: "/docs/*".to_owned(), percent: 50 };
    let goals = vec![goal(1, "Buy", bought, Some("EUR")), goal(2, "Read", read, None)];
    parse(&body(keys))
        .unwrap()
        .resolve(&sofia(), now(), None, &Definitions { goals, ..Definitions::default() })
        .unwrap()
}

/// Checks that a question has exactly one mistake: where it is, and a piece of what is said of it.
pub(super) fn assert_mistake(keys: &Value, pointer: &str, says: &str) {
    let errors = try_query(keys).expect_err(&format!("{keys} must be refused"));
    let [error] = errors.as_slice() else { panic!("{keys} has {errors:?}") };
    assert_eq!(error.pointer, pointer, "{keys}: {error}");
    assert!(error.detail.contains(says), "{keys}: {:?} does not say {says:?}", error.detail);
}
