//! Owns the time buckets of a report: where they begin, in the site's zone, and what they are called.
//! SQL is given the beginnings as values and does no zone arithmetic.

use jiff::{ToSpan, civil, tz::TimeZone};

use super::date_range::{Range, date_of_day};

/// Most buckets of one report. It keeps the parameter below the 128 KiB that ClickHouse takes in a field
/// (`http_max_field_value_size`), and is a year of hours.
pub const MAX_BUCKETS: usize = 10_000;

const MINUTE_S: i64 = 60;
const HOUR_S: i64 = 3600;

/// Into what pieces time is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interval {
    Minute,
    Hour,
    Day,
    /// From Monday to Sunday, as ISO 8601 has it.
    Week,
    Month,
}

/// What a bucket's key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Seconds since the Unix epoch.
    Second,
    /// Local days since the Unix epoch.
    Day,
}

/// One piece of time. It reaches to the beginning of the next, the last one to the end of the range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Where it begins, within the range; see [`Interval::key`].
    pub key: u32,
    /// `2026-11-23`, or `2026-11-23 10:00:00` on the site's clock.
    pub label: String,
}

/// Every bucket of a range.
///
/// # Guarantees
///
/// Keys rise strictly, the first is the beginning of the range, and every moment of the range lies in exactly one
/// bucket. Labels of hours and longer differ, but in zones that turn the clock back by two hours at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buckets {
    pub interval: Interval,
    pub list: Vec<Bucket>,
}

impl Interval {
    pub const ALL: [Self; 5] = [Self::Minute, Self::Hour, Self::Day, Self::Week, Self::Month];

    /// Returns the word of JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Returns what the keys of this interval's buckets count. A day is what the events say it is: their
    /// column `day` was cut in the site's zone when they came.
    #[must_use]
    pub const fn key(self) -> Key {
        match self {
            Self::Minute | Self::Hour => Key::Second,
            Self::Day | Self::Week | Self::Month => Key::Day,
        }
    }

    /// Returns the interval that plain `time` means for a range; Plausible's steps.
    #[must_use]
    pub fn for_range(range: &Range) -> Self {
        let days = range.days();
        let last_second_s = range.length_ms() / 1000 - 1;
        if days <= 2 || last_second_s <= 48 * HOUR_S {
            return Self::Hour;
        }
        if days <= 41 {
            return Self::Day;
        }
        // 53 weeks less a day: what has at most 52 full weeks between its first and its last moment.
        if days <= 370 { Self::Week } else { Self::Month }
    }
}

impl Buckets {
    /// Cuts a range. Returns nothing if that gives more than [`MAX_BUCKETS`].
    #[must_use]
    pub fn cut(interval: Interval, range: &Range, zone: &TimeZone) -> Option<Self> {
        let list = match interval {
            Interval::Minute => clock_buckets(MINUTE_S, range, zone)?,
            Interval::Hour => clock_buckets(HOUR_S, range, zone)?,
            Interval::Day => day_buckets(range, |_| true, civil::Date::to_string)?,
            Interval::Week => {
                day_buckets(range, |date| date.weekday() == civil::Weekday::Monday, civil::Date::to_string)?
            }
            Interval::Month => day_buckets(range, |date| date.day() == 1, |date| date.first_of_month().to_string())?,
        };
        Some(Self { interval, list })
    }

    /// Returns the position of the bucket that holds a moment of the range.
    #[must_use]
    pub fn position(&self, key: u32) -> Option<usize> {
        self.list.partition_point(|bucket| bucket.key <= key).checked_sub(1)
    }

    /// Returns the position of the bucket with this key.
    #[must_use]
    pub fn index_of(&self, key: u32) -> Option<usize> {
        self.list.binary_search_by_key(&key, |bucket| bucket.key).ok()
    }

    pub(super) fn keys(&self) -> Vec<u64> {
        self.list.iter().map(|bucket| u64::from(bucket.key)).collect()
    }
}

/// Cuts a range at the days where `begins` holds; the first day of the range begins a bucket in any case.
fn day_buckets(
    range: &Range,
    begins: impl Fn(civil::Date) -> bool,
    label: impl Fn(&civil::Date) -> String,
) -> Option<Vec<Bucket>> {
    let mut buckets = Vec::new();
    for day in range.from_day..=range.to_day {
        let date = date_of_day(day);
        if day == range.from_day || begins(date) {
            buckets.push(Bucket { key: day.into(), label: label(&date) });
        }
        if buckets.len() > MAX_BUCKETS {
            return None;
        }
    }
    Some(buckets)
}

