//! Owns the conditions of a question as they are asked for: the tree of comparisons, its parsing and its bounds. What the
//! names of goals and segments in it mean is [`super::condition`]'s matter. It writes no SQL.

use serde_json::{Value, json};

use super::{
    dimension::Dimension,
    error::QueryError,
    json::{Node, listed, quoted},
};

/// Most values in all filters of a question together.
const MAX_VALUES: usize = 100;
/// Longest value.
const MAX_VALUE_BYTES: usize = 2048;
/// Most text in all values together: a ClickHouse parameter takes 128 KiB, and escaping may double it.
const MAX_TEXT_BYTES: usize = 48 * 1024;
/// A comparison alone has depth 1.
const MAX_DEPTH: usize = 4;
/// Most segments in one place.
const MAX_SEGMENTS: usize = 20;
/// What stands in the place of a dimension where a segment is asked for.
const SEGMENT: &str = "segment";
/// Longest regular expression, and how much room one may take once it is compiled.
const MAX_PATTERN_BYTES: usize = 1024;
const MAX_COMPILED_BYTES: usize = 1024 * 1024;

/// A condition. The filters of a question must hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Compare(Comparison),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// Something in the visit meets the filter.
    Done(Box<Filter>),
    /// Nothing in the visit meets it.
    NotDone(Box<Filter>),
    /// Any of the site's segments with these identifiers; never empty.
    Segments(Vec<u64>),
}

/// A condition on one dimension. It is compared with what the report would show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    pub operator: Operator,
    pub dimension: Dimension,
    /// Any of them will do; never empty.
    pub values: Vec<String>,
    pub case_sensitive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Is,
    IsNot,
    Contains,
    ContainsNot,
    /// Values are regular expressions of RE2 that fit somewhere in the text.
    Matches,
    MatchesNot,
}

impl Operator {
    const ALL: [Self; 6] = [Self::Is, Self::IsNot, Self::Contains, Self::ContainsNot, Self::Matches, Self::MatchesNot];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::ContainsNot => "contains_not",
            Self::Matches => "matches",
            Self::MatchesNot => "matches_not",
        }
    }

    /// Returns whether a row is wanted of which none of the values holds.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::IsNot | Self::ContainsNot | Self::MatchesNot)
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == name)
    }
}

impl Filter {
    /// Parses the text of a URL parameter: a list of filters as JSON.
    pub fn parse_text(text: &str) -> Result<Vec<Self>, QueryError> {
        let value = serde_json::from_str(text)
            .map_err(|error| QueryError::new("", format!("A list of filters as JSON is expected here ({error}).")))?;
        Self::parse_list(&Node::root(&value))
    }

    /// Parses the list of filters.
    pub(super) fn parse_list(node: &Node<'_>) -> Result<Vec<Self>, QueryError> {
        let filters = parse_filters(node, 1)?;
        Self::check_bounds(&filters.iter().collect::<Vec<_>>()).map_err(|detail| node.error(detail))?;
        Ok(filters)
    }

    /// Checks that filters of several places are not too many. Fails with the sentence that says so.
    pub(super) fn check_bounds(filters: &[&Self]) -> Result<(), String> {
        let values = || filters.iter().flat_map(|filter| filter.comparisons()).flat_map(|leaf| &leaf.values);
        if values().count() > MAX_VALUES {
            return Err(format!("All filters together may have at most {MAX_VALUES} values."));
        }
        if values().map(String::len).sum::<usize>() > MAX_TEXT_BYTES {
            return Err(format!("All values together may have at most {MAX_TEXT_BYTES} bytes."));
        }
        Ok(())
    }

