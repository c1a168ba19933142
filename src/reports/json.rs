//! Owns reading a JSON value that knows where it stands, so that every mistake can be pointed at.
//! It does not know what a query is.

use serde_json::Value;

use super::error::QueryError;
use crate::model::names::cut;

/// Longest piece of a client's text that a sentence repeats, in bytes.
const QUOTED_BYTES: usize = 60;

/// A value and the JSON pointer to it.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    pointer: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { pointer: String::new(), value }
    }

    /// Returns the mistake that stands here.
    pub(super) fn error(&self, detail: impl Into<String>) -> QueryError {
        QueryError::new(self.pointer.clone(), detail)
    }

    /// Returns the value of a key; `null` counts as absent, as Plausible has it.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self { pointer: self.key_pointer(key), value })
    }

    /// Returns the value of a key that must be there.
    pub(super) fn require(&self, key: &str) -> Result<Self, QueryError> {
        self.get(key).ok_or_else(|| QueryError::new(self.key_pointer(key), format!("`{key}` is required.")))
    }

    /// Checks that this is an object with no other keys than `allowed`.
    pub(super) fn only_keys(&self, allowed: &[&str]) -> Result<(), QueryError> {
        let Some(object) = self.value.as_object() else {
            return Err(self.error(format!("An object is expected here, with the keys {}.", listed(allowed))));
        };
        match object.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(key) => Err(QueryError::new(
                self.key_pointer(key),
                format!("{} is no key here; allowed are {}.", quoted(key), listed(allowed)),
            )),
            None => Ok(()),
        }
    }

    /// Returns the elements of a list. `expected` ends the sentence "A list … is expected here".
    pub(super) fn list(&self, expected: &str) -> Result<Vec<Self>, QueryError> {
        let Some(values) = self.value.as_array() else {
            return Err(self.error(format!("A list {expected} is expected here.")));
        };
        let child = |(index, value)| Self { pointer: format!("{}/{index}", self.pointer), value };
        Ok(values.iter().enumerate().map(child).collect())
    }

    /// Returns the keys of an object with their values. `expected` ends the sentence "An object … is expected here".
    pub(super) fn entries(&self, expected: &str) -> Result<Vec<(&'a str, Self)>, QueryError> {
        let Some(object) = self.value.as_object() else {
            return Err(self.error(format!("An object {expected} is expected here.")));
        };
        let child =
            |(key, value): (&'a String, &'a Value)| (key.as_str(), Self { pointer: self.key_pointer(key), value });
        Ok(object.iter().map(child).collect())
    }

    pub(super) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(super) fn is_text(&self) -> bool {
        self.value.is_string()
    }

    pub(super) fn text(&self) -> Result<&'a str, QueryError> {
        self.value.as_str().ok_or_else(|| self.error("A text is expected here."))
    }

    pub(super) fn flag(&self) -> Result<bool, QueryError> {
        self.value.as_bool().ok_or_else(|| self.error("`true` or `false` is expected here."))
    }

    /// Returns a whole number between the bounds.
    pub(super) fn number(&self, least: u64, most: u64) -> Result<u64, QueryError> {
        self.value
            .as_u64()
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.error(format!("A whole number from {least} to {most} is expected here.")))
    }

    /// Returns one of a few words under a key; the default where there is none.
    pub(super) fn word<T: Copy + Default>(
        &self,
        key: &str,
        all: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, QueryError> {
        let Some(node) = self.get(key) else {
            return Ok(T::default());
        };
        let word = node.text()?;
        all.iter().copied().find(|item| name(*item) == word).ok_or_else(|| {
            let allowed = listed(&all.iter().map(|item| name(*item)).collect::<Vec<_>>());
            node.error(format!("{} is not known here; allowed are {allowed}.", quoted(word)))
        })
    }

    fn key_pointer(&self, key: &str) -> String {
        let escaped = cut(key, QUOTED_BYTES).replace('~', "~0").replace('/', "~1");
        format!("{}/{escaped}", self.pointer)
    }
}

/// Returns a client's text as a sentence may repeat it: short, and without control characters.
pub(super) fn quoted(text: &str) -> String {
    let short = cut(text, QUOTED_BYTES);
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("`{}{dots}`", short.replace(char::is_control, "\u{fffd}"))
}

/// Returns words as a sentence lists them: "`a`, `b`, `c`".
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
