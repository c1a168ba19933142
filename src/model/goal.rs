//! Owns what the owner of a site named in advance, so that reports can speak of it: goals and segments.

use std::{collections::BTreeMap, fmt};

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
    /// A custom event of this name, whose properties have these values.
    Event { name: String, props: BTreeMap<String, String> },
    /// A view of a page whose path is like this: `*` stands for any text without a slash, `**` for any text.
    Page { pattern: String },
    /// The same, scrolled down to at least this percentage of the page, 1 to 100.
    Scroll { pattern: String, percent: u8 },
}

impl GoalTarget {
    /// Any event of a name, whatever its properties.
    #[must_use]
    pub fn event(name: impl Into<String>) -> Self {
        Self::Event { name: name.into(), props: BTreeMap::new() }
    }

    /// Returns the values that properties have to have.
    #[must_use]
    pub const fn props(&self) -> &BTreeMap<String, String> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        match self {
            Self::Event { props, .. } => props,
            Self::Page { .. } | Self::Scroll { .. } => &NONE,
        }
    }
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

impl Revenue {
    /// Most digits that an amount is read from.
    const AMOUNT_BYTES: usize = 40;
    /// One thousandth more than is stored: eighteen digits.
    const LIMIT: i64 = 1_000_000_000_000_000_000;

    /// Reads an amount like `13.50` or `-7`, without thousands separators; what is beyond thousandths is rounded, half of one
    /// away from zero.
    #[must_use]
    pub fn parse(currency: &str, amount: &str) -> Option<Self> {
        let currency = Currency::parse(currency)?;
        Some(Self { thousandths: thousandths(amount)?, currency })
    }
}

fn thousandths(amount: &str) -> Option<i64> {
    let (negative, digits) = match amount.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, amount.strip_prefix('+').unwrap_or(amount)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if amount.len() > Revenue::AMOUNT_BYTES || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let padded = format!("{fraction:0<4}");
    let (kept, rest) = padded.split_at(3);
    let rounds_up = i64::from(rest.as_bytes()[0] >= b'5');
    let sum = whole.parse::<i64>().ok()?.checked_mul(1000)?.checked_add(kept.parse::<i64>().ok()? + rounds_up)?;
    (sum < Revenue::LIMIT).then_some(if negative { -sum } else { sum })
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

    #[test]
    fn an_amount_is_read_to_the_thousandth() {
        let cases = [
            ("13.5", Some(13_500)),
            ("13.50", Some(13_500)),
            ("+7", Some(7000)),
            ("-0.0005", Some(-1)),
            ("0.00049999", Some(0)),
            ("1.9995", Some(2000)),
            ("999999999999999.999", Some(999_999_999_999_999_999)),
            ("999999999999999.9995", None),
            ("9223372036854775807", None),
            ("", None),
            (".", None),
            ("1.", None),
            (".5", None),
            ("1,5", None),
            ("1e3", None),
            ("--1", None),
            ("1.2.3", None),
            ("٣", None),
            ("00000000000000000000000000000000000000001", None),
        ];
        for (amount, expected) in cases {
            assert_eq!(Revenue::parse("usd", amount).map(|revenue| revenue.thousandths), expected, "{amount:?}");
        }
        assert_eq!(Revenue::parse("dollars", "1"), None);
    }
}
