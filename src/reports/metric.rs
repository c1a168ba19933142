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
    /// Mean over visits of the deepest scroll, in whole percent of the page.
    ScrollDepth,
    /// The same as a percentile over visits: half of them, three quarters, nine tenths got no further.
    ScrollP50,
    ScrollP75,
    ScrollP90,
    /// Mean engaged time of the visits that have one, in whole seconds.
    TimeOnPage,
    /// Mean engaged time of all visits, in whole seconds.
    EngagedTime,
    /// Share of all visitors of the report, in percent, two decimals.
    Percentage,
    /// Share of all visitors who reached the goal, in percent, two decimals.
    ConversionRate,
    /// Share of the row's visitors who reached the goal, in percent, two decimals.
    GroupConversionRate,
    TotalRevenue,
    AverageRevenue,
    /// Clicks on the views that are counted.
    Clicks,
    RageClicks,
    DeadClicks,
    Vital(Vital, Share),
    /// Most visitors who were here at the same time.
    ConcurrentPeak,
}

/// What is measured of how a page feels. Source: web.dev/articles/vitals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vital {
    /// Largest Contentful Paint, milliseconds.
    Lcp,
    /// Interaction to Next Paint, milliseconds.
    Inp,
    /// Cumulative Layout Shift.
    Cls,
    /// First Contentful Paint, milliseconds.
    Fcp,
    /// Time to First Byte, milliseconds.
    Ttfb,
}

/// What is told of a vital.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// What three of four views were as good as.
    P75,
    /// Views that were good, in whole percent.
    Good,
    /// Views that were poor, in whole percent.
    Poor,
}

/// The rows that a metric is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Single pageviews and custom events.
    Event,
    /// Whole visits.
    Session,
    /// The reports that a page was in front of somebody.
    Engagement,
    /// The reports of how pages felt.
    Vitals,
    /// Minutes, with how many were here.
    Presence,
}

/// How the difference of two values is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// In percent of the earlier one.
    Relative,
    /// In the unit of the metric, which is percent already.
    Points,
}

impl Vital {
    pub const ALL: [Self; 5] = [Self::Lcp, Self::Inp, Self::Cls, Self::Fcp, Self::Ttfb];

    /// Returns the largest value that is good and the largest that is not poor, in the unit of the column.
    #[must_use]
    pub const fn thresholds(self) -> (u32, u32) {
        match self {
            Self::Lcp => (2500, 4000),
            Self::Inp => (200, 500),
            Self::Cls => (1000, 2500),
            Self::Fcp => (1800, 3000),
            Self::Ttfb => (800, 1800),
        }
    }

    /// Returns the column of `events`: milliseconds, and ten-thousandths for shifts of the layout.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Lcp => "lcp_ms",
            Self::Inp => "inp_ms",
            Self::Cls => "cls_e4",
            Self::Fcp => "fcp_ms",
            Self::Ttfb => "ttfb_ms",
        }
    }
}

