//! Owns the days that an export or a removal is of, as they are asked for: first and last, each may be left out.

use std::ops::RangeInclusive;

use jiff::civil::Date;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Returns the local days from one to the other, in days since the Unix epoch.
pub fn days(from: Option<Date>, to: Option<Date>) -> Result<RangeInclusive<u16>, String> {
    let first = from.map_or(Ok(0), number)?;
    let last = to.map_or(Ok(u16::MAX), number)?;
    if first > last {
        return Err("the last day is before the first".to_owned());
    }
    Ok(first..=last)
}

fn number(date: Date) -> Result<u16, String> {
    let days = date.duration_since(EPOCH).as_hours() / 24;
    u16::try_from(days).map_err(|_out_of_range| format!("{date} is not between 1970 and 2149"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_may_be_open_at_both_ends() {
        assert_eq!(days(None, None), Ok(0..=u16::MAX));
        assert_eq!(days(Some(date(1970, 1, 2)), Some(date(1970, 1, 2))), Ok(1..=1));
        assert_eq!(days(Some(date(2026, 1, 1)), None), Ok(20_454..=u16::MAX));
        for (from, to) in [(date(1969, 12, 31), date(2026, 1, 1)), (date(2026, 1, 2), date(2026, 1, 1))] {
            assert!(days(Some(from), Some(to)).is_err(), "{from} {to}");
        }
        assert!(days(None, Some(date(2150, 1, 1))).is_err());
    }
}
