//! Owns the shapes that many routes share: short ways to write a JSON Schema (2020-12), and the problem document.
#![expect(clippy::needless_pass_by_value, reason = "a schema is written where it is handed over")]

use serde_json::{Map, Value, json};

/// Name of the schema of problem documents.
pub const PROBLEM: &str = "Problem";

/// Returns the schema of this name.
#[must_use]
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A text; without control characters, which nothing of ours takes.
#[must_use]
pub fn text() -> Value {
    json!({ "type": "string" })
}

#[must_use]
pub fn text_or_null() -> Value {
    json!({ "type": ["string", "null"] })
}

/// The same, or `null`, which counts as absent.
#[must_use]
pub fn or_null(schema: Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

#[must_use]
pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

/// A number of things.
#[must_use]
pub fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

#[must_use]
pub fn whole(least: u64, most: u64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

/// A moment.
#[must_use]
pub fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// One of these words.
#[must_use]
pub fn words(words: &[&str]) -> Value {
    json!({ "type": "string", "enum": words })
}

#[must_use]
pub fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// An object that has all of these keys, and no others.
#[must_use]
pub fn object(keys: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let mut object = optional(keys);
    object["required"] = json!(required);
    object
}

/// An object that may have these keys, and no others.
#[must_use]
pub fn optional(keys: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// An object of `object`'s keys which may also have `more`.
#[must_use]
pub fn with_optional(mut object: Value, more: &[(&str, Value)]) -> Value {
    for (name, schema) in more {
        object["properties"][*name] = schema.clone();
    }
    object
}

pub(super) fn problem() -> Value {
    let place = object(&[("pointer", text()), ("detail", text())]);
    let keys = [
        ("type", text()),
        ("title", text()),
        ("status", whole(400, 599)),
        ("detail", text()),
        ("code", json!({ "type": "string", "description": "A word for programs." })),
    ];
    let mut problem = with_optional(object(&keys), &[("errors", list(place))]);
    problem["description"] = "Why a request failed, as RFC 9457 has it.".into();
    problem["example"] = json!({
        "type": "urn:heatline:problem:invalid", "title": "Invalid value", "status": 400, "detail": "a value is not valid",
        "code": "invalid", "errors": [{ "pointer": "/date_range", "detail": "`date_range` is required." }],
    });
    problem
}
