//! Owns the period of a report: the forms in which it is asked for, and the days and moments that it means in the
//! site's zone. It takes the time as a value and does not cut it into pieces; [`super::time`] does.

use jiff::{Span, Timestamp, ToSpan, civil, tz::TimeZone};

use super::{
    error::QueryError,
    json::{Node, quoted},
};

/// Longest period: ten years with their leap days.
pub const MAX_DAYS: u32 = 3653;

const ALLOWED: &str = "allowed are `day`, `24h`, `7d`, `28d`, `30d`, `91d` or another number of days, `month`, \
    `6mo`, `12mo` or another number of months, `year`, `all`, two dates like `2026-01-01`, and two times like \
    `2026-01-01T12:00:00+02:00`";

/// A period as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateRange {
    Period(Period),
    /// From the first to the last day, both included.
    Days(civil::Date, civil::Date),
    /// From the first to the last second, both included.
    Moments(Moment, Moment),
}

/// A period that moves with the clock. But for [`Period::Hours24`] it ends with today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `day`: today.
    Day,
    /// `24h`: the 24 hours up to now.
    Hours24,
    /// `7d`: today and the six days before it.
    LastDays(u16),
    /// `month`: this calendar month so far.
    Month,
    /// `6mo`: this calendar month so far and the five before it.
    LastMonths(u16),
    /// `year`: this calendar year so far.
    Year,
    /// `all`: since the first event.
    All,
}

/// A point in time as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With an offset from UTC.
    Absolute(Timestamp),
    /// Without: what the site's clock shows.
    OnClock(civil::DateTime),
}

/// The days and moments of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First and last local day, both included, in days since the Unix epoch.
    pub from_day: u16,
    pub to_day: u16,
    /// Milliseconds since the Unix epoch, whole seconds: the first that belongs to the range, and the first that
    /// does not.
    pub from_ms: i64,
    pub to_ms: i64,
    /// Whether the range is made of whole local days, so that the days alone define it.
    pub whole_days: bool,
}

impl DateRange {
    /// Parses the text of a URL parameter: `7d`, or `2026-01-01,2026-01-31`.
    pub fn from_text(text: &str) -> Result<Self, QueryError> {
        let range = match text.split_once(',') {
            Some((from, to)) => Self::between(from.trim(), to.trim()),
            None => Period::named(text).map(Self::Period),
        };
        range.ok_or_else(|| QueryError::new("/date_range", format!("{} is no date range; {ALLOWED}.", quoted(text))))
    }

    pub(super) fn parse(node: &Node<'_>) -> Result<Self, QueryError> {
        if node.is_text() {
            let name = node.text()?;
            let error = || node.error(format!("{} is no date range; {ALLOWED}.", quoted(name)));
            return Period::named(name).map(Self::Period).ok_or_else(error);
        }
        let error = || node.error(format!("This is no date range; {ALLOWED}."));
        if !node.is_list() {
            return Err(error());
        }
        match node.list("of two dates or times")?.as_slice() {
            [from, to] => Self::between(from.text()?, to.text()?).ok_or_else(error),
            _ => Err(error()),
        }
    }

    fn between(from: &str, to: &str) -> Option<Self> {
        match (date(from), date(to)) {
            (Some(from), Some(to)) => Some(Self::Days(from, to)),
            (None, None) => Some(Self::Moments(Moment::parse(from)?, Moment::parse(to)?)),
            (Some(_), None) | (None, Some(_)) => None,
        }
    }

    /// Returns whether [`DateRange::resolve`] wants to know the first day with data.
    #[must_use]
    pub fn needs_first_day(&self) -> bool {
        *self == Self::Period(Period::All)
    }

    /// Returns the days and moments of the period in the site's zone. `first_day` is the first day with data; it
    /// only matters for `all`, which is today where there are none, and at most ten years.
    pub fn resolve(&self, zone: &TimeZone, now: Timestamp, first_day: Option<u16>) -> Result<Range, QueryError> {
        let range = match self {
            Self::Period(period) => period.resolve(zone, now, first_day),
            Self::Days(from, to) => Range::of_dates(*from, *to, zone),
            Self::Moments(from, to) => Range::of_moments(from.at(zone), to.at(zone), zone),
        };
        let range = range.filter(Range::is_storable).ok_or_else(|| {
            QueryError::new("/date_range", "The range must begin after 1 January 1970 and end before 2106.")
        })?;
        if range.is_empty() {
            return Err(QueryError::new("/date_range", "The range must not end before it begins."));
        }
        if range.days() > MAX_DAYS {
            return Err(QueryError::new("/date_range", "The range must not be longer than ten years."));
        }
        Ok(range)
    }
}

