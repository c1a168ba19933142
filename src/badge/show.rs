//! Owns which number a badge shows: of what, and of when. It does not count.

use super::{error::ParamError, params::Name};

/// Which number a badge shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Show {
    /// Visitors of the last five minutes.
    #[default]
    Online,
    /// What was counted in a period.
    Counted(Period),
}

/// When a number was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// The site's local day so far.
    Today,
    /// The day before it.
    Yesterday,
    /// Today and the six days before.
    Week,
    /// Today and the 29 days before.
    Month,
    /// Since the first event.
    All,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Metric {
    Visitors,
    Visits,
    Views,
}

/// The words for `show`.
pub const SHOWS: [&str; 7] = ["online", "today", "yesterday", "week", "month", "total", "views"];
/// The words for `metric`.
pub const METRICS: [&str; 3] = ["visitors", "visits", "views"];

impl Show {
    /// Parses the word in the URL. `views` is all views there were.
    pub(super) fn parse(word: &str) -> Result<(Self, Option<Metric>), ParamError> {
        let counted = |period| Ok((Self::Counted(period), None));
        match word {
            "online" => Ok((Self::Online, None)),
            "today" => counted(Period::Today),
            "yesterday" => counted(Period::Yesterday),
            "week" => counted(Period::Week),
            "month" => counted(Period::Month),
            "total" => counted(Period::All),
            "views" => Ok((Self::Counted(Period::All), Some(Metric::Views))),
            _ => Err(ParamError::value(Name::Show, word, SHOWS.join(", "))),
        }
    }

    /// Returns the word in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Counted(Period::Today) => "today",
            Self::Counted(Period::Yesterday) => "yesterday",
            Self::Counted(Period::Week) => "week",
            Self::Counted(Period::Month) => "month",
            Self::Counted(Period::All) => "total",
        }
    }

    /// Returns what is counted where nothing else is asked for.
    #[must_use]
    pub const fn usual_metric(self) -> Metric {
        match self {
            Self::Counted(Period::All) => Metric::Visits,
            Self::Online | Self::Counted(Period::Today | Period::Yesterday | Period::Week | Period::Month) => {
                Metric::Visitors
            }
        }
    }
}

impl Metric {
    pub(super) fn parse(word: &str) -> Result<Self, ParamError> {
        match word {
            "visitors" => Ok(Self::Visitors),
            "visits" => Ok(Self::Visits),
            "views" => Ok(Self::Views),
            _ => Err(ParamError::value(Name::Metric, word, METRICS.join(", "))),
        }
    }

    /// Returns the word in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::Visits => "visits",
            Self::Views => "views",
        }
    }
}