    /// Returns the leaves of the tree, left to right.
    #[must_use]
    pub fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::Compare(comparison) => vec![comparison],
            Self::All(filters) | Self::Any(filters) => filters.iter().flat_map(Self::comparisons).collect(),
            Self::Not(filter) | Self::Done(filter) | Self::NotDone(filter) => filter.comparisons(),
            Self::Segments(_) => Vec::new(),
        }
    }

    /// Returns the filter in the form in which it is asked for.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list = |filters: &[Self]| filters.iter().map(Self::to_json).collect::<Vec<_>>();
        match self {
            Self::Compare(comparison) => comparison.to_json(),
            Self::All(filters) => json!(["and", list(filters)]),
            Self::Any(filters) => json!(["or", list(filters)]),
            Self::Not(filter) => json!(["not", filter.to_json()]),
            Self::Done(filter) => json!(["has_done", filter.to_json()]),
            Self::NotDone(filter) => json!(["has_not_done", filter.to_json()]),
            Self::Segments(ids) => json!(["is", SEGMENT, ids]),
        }
    }

    fn parse(node: &Node<'_>, depth: usize) -> Result<Self, QueryError> {
        if depth > MAX_DEPTH {
            return Err(node.error(format!("Filters may be nested at most {MAX_DEPTH} deep.")));
        }
        let parts = node.list("like [\"is\", \"event:page\", [\"/\"]]")?;
        let Some(name) = parts.first() else {
            return Err(node.error("A filter begins with its operator."));
        };
        match (name.text()?, &parts[1..]) {
            ("and", [filters]) => Ok(Self::All(parse_some(filters, depth + 1)?)),
            ("or", [filters]) => Ok(Self::Any(parse_some(filters, depth + 1)?)),
            ("not", [filter]) => Ok(Self::Not(Box::new(Self::parse(filter, depth + 1)?))),
            ("has_done", [filter]) => Ok(Self::Done(Box::new(Self::parse_done(filter, depth + 1)?))),
            ("has_not_done", [filter]) => Ok(Self::NotDone(Box::new(Self::parse_done(filter, depth + 1)?))),
            ("has_done" | "has_not_done", _) => {
                Err(node.error("`has_done` and `has_not_done` are followed by one filter."))
            }
            ("is", [dimension, ids]) if dimension.text() == Ok(SEGMENT) => parse_segments(ids).map(Self::Segments),
            ("and" | "or", _) => Err(node.error("`and` and `or` are followed by one list of filters.")),
            ("not", _) => Err(node.error("`not` is followed by one filter.")),
            (text, operands) => {
                let operator = Operator::named(text).ok_or_else(|| {
                    let allowed = listed(&Operator::ALL.map(Operator::as_str));
                    name.error(format!(
                        "{} is no operator; allowed are {allowed}, `and`, `or`, `not`, `has_done`, `has_not_done`.",
                        quoted(text)
                    ))
                })?;
                if operands.first().is_some_and(|dimension| dimension.text() == Ok(SEGMENT)) {
                    return Err(node.error("A segment is asked for by [\"is\", \"segment\", [1]], with its number."));
                }
                Comparison::parse(node, operator, operands).map(Self::Compare)
            }
        }
    }

    /// Parses what must have happened in a visit.
    fn parse_done(node: &Node<'_>, depth: usize) -> Result<Self, QueryError> {
        let filter = Self::parse(node, depth)?;
        if filter.asks_of_visits() {
            return Err(node.error("`has_done` and `has_not_done` do not stand within one another."));
        }
        Ok(filter)
    }

    fn asks_of_visits(&self) -> bool {
        match self {
            Self::Done(_) | Self::NotDone(_) => true,
            Self::All(filters) | Self::Any(filters) => filters.iter().any(Self::asks_of_visits),
            Self::Not(filter) => filter.asks_of_visits(),
            Self::Compare(_) | Self::Segments(_) => false,
        }
    }
}

impl Comparison {
    fn parse(node: &Node<'_>, operator: Operator, operands: &[Node<'_>]) -> Result<Self, QueryError> {
        let (dimension, values, modifiers) = match operands {
            [dimension, values] => (dimension, values, None),
            [dimension, values, modifiers] => (dimension, values, Some(modifiers)),
            _ => {
                return Err(node.error(format!(
                    "`{}` is followed by a dimension, a list of values and, if need be, \
                     {{\"case_sensitive\": false}}.",
                    operator.as_str()
                )));
            }
        };
        Ok(Self {
            operator,
            dimension: Dimension::parse_filterable(dimension)?,
            values: parse_values(values, operator)?,
            case_sensitive: modifiers.map_or(Ok(true), parse_case_sensitive)?,
        })
    }

    fn to_json(&self) -> Value {
        let (operator, dimension) = (self.operator.as_str(), self.dimension.as_str());
        if self.case_sensitive {
            json!([operator, dimension, self.values])
        } else {
            json!([operator, dimension, self.values, { "case_sensitive": false }])
        }
    }
}