/// Cuts a range where the site's clock shows a full hour or minute. Between two turns of the clock the offset from
/// UTC is constant, and so is the distance of the cuts.
fn clock_buckets(step_s: i64, range: &Range, zone: &TimeZone) -> Option<Vec<Bucket>> {
    let (from_s, to_s) = (range.from_ms.div_euclid(1000), range.to_ms.div_euclid(1000));
    if usize::try_from((to_s - from_s) / step_s).ok()? > MAX_BUCKETS {
        return None;
    }
    let mut buckets: Vec<Bucket> = Vec::new();
    let mut at_s = from_s;
    let from = jiff::Timestamp::from_second(from_s).ok()?;
    let mut offset_s = i64::from(zone.to_offset(from).seconds());
    let mut turns = zone.following(from);
    while at_s < to_s {
        let turn = turns.next();
        let until_s = turn.as_ref().map_or(to_s, |turn| turn.timestamp().as_second().min(to_s));
        while at_s < until_s {
            let on_clock_s = (at_s + offset_s).div_euclid(step_s) * step_s;
            let label = clock_label(on_clock_s)?;
            // TRICKY: a turn of the clock can fall inside an hour, or show the same hour again. One reading of the
            // clock is one bucket, so the repeated hour is a bucket of two hours and labels stay unique.
            if buckets.last().is_none_or(|last| last.label != label) {
                buckets.push(Bucket { key: u32::try_from(at_s).ok()?, label });
            }
            at_s = (on_clock_s + step_s - offset_s).min(until_s);
        }
        offset_s = turn.map_or(offset_s, |turn| i64::from(turn.offset().seconds()));
    }
    Some(buckets)
}

