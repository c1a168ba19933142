//! Owns what funnels, retention and journeys have in common: the period, the filters, and what they tell besides their numbers.
//! What each of them counts it does not know.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    date_range::DateRange,
    definitions::Definitions,
    error::{Mistakes, QueryErrors},
    filter::Filter,
    json::Node,
    query::Query,
    response::{ShapeError, Step},
    run::{self, RunError},
};
use crate::{model::Site, store::Client};

/// The keys that all of them take.
pub(super) const KEYS: [&str; 3] = ["date_range", "filters", "explain"];

/// The events that are looked at, as they were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawSubject {
    pub date_range: DateRange,
    pub filters: Vec<Filter>,
    /// Whether the answer tells what was read for it.
    pub explain: bool,
}

/// What is told besides the numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Meta {
    /// How many values of the dimension there are, told or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_rows: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// What was read, statement by statement.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub explain: Vec<Step>,
}

/// Why an answer is not what one may have expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    pub code: &'static str,
    pub warning: &'static str,
}

impl RawSubject {
    pub(super) fn parse(root: &Node<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        let date_range = mistakes.keep(root.require("date_range").and_then(|node| DateRange::parse(&node)));
        let filters = mistakes.keep(root.get("filters").map_or(Ok(Vec::new()), |node| Filter::parse_list(&node)));
        let explain = mistakes.keep(root.get("explain").map_or(Ok(false), |node| node.flag()));
        Some(Self { date_range: date_range?, filters: filters?, explain: explain? })
    }

    /// Puts zone, clock and definitions in.
    pub(super) async fn resolve(
        &self,
        client: &Client,
        site: &Site,
        definitions: &Definitions,
        now: Timestamp,
    ) -> Result<Query, RunError> {
        let first_day = run::first_day(client, site.id, &self.date_range).await?;
        Ok(self.at(site, definitions, now, first_day)?)
    }

    pub(super) fn at(
        &self,
        site: &Site,
        definitions: &Definitions,
        now: Timestamp,
        first_day: Option<u16>,
    ) -> Result<Query, QueryErrors> {
        let range = self.date_range.resolve(&site.time_zone, now, first_day)?;
        Query::of_segment(site, now, range, &self.filters, definitions)
    }
}

/// Begins the reading of a body: an object, with no other keys than these and [`KEYS`].
pub(super) fn begin<'a>(body: &'a Value, keys: &[&str], mistakes: &mut Mistakes) -> Result<Node<'a>, QueryErrors> {
    let root = Node::root(body);
    let allowed: Vec<&str> = KEYS.iter().chain(keys).copied().collect();
    let known = root.only_keys(&allowed);
    if body.is_object() {
        mistakes.keep(known);
    } else {
        known?;
    }
    Ok(root)
}

/// Reads a row of the store from its front.
pub(super) struct Columns {
    found: usize,
    values: std::vec::IntoIter<Value>,
}

impl Columns {
    pub(super) fn of(row: Vec<Value>) -> Self {
        Self { found: row.len(), values: row.into_iter() }
    }

    pub(super) fn value(&mut self) -> Result<Value, ShapeError> {
        self.values.next().ok_or(ShapeError::Columns { found: self.found, expected: self.found + 1 })
    }

    pub(super) fn number(&mut self) -> Result<u64, ShapeError> {
        let value = self.value()?;
        value.as_u64().ok_or(ShapeError::Number(value))
    }

    pub(super) fn text(&mut self) -> Result<String, ShapeError> {
        match self.value()? {
            Value::String(text) => Ok(text),
            other => Err(ShapeError::Text(other)),
        }
    }

    pub(super) fn list(&mut self) -> Result<Vec<Value>, ShapeError> {
        match self.value()? {
            Value::Array(list) => Ok(list),
            other => Err(ShapeError::List(other)),
        }
    }
}

/// Returns a share in percent with two decimals, rounded half up; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "a percentage has five digits")]
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    let (part, whole) = (u128::from(part), u128::from(whole));
    let hundredths = (20_000 * part + whole).checked_div(2 * whole).unwrap_or(0);
    hundredths as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_rounded_half_up_to_two_decimals() {
        for (part, whole, expected) in
            [(0, 0, 0.0), (1, 3, 33.33), (2, 3, 66.67), (1, 800, 0.13), (7, 7, 100.0), (u64::MAX, u64::MAX, 100.0)]
        {
            assert!((percent(part, whole) - expected).abs() < 1e-9, "{part} of {whole}: {}", percent(part, whole));
        }
    }
}