impl Period {
    fn named(name: &str) -> Option<Self> {
        match name {
            "day" => Some(Self::Day),
            "24h" => Some(Self::Hours24),
            "month" => Some(Self::Month),
            "year" => Some(Self::Year),
            "all" => Some(Self::All),
            _ => Self::counted(name),
        }
    }

    /// Parses `7d` and `6mo`.
    fn counted(name: &str) -> Option<Self> {
        let letters = name.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = name.split_at(letters);
        let number: u16 = number.parse().ok().filter(|number| *number > 0)?;
        match unit {
            "d" => Some(Self::LastDays(number)),
            "mo" => Some(Self::LastMonths(number)),
            _ => None,
        }
    }

    fn resolve(self, zone: &TimeZone, now: Timestamp, first_day: Option<u16>) -> Option<Range> {
        let today = zone.to_datetime(now).date();
        let days_ago = |days: i64| today.checked_sub(days.days()).ok();
        let months_ago = |months: i64| today.first_of_month().checked_sub(months.months()).ok();
        let first = match self {
            Self::Day => today,
            Self::Hours24 => return Range::of_moments(now.checked_sub(24.hours()).ok(), Some(now), zone),
            Self::LastDays(days) => days_ago(i64::from(days) - 1)?,
            Self::Month => today.first_of_month(),
            Self::LastMonths(months) => months_ago(i64::from(months) - 1)?,
            Self::Year => today.first_of_year(),
            Self::All => {
                let first = first_day.map_or(today, date_of_day);
                first.min(today).max(days_ago(i64::from(MAX_DAYS) - 1)?)
            }
        };
        Range::of_dates(first, today, zone)
    }
}

impl Moment {
    /// Parses `2026-01-01T12:00:00`, with or without an offset.
    fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.split_at_checked(DATE_LENGTH)?;
        if !time.starts_with('T') || date(day).is_none() {
            return None;
        }
        if let Ok(absolute) = text.parse() {
            return Some(Self::Absolute(absolute));
        }
        text.parse().ok().map(Self::OnClock)
    }

    fn at(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Absolute(timestamp) => Some(timestamp),
            Self::OnClock(shown) => zone.to_timestamp(shown).ok(),
        }
    }
}

impl Range {
    pub(super) fn of_dates(from: civil::Date, to: civil::Date, zone: &TimeZone) -> Option<Self> {
        Some(Self {
            from_day: day_of_date(from)?,
            to_day: day_of_date(to)?,
            from_ms: midnight_ms(from, zone)?,
            to_ms: midnight_ms(to.tomorrow().ok()?, zone)?,
            whole_days: true,
        })
    }

    /// Both moments are given in whole seconds and the last one belongs to the range.
    fn of_moments(from: Option<Timestamp>, to: Option<Timestamp>, zone: &TimeZone) -> Option<Self> {
        let (from, to) = (from?, to?);
        Some(Self {
            from_day: day_of_date(zone.to_datetime(from).date())?,
            to_day: day_of_date(zone.to_datetime(to).date())?,
            from_ms: second(from) * 1000,
            to_ms: (second(to) + 1) * 1000,
            whole_days: false,
        })
    }

    /// Seconds since the Unix epoch are 32 bits in ClickHouse's `DateTime`.
    fn is_storable(&self) -> bool {
        self.from_ms >= 0 && self.to_ms <= i64::from(u32::MAX) * 1000
    }

    /// TRICKY: a whole day can have no moments: Samoa had no 30 December 2011.
    fn is_empty(&self) -> bool {
        if self.whole_days { self.from_day > self.to_day } else { self.from_ms >= self.to_ms }
    }

    /// Returns the range of the same length that ends where this one begins.
    #[must_use]
    pub fn previous(&self, zone: &TimeZone) -> Option<Self> {
        if self.whole_days {
            return self.back(i64::from(self.days()).days(), zone);
        }
        let at = |ms| Timestamp::from_millisecond(ms).ok();
        Self::of_moments(at(self.from_ms - self.length_ms()), at(self.from_ms - 1000), zone).filter(Self::is_storable)
    }