/// Returns what the clock shows this many seconds after 1970-01-01 00:00:00 on the clock itself.
fn clock_label(on_clock_s: i64) -> Option<String> {
    let shown = civil::date(1970, 1, 1).at(0, 0, 0, 0).checked_add(on_clock_s.seconds()).ok()?;
    Some(shown.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::reports::{
        date_range::DateRange,
        fixture::{now, zone},
    };

    fn range(text: &str, zone: &TimeZone) -> Range {
        DateRange::from_text(text).unwrap().resolve(zone, now(), None).unwrap()
    }

    fn labels(interval: Interval, text: &str, name: &str) -> Vec<String> {
        let zone = zone(name);
        let buckets = Buckets::cut(interval, &range(text, &zone), &zone).unwrap();
        buckets.list.into_iter().map(|bucket| bucket.label).collect()
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = labels(Interval::Week, "2026-11-20,2026-12-01", "Europe/Sofia");
        assert_eq!(weeks, ["2026-11-20", "2026-11-23", "2026-11-30"]);
        let months = labels(Interval::Month, "2026-11-20,2027-01-01", "Europe/Sofia");
        assert_eq!(months, ["2026-11-01", "2026-12-01", "2027-01-01"]);
    }

    #[test]
    fn the_first_bucket_of_hours_is_named_by_the_clocks_hour() {
        let hours = labels(Interval::Hour, "2026-11-23T10:59:30+05:30,2026-11-23T12:00:00+05:30", "Asia/Kolkata");
        assert_eq!(hours, ["2026-11-23 10:00:00", "2026-11-23 11:00:00", "2026-11-23 12:00:00"]);
    }

    #[test]
    fn an_hour_that_the_clock_skips_is_no_bucket_and_one_that_it_repeats_is_one() {
        let spring = labels(Interval::Hour, "2026-03-29,2026-03-29", "Europe/Sofia");
        assert_eq!(spring.len(), 23);
        assert_eq!(spring[2..4], ["2026-03-29 02:00:00", "2026-03-29 04:00:00"]);
        let zone = zone("Europe/Sofia");
        let autumn = Buckets::cut(Interval::Hour, &range("2026-10-25,2026-10-25", &zone), &zone).unwrap();
        assert_eq!(autumn.list.len(), 24);
        assert_eq!(autumn.list[3].label, "2026-10-25 03:00:00");
        assert_eq!(autumn.list[4].key - autumn.list[3].key, 2 * 3600);
    }

    #[test]
    fn plain_time_means_hours_then_days_then_weeks_then_months() {
        let cases = [
            ("day", Interval::Hour),
            ("24h", Interval::Hour),
            ("2026-11-20,2026-11-21", Interval::Hour),
            ("2026-11-20T12:00:00Z,2026-11-22T12:00:00Z", Interval::Hour),
            ("2026-11-20,2026-11-22", Interval::Day),
            ("30d", Interval::Day),
            ("41d", Interval::Day),
            ("42d", Interval::Week),
            ("91d", Interval::Week),
            ("366d", Interval::Week),
            ("371d", Interval::Month),
        ];
        for (text, expected) in cases {
            assert_eq!(Interval::for_range(&range(text, &zone("UTC"))), expected, "{text}");
        }
    }

    #[test]
    fn too_many_buckets_are_none() {
        let utc = zone("UTC");
        assert!(Buckets::cut(Interval::Hour, &range("366d", &utc), &utc).is_some());
        assert!(Buckets::cut(Interval::Hour, &range("417d", &utc), &utc).is_none());
        assert!(Buckets::cut(Interval::Minute, &range("8d", &utc), &utc).is_none());
        assert!(Buckets::cut(Interval::Day, &range("3653d", &utc), &utc).is_some());
    }

    const ZONES: [&str; 11] = [
        "UTC",
        "Europe/Sofia",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "America/Havana",
        "Africa/Cairo",
        "Asia/Beirut",
        "Pacific/Apia",
        "Antarctica/Troll",
    ];

    fn ranges() -> impl Strategy<Value = (TimeZone, Range)> {
        let ten_days_s = 10 * 24 * 3600_i64;
        (0..ZONES.len(), 1_262_304_000..2_051_222_400_i64, 0..ten_days_s).prop_map(|(place, from_s, length_s)| {
            let zone = zone(ZONES[place]);
            let moment = |second| Timestamp::from_second(second).unwrap().to_string();
            let text = format!("{},{}", moment(from_s), moment(from_s + length_s));
            let range = range(&text, &zone);
            (zone, range)
        })
    }

    /// Returns the moment so many millionths into the range.
    fn moment_in(range: &Range, millionths: i64) -> Timestamp {
        Timestamp::from_millisecond(range.from_ms + range.length_ms() * millionths / 1_000_000).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_moment_lies_in_the_bucket_of_its_hour((zone, range) in ranges(), share in 0..1_000_000_i64) {
            let buckets = Buckets::cut(Interval::Hour, &range, &zone).unwrap();
            prop_assert_eq!(i64::from(buckets.list[0].key) * 1000, range.from_ms);
            prop_assert!(buckets.list.is_sorted_by(|one, next| one.key < next.key && one.label != next.label));
            let at = moment_in(&range, share);
            let place = buckets.position(u32::try_from(at.as_second()).unwrap()).unwrap();
            let shown = zone.to_datetime(at).strftime("%Y-%m-%d %H:00:00").to_string();
            prop_assert_eq!(&buckets.list[place].label, &shown);
        }

        #[test]
        fn every_moment_lies_in_the_bucket_of_its_minute((zone, range) in ranges(), share in 0..1_000_000_i64) {
            let day = Range { to_ms: range.to_ms.min(range.from_ms + 86_400_000), ..range };
            let buckets = Buckets::cut(Interval::Minute, &day, &zone).unwrap();
            prop_assert!(buckets.list.is_sorted_by(|one, next| one.key < next.key));
            let at = moment_in(&day, share);
            let place = buckets.position(u32::try_from(at.as_second()).unwrap()).unwrap();
            let shown = zone.to_datetime(at).strftime("%Y-%m-%d %H:%M:00").to_string();
            prop_assert_eq!(&buckets.list[place].label, &shown);
        }

        #[test]
        fn every_day_lies_in_the_bucket_of_its_week_and_month((zone, range) in ranges(), share in 0..1_000_000_i64) {
            let date = zone.to_datetime(moment_in(&range, share)).date();
            let day = u32::from(crate::reports::date_range::day_of_date(date).unwrap());
            let label = |interval| {
                let buckets = Buckets::cut(interval, &range, &zone).unwrap();
                buckets.list[buckets.position(day).unwrap()].label.clone()
            };
            prop_assert_eq!(label(Interval::Day), date.to_string());
            prop_assert_eq!(label(Interval::Month), date.first_of_month().to_string());
            let monday = date.checked_sub(i64::from(date.weekday().to_monday_zero_offset()).days()).unwrap();
            prop_assert_eq!(label(Interval::Week), monday.max(date_of_day(range.from_day)).to_string());
        }
    }
}
