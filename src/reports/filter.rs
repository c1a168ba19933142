//! Owns the conditions of a question: the tree of comparisons, its parsing and its bounds. It writes no SQL.

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

/// A condition. The filters of a question must hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    Compare(Comparison),
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
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
}

impl Operator {
    const ALL: [Self; 4] = [Self::Is, Self::IsNot, Self::Contains, Self::ContainsNot];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::ContainsNot => "contains_not",
        }
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
        let values = || filters.iter().flat_map(Self::comparisons).flat_map(|comparison| &comparison.values);
        if values().count() > MAX_VALUES {
            return Err(node.error(format!("All filters together may have at most {MAX_VALUES} values.")));
        }
        if values().map(String::len).sum::<usize>() > MAX_TEXT_BYTES {
            return Err(node.error(format!("All values together may have at most {MAX_TEXT_BYTES} bytes.")));
        }
        Ok(filters)
    }

    /// Returns the leaves of the tree, left to right.
    #[must_use]
    pub fn comparisons(&self) -> Vec<&Comparison> {
        match self {
            Self::Compare(comparison) => vec![comparison],
            Self::All(filters) | Self::Any(filters) => filters.iter().flat_map(Self::comparisons).collect(),
            Self::Not(filter) => filter.comparisons(),
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
            ("and" | "or", _) => Err(node.error("`and` and `or` are followed by one list of filters.")),
            ("not", _) => Err(node.error("`not` is followed by one filter.")),
            (text, operands) => {
                let operator = Operator::named(text).ok_or_else(|| {
                    let allowed = listed(&Operator::ALL.map(Operator::as_str));
                    name.error(format!("{} is no operator; allowed are {allowed}, `and`, `or`, `not`.", quoted(text)))
                })?;
                Comparison::parse(node, operator, operands).map(Self::Compare)
            }
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
    Ok(text.to_owned())
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
        ]);
        let query = query(&json!({ "filters": filters }));
        assert_eq!(query.filters.iter().map(Filter::to_json).collect::<Value>(), filters);
        let leaves: Vec<Dimension> =
            query.filters[2].comparisons().iter().map(|comparison| comparison.dimension).collect();
        assert_eq!(leaves, [Dimension::Os, Dimension::City]);
    }

    #[test]
    fn case_matters_unless_said_otherwise() {
        let query = query(&json!({ "filters": [["is", "visit:os", ["mac"], { "case_sensitive": true }]] }));
        assert_eq!(query.filters[0].to_json(), json!(["is", "visit:os", ["mac"]]));
    }
}