    /// Returns the range a year before, by the calendar.
    #[must_use]
    pub fn year_before(&self, zone: &TimeZone) -> Option<Self> {
        self.back(1.year(), zone)
    }

    /// Returns the range that much earlier by the calendar.
    #[must_use]
    pub fn back(&self, span: Span, zone: &TimeZone) -> Option<Self> {
        if self.whole_days {
            let earlier = |day| date_of_day(day).checked_sub(span).ok();
            return Self::of_dates(earlier(self.from_day)?, earlier(self.to_day)?, zone).filter(Self::is_storable);
        }
        let at = |ms| {
            let zoned = Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone());
            Some(zoned.checked_sub(span).ok()?.timestamp())
        };
        Self::of_moments(at(self.from_ms), at(self.to_ms - 1000), zone).filter(Self::is_storable)
    }

    /// Returns the number of local days that the range touches.
    #[must_use]
    pub fn days(&self) -> u32 {
        u32::from(self.to_day.saturating_sub(self.from_day)) + 1
    }

    #[must_use]
    pub const fn length_ms(&self) -> i64 {
        self.to_ms - self.from_ms
    }

    /// Returns the first and the last second as RFC 3339 with the site's offset.
    #[must_use]
    pub fn to_texts(&self, zone: &TimeZone) -> [String; 2] {
        [self.from_ms, self.to_ms - 1000].map(|ms| {
            let at = Timestamp::from_millisecond(ms).unwrap_or_default();
            at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        })
    }
}

/// Returns the date of a day since the Unix epoch.
#[must_use]
pub fn date_of_day(day: u16) -> civil::Date {
    EPOCH.saturating_add(Span::new().days(day))
}

/// Returns the days since the Unix epoch, for the dates that the table can hold: 1970-01-01 to 2149-06-06.
#[must_use]
pub fn day_of_date(date: civil::Date) -> Option<u16> {
    u16::try_from((date - EPOCH).get_days()).ok()
}

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// Returns the first moment of a local day, which is not 00:00 where the clock skips midnight.
fn midnight_ms(date: civil::Date, zone: &TimeZone) -> Option<i64> {
    let midnight = zone.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(midnight.as_millisecond())
}

/// Returns the second that a moment lies in; for moments before 1970 too.
fn second(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(1000)
}

const DATE_LENGTH: usize = "2026-01-01".len();

