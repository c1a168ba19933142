//! Owns what can be wrong with a badge's parameters, in words that say what would be right.

use super::{
    color::Color,
    label::LABEL_MAX_CHARS,
    params::{MOST_SEED, Name},
};

/// Why the parameters of a badge cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamError {
    #[error("there is no parameter {0:?}; badges know {names}", names = Name::all())]
    Unknown(String),
    #[error("the parameter {0} is given twice")]
    Twice(Name),
    #[error("{value:?} is not known; {name} is one of: {allowed}")]
    Value { name: Name, value: String, allowed: String },
    #[error("{0:?} is no color; write three or six hexadecimal digits or one of: {names}", names = Color::names())]
    Color(String),
    #[error("the label has {0} characters, at most {LABEL_MAX_CHARS} are allowed")]
    LabelLength(usize),
    #[error("the label has a character that cannot be shown: {0:?}")]
    LabelCharacter(char),
    #[error("{0:?} is no path of a page: {1}")]
    Path(String, String),
    #[error("{value:?} is no whole number from {least} to {most}")]
    Number { name: Name, value: String, least: u64, most: u64 },
    #[error("{0} is for the whole of a count; ask for show=total or show=views with it")]
    SeedNeedsTotal(Name),
    #[error("the owner of this site has switched off seed in the address")]
    SeedRefused,
    #[error("show=online counts visitors, and nothing else")]
    OnlineCountsVisitors,
    #[error("show=views counts views; leave metric out, or ask for show=total")]
    ViewsCountsViews,
    #[error("{0} is for style=flags")]
    ForFlags(Name),
}

impl ParamError {
    pub(super) fn value(name: Name, value: &str, allowed: String) -> Self {
        Self::Value { name, value: value.to_owned(), allowed }
    }

    pub(super) fn seed(value: &str) -> Self {
        Self::Number { name: Name::Seed, value: value.to_owned(), least: 0, most: MOST_SEED }
    }

    /// Returns the name of the parameter at fault.
    #[must_use]
    pub fn parameter(&self) -> &str {
        match self {
            Self::Unknown(name) => name,
            Self::Twice(name)
            | Self::Value { name, .. }
            | Self::Number { name, .. }
            | Self::SeedNeedsTotal(name)
            | Self::ForFlags(name) => name.as_str(),
            Self::Color(_) => Name::Color.as_str(),
            Self::LabelLength(_) | Self::LabelCharacter(_) => Name::Label.as_str(),
            Self::Path(..) => Name::Path.as_str(),
            Self::SeedRefused => Name::Seed.as_str(),
            Self::OnlineCountsVisitors | Self::ViewsCountsViews => Name::Metric.as_str(),
        }
    }
}
