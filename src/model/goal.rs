//! Owns what the owner of a site named in advance, so that reports can speak of it: goals and segments.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::{GoalId, SegmentId};

/// Something that visitors should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal {
    pub id: GoalId,
    /// What reports call it; unique within the site.
    pub name: String,
    pub target: GoalTarget,
    /// Events of the goal carry money in this currency, which reports sum up.
    pub currency: Option<Currency>,
}

/// What has to happen for a goal to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoalTarget {
    /// A custom event of this name.
    Event { name: String },
    /// A view of a page whose path is like this: `*` stands for any text without a slash, `**` for any text.
    Page { pattern: String },
    /// The same, scrolled down to at least this percentage of the page, 1 to 100.
    Scroll { pattern: String, percent: u8 },
}

/// Filters that were given a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub name: String,
    /// A list of filters as JSON, as reports take it.
    pub filters: String,
}

/// A currency: three capital letters of ISO 4217.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a code in any case. It does not know which codes are given out: that list changes.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or("a currency is three letters of ISO 4217, like EUR")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// Money that an event brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revenue {
    /// Thousandths of the currency's unit.
    pub thousandths: i64,
    pub currency: Currency,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!(Currency::parse("eur").unwrap().as_str(), "EUR");
        for wrong in ["", "EU", "EURO", "E1R", "ев"] {
            assert_eq!(Currency::parse(wrong), None, "{wrong}");
        }
    }
}
