//! Owns the order of rows: what was asked for, and what holds when nothing was.

use super::{
    dimension::{Dimension, RawDimension},
    error::QueryError,
    json::{Node, quoted},
    metric::Metric,
    time::Interval,
};

/// What rows are ordered by, in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub by: OrderBy,
    pub direction: Direction,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderBy {
    Metric(Metric),
    Dimension(Dimension),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

/// An order as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawOrder {
    pub by: RawOrderBy,
    pub direction: Direction,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawOrderBy {
    Metric(Metric),
    Dimension(RawDimension),
}

impl Direction {
    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ascending => "asc",
            Self::Descending => "desc",
        }
    }

    fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        match node.text()? {
            "asc" => Ok(Self::Ascending),
            "desc" => Ok(Self::Descending),
            other => Err(node.error(format!("{} is no direction; allowed are `asc`, `desc`.", quoted(other)))),
        }
    }
}

impl Order {
    /// Returns what holds when no order is asked for: time forwards, then the first metric from the top.
    #[must_use]
    pub fn default_of(metrics: &[Metric], dimensions: &[Dimension]) -> Vec<Self> {
        let time = dimensions.iter().find(|dimension| dimension.interval().is_some());
        let time = time.map(|time| Self { by: OrderBy::Dimension(time.clone()), direction: Direction::Ascending });
        let first = metrics.first().map(|first| Self { by: OrderBy::Metric(*first), direction: Direction::Descending });
        time.into_iter().chain(first).collect()
    }
}

impl OrderBy {
    /// Returns the name of the Stats API.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Metric(metric) => metric.as_str(),
            Self::Dimension(dimension) => dimension.as_str(),
        }
    }
}

impl RawOrder {
    /// Parses a pair, and checks that it names something that is asked for.
    pub(super) fn parse(node: &Node<'_>, metrics: &[Metric], dimensions: &[RawDimension]) -> Result<Self, QueryError> {
        let pair = node.list("of a metric or dimension and `asc` or `desc`")?;
        let [by, direction] = pair.as_slice() else {
            return Err(node.error("An order is a pair: a metric or dimension, and `asc` or `desc`."));
        };
        let name = by.text()?;
        let metric = metrics.iter().find(|metric| metric.as_str() == name).copied().map(RawOrderBy::Metric);
        let dimension =
            RawDimension::named(name).filter(|dimension| dimensions.contains(dimension)).map(RawOrderBy::Dimension);
        let by = metric.or(dimension).ok_or_else(|| {
            by.error(format!(
                "Rows can only be ordered by a metric or dimension of the query, not by {}.",
                quoted(name)
            ))
        })?;
        Ok(Self { by, direction: Direction::parse(direction)? })
    }

    /// Returns the order, with `time` at this interval.
    #[must_use]
    pub fn at(&self, interval: Interval) -> Order {
        let by = match &self.by {
            RawOrderBy::Metric(metric) => OrderBy::Metric(*metric),
            RawOrderBy::Dimension(dimension) => OrderBy::Dimension(dimension.at(interval)),
        };
        Order { by, direction: self.direction }
    }
}