/// Parses `2026-01-01`, and no other form, for the parser of dates takes times too.
fn date(text: &str) -> Option<civil::Date> {
    if text.len() == DATE_LENGTH { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::fixture::{now, sofia, zone};

    fn texts(text: &str, zone: &TimeZone, now: &str, first_day: Option<u16>) -> String {
        let range = DateRange::from_text(text).unwrap().resolve(zone, now.parse().unwrap(), first_day).unwrap();
        let days = [range.from_day, range.to_day].map(|day| date_of_day(day).to_string()).join("..");
        format!("{days} {}", range.to_texts(zone).join(" "))
    }

    #[test]
    fn goes_back_by_its_own_length_and_by_a_year() {
        let range = |text: &str| {
            let range = DateRange::from_text(text).unwrap();
            range.resolve(&sofia(), "2026-11-23T22:10:00Z".parse().unwrap(), None).unwrap()
        };
        let told = |range: Option<Range>| range.unwrap().to_texts(&sofia()).map(|text| text[..19].to_owned()).join(" ");
        let week = range("2026-11-17,2026-11-23");
        assert_eq!(told(week.previous(&sofia())), "2026-11-10T00:00:00 2026-11-16T23:59:59");
        assert_eq!(told(week.year_before(&sofia())), "2025-11-17T00:00:00 2025-11-23T23:59:59");
        let hour = range("2026-11-23T12:00:00,2026-11-23T12:59:59");
        assert_eq!(told(hour.previous(&sofia())), "2026-11-23T11:00:00 2026-11-23T11:59:59");
        assert_eq!(told(hour.year_before(&sofia())), "2025-11-23T12:00:00 2025-11-23T12:59:59");
        assert_eq!(range("1970-01-02,1970-01-05").previous(&sofia()), None, "before there was time");
    }

    #[test]
    fn every_form_means_days_and_seconds_of_the_sites_clock() {
        // Tuesday, 24 November 2026, 00:10 in Sofia; still Monday in UTC.
        let now = "2026-11-23T22:10:00Z";
        let winter = |days: &str| {
            let (from, to) = days.split_once("..").unwrap();
            format!("{days} {from}T00:00:00+02:00 {to}T23:59:59+02:00")
        };
        let cases = [
            ("day", winter("2026-11-24..2026-11-24")),
            ("7d", winter("2026-11-18..2026-11-24")),
            ("28d", winter("2026-10-28..2026-11-24")),
            ("month", winter("2026-11-01..2026-11-24")),
            ("1mo", winter("2026-11-01..2026-11-24")),
            ("year", winter("2026-01-01..2026-11-24")),
            ("all", winter("2026-02-03..2026-11-24")),
            ("2026-11-01,2026-11-02", winter("2026-11-01..2026-11-02")),
            ("30d", "2026-10-26..2026-11-24 2026-10-26T00:00:00+02:00 2026-11-24T23:59:59+02:00".into()),
            ("91d", "2026-08-26..2026-11-24 2026-08-26T00:00:00+03:00 2026-11-24T23:59:59+02:00".into()),
            ("6mo", "2026-06-01..2026-11-24 2026-06-01T00:00:00+03:00 2026-11-24T23:59:59+02:00".into()),
            ("12mo", "2025-12-01..2026-11-24 2025-12-01T00:00:00+02:00 2026-11-24T23:59:59+02:00".into()),
            ("24h", "2026-11-23..2026-11-24 2026-11-23T00:10:00+02:00 2026-11-24T00:10:00+02:00".into()),
            (
                "2026-11-23T12:00:00+00:00,2026-11-23T22:59:59Z",
                "2026-11-23..2026-11-24 2026-11-23T14:00:00+02:00 2026-11-24T00:59:59+02:00".into(),
            ),
            (
                "2026-11-23T12:00:00,2026-11-23T12:04:59",
                "2026-11-23..2026-11-23 2026-11-23T12:00:00+02:00 2026-11-23T12:04:59+02:00".into(),
            ),
        ];
        let first_day = day_of_date(civil::date(2026, 2, 3));
        for (text, expected) in cases {
            assert_eq!(texts(text, &sofia(), now, first_day), expected, "{text}");
        }
    }

    #[test]
    fn a_local_day_has_as_many_hours_as_its_clock_says() {
        let cases = [
            ("Europe/Sofia", "2026-03-29", 23 * 60),
            ("Europe/Sofia", "2026-10-25", 25 * 60),
            ("Asia/Kathmandu", "2026-10-25", 24 * 60),
            ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),
            // The clock skips midnight: the day begins at 01:00.
            ("Africa/Cairo", "2026-04-24", 23 * 60),
            // The hour before midnight happens twice.
            ("Africa/Cairo", "2026-10-29", 25 * 60),
            // A day that Samoa never had.
            ("Pacific/Apia", "2011-12-30", 0),
        ];
        for (name, day, minutes) in cases {
            let range = DateRange::from_text(&format!("{day},{day}")).unwrap();
            let range = range.resolve(&zone(name), now(), None).unwrap();
            assert_eq!(range.length_ms(), minutes * 60_000, "{name} {day}");
            assert_eq!(range.days(), 1, "{name} {day}");
        }
    }

    #[test]
    fn all_is_today_without_data_and_never_longer_than_ten_years() {
        assert!(texts("all", &sofia(), "2026-11-23T17:40:00Z", None).starts_with("2026-11-23..2026-11-23 "));
        assert!(texts("all", &sofia(), "2026-11-23T17:40:00Z", Some(1)).starts_with("2016-11-23..2026-11-23 "));
        // A clock that went wrong does not turn the range around.
        assert!(texts("all", &sofia(), "2026-11-23T17:40:00Z", Some(u16::MAX)).starts_with("2026-11-23..2026-11-23 "));
    }

    #[test]
    fn refuses_other_texts() {
        let texts = [
            "",
            "d",
            "0d",
            "-7d",
            "7",
            "7D",
            "7dd",
            "+7d",
            "70000d",
            "week",
            "2026-01-01",
            "2026-01-01,",
            "20260101,20260102",
            "2026-01-01,2026-01-02T00:00:00Z",
            "2026-01-01,2026-01-02,2026-01-03",
            "\0",
            "ю",
        ];
        for text in texts {
            let error = DateRange::from_text(text).expect_err(text);
            assert_eq!(error.pointer, "/date_range");
        }
    }
}