impl Metric {
    pub const ALL: [Self; 37] = [
        Self::Visitors,
        Self::Visits,
        Self::Pageviews,
        Self::ViewsPerVisit,
        Self::BounceRate,
        Self::VisitDuration,
        Self::Events,
        Self::ScrollDepth,
        Self::Percentage,
        Self::ConversionRate,
        Self::GroupConversionRate,
        Self::AverageRevenue,
        Self::TotalRevenue,
        Self::TimeOnPage,
        Self::EngagedTime,
        Self::ScrollP50,
        Self::ScrollP75,
        Self::ScrollP90,
        Self::Clicks,
        Self::RageClicks,
        Self::DeadClicks,
        Self::Vital(Vital::Lcp, Share::P75),
        Self::Vital(Vital::Lcp, Share::Good),
        Self::Vital(Vital::Lcp, Share::Poor),
        Self::Vital(Vital::Inp, Share::P75),
        Self::Vital(Vital::Inp, Share::Good),
        Self::Vital(Vital::Inp, Share::Poor),
        Self::Vital(Vital::Cls, Share::P75),
        Self::Vital(Vital::Cls, Share::Good),
        Self::Vital(Vital::Cls, Share::Poor),
        Self::Vital(Vital::Fcp, Share::P75),
        Self::Vital(Vital::Fcp, Share::Good),
        Self::Vital(Vital::Fcp, Share::Poor),
        Self::Vital(Vital::Ttfb, Share::P75),
        Self::Vital(Vital::Ttfb, Share::Good),
        Self::Vital(Vital::Ttfb, Share::Poor),
        Self::ConcurrentPeak,
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
            Self::ScrollDepth => "scroll_depth",
            Self::ScrollP50 => "scroll_p50",
            Self::ScrollP75 => "scroll_p75",
            Self::ScrollP90 => "scroll_p90",
            Self::TimeOnPage => "time_on_page",
            Self::EngagedTime => "engaged_time",
            Self::Percentage => "percentage",
            Self::ConversionRate => "conversion_rate",
            Self::GroupConversionRate => "group_conversion_rate",
            Self::TotalRevenue => "total_revenue",
            Self::AverageRevenue => "average_revenue",
            Self::Clicks => "clicks",
            Self::RageClicks => "rage_clicks",
            Self::DeadClicks => "dead_clicks",
            Self::ConcurrentPeak => "concurrent_peak",
            Self::Vital(vital, share) => vital_name(vital, share),
        }
    }

    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Visitors
            | Self::Visits
            | Self::Pageviews
            | Self::Events
            | Self::Percentage
            | Self::ConversionRate
            | Self::GroupConversionRate
            | Self::TotalRevenue
            | Self::AverageRevenue
            | Self::Clicks
            | Self::RageClicks
            | Self::DeadClicks => Level::Event,
            Self::ViewsPerVisit | Self::BounceRate | Self::VisitDuration => Level::Session,
            Self::ScrollDepth
            | Self::ScrollP50
            | Self::ScrollP75
            | Self::ScrollP90
            | Self::TimeOnPage
            | Self::EngagedTime => Level::Engagement,
            Self::Vital(..) => Level::Vitals,
            Self::ConcurrentPeak => Level::Presence,
        }
    }

    /// Returns whether the metric is money.
    #[must_use]
    pub const fn is_revenue(self) -> bool {
        matches!(self, Self::TotalRevenue | Self::AverageRevenue)
    }

    /// Returns whether the metric is about clicks, which lie in a table of their own.
    #[must_use]
    pub const fn is_of_clicks(self) -> bool {
        matches!(self, Self::Clicks | Self::RageClicks | Self::DeadClicks)
    }

    /// Returns whether the metric is made of a number of different visitors or visits, which can be estimated.
    #[must_use]
    pub const fn can_be_estimated(self) -> bool {
        matches!(
            self,
            Self::Visitors
                | Self::Visits
                | Self::Percentage
                | Self::ConversionRate
                | Self::GroupConversionRate
                | Self::EngagedTime
        )
    }

    #[must_use]
    pub const fn change(self) -> Change {
        match self {
            Self::BounceRate
            | Self::ScrollDepth
            | Self::ScrollP50
            | Self::ScrollP75
            | Self::ScrollP90
            | Self::Percentage
            | Self::ConversionRate
            | Self::GroupConversionRate
            | Self::Vital(_, Share::Good | Share::Poor) => Change::Points,
            _ => Change::Relative,
        }
    }

    /// Returns what the metric is where there was nothing to count: zero, but for what has no value then.
    #[must_use]
    pub const fn has_zero(self) -> bool {
        !matches!(
            self,
            Self::ScrollDepth
                | Self::ScrollP50
                | Self::ScrollP75
                | Self::ScrollP90
                | Self::TimeOnPage
                | Self::TotalRevenue
                | Self::AverageRevenue
                | Self::Vital(..)
        )
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

const fn vital_name(vital: Vital, share: Share) -> &'static str {
    match (vital, share) {
        (Vital::Lcp, Share::P75) => "lcp_p75",
        (Vital::Lcp, Share::Good) => "lcp_good",
        (Vital::Lcp, Share::Poor) => "lcp_poor",
        (Vital::Inp, Share::P75) => "inp_p75",
        (Vital::Inp, Share::Good) => "inp_good",
        (Vital::Inp, Share::Poor) => "inp_poor",
        (Vital::Cls, Share::P75) => "cls_p75",
        (Vital::Cls, Share::Good) => "cls_good",
        (Vital::Cls, Share::Poor) => "cls_poor",
        (Vital::Fcp, Share::P75) => "fcp_p75",
        (Vital::Fcp, Share::Good) => "fcp_good",
        (Vital::Fcp, Share::Poor) => "fcp_poor",
        (Vital::Ttfb, Share::P75) => "ttfb_p75",
        (Vital::Ttfb, Share::Good) => "ttfb_good",
        (Vital::Ttfb, Share::Poor) => "ttfb_poor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_of_one_metric() {
        for metric in Metric::ALL {
            assert_eq!(Metric::named(metric.as_str()), Some(metric));
        }
    }
}
