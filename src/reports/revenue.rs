//! Owns money: which currency the goals of a question have in common, and how an amount is told.

use serde_json::{Value, json};

use super::metric::Metric;
use crate::model::{Currency, Goal};

/// The currency of the metrics of money.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Money {
    /// No such metric is asked for.
    #[default]
    NotAsked,
    In(Currency),
    /// Each row is of a goal, by whose name this is; a goal that is not here brings none.
    OfGoal(Vec<(String, Currency)>),
    /// None of the goals brings money.
    NoGoal,
    /// Goals bring money of several currencies, which cannot be summed up.
    Mixed,
}

impl Money {
    /// Returns the code of the Stats API and the sentence that say why there is no amount.
    #[must_use]
    pub const fn warning(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NotAsked | Self::In(_) | Self::OfGoal(_) => None,
            Self::NoGoal => {
                Some(("no_revenue_goals_matching", "Revenue is null: none of the goals of this report has a currency."))
            }
            Self::Mixed => Some((
                "no_single_revenue_currency",
                "Revenue is null: the goals of this report have several currencies; filter by goals of one.",
            )),
        }
    }
}

/// Finds the currency that goals have in common, or that of each where rows are of goals.
pub(super) fn money<'a>(metrics: &[Metric], by_goal: bool, goals: impl Iterator<Item = &'a Goal>) -> Money {
    if !metrics.iter().any(|metric| metric.is_revenue()) {
        return Money::NotAsked;
    }
    let paid: Vec<(String, Currency)> = goals.filter_map(|goal| Some((goal.name.clone(), goal.currency?))).collect();
    if by_goal && !paid.is_empty() {
        return Money::OfGoal(paid);
    }
    let mut currencies: Vec<Currency> = paid.into_iter().map(|(_, currency)| currency).collect();
    currencies.sort_unstable();
    currencies.dedup();
    match currencies.as_slice() {
        [] => Money::NoGoal,
        [one] => Money::In(*one),
        _ => Money::Mixed,
    }
}

/// Returns an amount as the Stats API tells it.
pub(super) fn told(thousandths: i64, currency: Currency) -> Value {
    let sign = if thousandths < 0 { "-" } else { "" };
    let symbol = symbol(currency.as_str());
    // Money of two decimals, as most is.
    let cents = (thousandths.unsigned_abs() + 5) / 10;
    #[expect(clippy::cast_precision_loss, reason = "amounts of money are far below 2⁵²")]
    let value = thousandths as f64 / 1000.0;
    let long = format!("{sign}{symbol}{}.{:02}", grouped(cents / 100), cents % 100);
    json!({ "value": value, "currency": currency.as_str(), "short": short(sign, &symbol, cents), "long": long })
}

/// Returns three digits or so of an amount: `€1.2K`.
fn short(sign: &str, symbol: &str, cents: u64) -> String {
    let units = cents / 100;
    for (size, letter) in [(1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")] {
        if units >= size {
            let tenths = units * 10 / size;
            return format!("{sign}{symbol}{}.{}{letter}", grouped(tenths / 10), tenths % 10);
        }
    }
    format!("{sign}{symbol}{units}.{:02}", cents % 100)
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the sign of a currency in English text; its code where it has none of its own.
fn symbol(code: &str) -> String {
    match code {
        "USD" => "$".to_owned(),
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "JPY" => "¥".to_owned(),
        "INR" => "₹".to_owned(),
        other => format!("{other}\u{a0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{GoalId, GoalTarget};

    fn goal(currency: Option<&str>) -> Goal {
        let target = GoalTarget::event("Buy");
        Goal { id: GoalId::new(1), name: "Buy".to_owned(), target, currency: currency.and_then(Currency::parse) }
    }

    #[test]
    fn an_amount_is_told_short_and_long() {
        let cases = [
            (1_234_500, "EUR", 1234.5, "€1.2K", "€1,234.50"),
            (9_990, "USD", 9.99, "$9.99", "$9.99"),
            (-5_000, "BGN", -5.0, "-BGN\u{a0}5.00", "-BGN\u{a0}5.00"),
            (7_654_321_000, "GBP", 7_654_321.0, "£7.6M", "£7,654,321.00"),
            (0, "JPY", 0.0, "¥0.00", "¥0.00"),
        ];
        for (thousandths, code, value, short, long) in cases {
            let expected = json!({ "value": value, "currency": code, "short": short, "long": long });
            assert_eq!(told(thousandths, Currency::parse(code).unwrap()), expected);
        }
    }

    #[test]
    fn goals_have_one_currency_or_none_in_common() {
        let of = |goals: &[Goal]| money(&[Metric::TotalRevenue], false, goals.iter());
        assert_eq!(of(&[goal(Some("EUR")), goal(None), goal(Some("eur"))]), Money::In(Currency::parse("EUR").unwrap()));
        assert_eq!(of(&[goal(None)]).warning().unwrap().0, "no_revenue_goals_matching");
        assert_eq!(of(&[goal(Some("EUR")), goal(Some("USD"))]).warning().unwrap().0, "no_single_revenue_currency");
        let by_goal = money(&[Metric::TotalRevenue], true, [goal(Some("EUR")), goal(Some("USD"))].iter());
        assert!(matches!(by_goal, Money::OfGoal(paid) if paid.len() == 2));
        assert_eq!(money(&[Metric::Visits], false, [goal(Some("EUR"))].iter()), Money::NotAsked);
    }
}
