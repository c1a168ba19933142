//! Owns the numbers that can be asked for. `docs/metrics.md` defines each; [`super::sql`] computes them.

use super::{
    error::QueryError,
    json::{Node, listed, quoted},
};

/// A number that a report gives for each of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Different visitors; a visitor of two days counts twice, for the key of its hash is destroyed daily.
    Visitors,
    /// Different sessions with a pageview or a custom event.
    Visits,
    Pageviews,
    /// Pageviews and custom events.
    Events,
    /// Pageviews a visit, two decimals.
    ViewsPerVisit,
    /// Share of visits with exactly one pageview and no custom event, in whole percent.
    BounceRate,
    /// Mean time from the first to the last sign of life of a visit, in whole seconds.
    VisitDuration,
}

/// What a metric is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Single pageviews and custom events.
    Event,
    /// Whole visits.
    Session,
}

impl Metric {
    pub const ALL: [Self; 7] = [
        Self::Visitors,
        Self::Visits,
        Self::Pageviews,
        Self::ViewsPerVisit,
        Self::BounceRate,
        Self::VisitDuration,
        Self::Events,
    ];

    /// Returns the word of JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::Visits => "visits",
            Self::Pageviews => "pageviews",
            Self::Events => "events",
            Self::ViewsPerVisit => "views_per_visit",
            Self::BounceRate => "bounce_rate",
            Self::VisitDuration => "visit_duration",
        }
    }

    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Visitors | Self::Visits | Self::Pageviews | Self::Events => Level::Event,
            Self::ViewsPerVisit | Self::BounceRate | Self::VisitDuration => Level::Session,
        }
    }

    /// Returns the metric of a word, if there is one.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|metric| metric.as_str() == word)
    }

    pub(super) fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        let word = node.text()?;
        Self::named(word).ok_or_else(|| {
            let allowed = listed(&Self::ALL.map(Self::as_str));
            node.error(format!("{} is no metric; allowed are {allowed}.", quoted(word)))
        })
    }
}