fn parse_filters(node: &Node<'_>, depth: usize) -> Result<Vec<Filter>, QueryError> {
    node.list("of filters")?.iter().map(|filter| Filter::parse(filter, depth)).collect()
}

fn parse_some(node: &Node<'_>, depth: usize) -> Result<Vec<Filter>, QueryError> {
    let filters = parse_filters(node, depth)?;
    if filters.is_empty() {
        return Err(node.error("At least one filter is expected here."));
    }
    Ok(filters)
}

fn parse_segments(node: &Node<'_>) -> Result<Vec<u64>, QueryError> {
    let ids = node.list("of the numbers of segments")?;
    if ids.is_empty() || ids.len() > MAX_SEGMENTS {
        return Err(node.error(format!("From 1 to {MAX_SEGMENTS} numbers of segments are expected here.")));
    }
    ids.iter().map(|id| id.number(1, u32::MAX.into())).collect()
}

fn parse_values(node: &Node<'_>, operator: Operator) -> Result<Vec<String>, QueryError> {
    let values = node.list("of texts")?;
    if values.is_empty() {
        return Err(node.error("At least one value is expected here."));
    }
    values.iter().map(|value| parse_value(value, operator)).collect()
}

fn parse_value(node: &Node<'_>, operator: Operator) -> Result<String, QueryError> {
    let text = node.text()?;
    if text.len() > MAX_VALUE_BYTES {
        return Err(node.error(format!("A value may have at most {MAX_VALUE_BYTES} bytes.")));
    }
    let is_part = matches!(operator, Operator::Contains | Operator::ContainsNot);
    if is_part && text.is_empty() {
        return Err(node.error("Every text contains the empty one; use `is` to look for empty values."));
    }
    if matches!(operator, Operator::Matches | Operator::MatchesNot) {
        check_pattern(text).map_err(|detail| node.error(detail))?;
    }
    Ok(text.to_owned())
}

/// Checks a regular expression. The syntax of the crate and that of RE2, which runs it, are nearly the same: what RE2 refuses
/// all the same is told by the store.
fn check_pattern(pattern: &str) -> Result<(), String> {
    if pattern.is_empty() {
        return Err("Every text matches the empty expression.".to_owned());
    }
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(format!("A regular expression may have at most {MAX_PATTERN_BYTES} bytes."));
    }
    let compiled = regex::RegexBuilder::new(pattern).size_limit(MAX_COMPILED_BYTES).build();
    compiled.map(drop).map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "This regular expression is too large.".to_owned(),
        other => {
            let text = other.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("{} is no regular expression: {reason}.", quoted(pattern))
        }
    })
}

fn parse_case_sensitive(node: &Node<'_>) -> Result<bool, QueryError> {
    node.only_keys(&["case_sensitive"])?;
    node.get("case_sensitive").map_or(Ok(true), |flag| flag.flag())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reports::fixture::query;

    #[test]
    fn a_filter_is_echoed_as_it_was_asked() {
        let filters = json!([
            ["is", "event:page", ["/", "/блог"]],
            ["contains_not", "visit:source", ["google"], { "case_sensitive": false }],
            ["and", [["or", [["is_not", "visit:os", [""]], ["not", ["contains", "visit:city", ["Соф"]]]]]]],
            ["has_not_done", ["and", [["matches", "event:page", ["^/user/\\d+$"]], ["is", "event:props:plan", ["pro"]]]]],
        ]);
        let query = query(&json!({ "filters": filters }));
        assert_eq!(query.asked.iter().map(Filter::to_json).collect::<Value>(), filters);
        let leaves: Vec<Dimension> =
            query.asked[2].comparisons().iter().map(|comparison| comparison.dimension.clone()).collect();
        assert_eq!(leaves, [Dimension::Os, Dimension::City]);
    }

    #[test]
    fn case_matters_unless_said_otherwise() {
        let query = query(&json!({ "filters": [["is", "visit:os", ["mac"], { "case_sensitive": true }]] }));
        assert_eq!(query.asked[0].to_json(), json!(["is", "visit:os", ["mac"]]));
    }
}
