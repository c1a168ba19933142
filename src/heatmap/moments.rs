//! Owns the frames of a moving map: which moments belong to which, and what is written on them.

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::{params::Frames, query::Moments};
use crate::reports::Range;

/// Where the stretches since the load of a page begin, in seconds: short at first, where most happens.
const SINCE_LOAD_S: [u32; 10] = [0, 2, 5, 10, 15, 20, 30, 45, 60, 120];

/// Most local hours that are told apart: of a range that is longer, its last days count.
const MOST_HOURS: usize = 24 * 180;

/// Returns which moments belong to which frame, and what is written on each frame.
#[must_use]
pub fn moments(frames: Frames, range: &Range, zone: &TimeZone) -> (Moments, Vec<String>) {
    match frames {
        Frames::Hours => {
            let labels = (0..24).map(|hour| format!("{hour:02}:00–{:02}:00", hour + 1)).collect();
            let (starts, frames) = hours(range, zone);
            (Moments::OfDay { starts, frames }, labels)
        }
        Frames::Load => {
            let ends = SINCE_LOAD_S.iter().skip(1).map(|&end| Some(end)).chain([None]);
            let labels = SINCE_LOAD_S.iter().zip(ends).map(|(start, end)| match end {
                Some(end) => format!("{start}–{end} s after load"),
                None => format!("later than {start} s"),
            });
            let starts = SINCE_LOAD_S.map(|seconds| u64::from(seconds) * 1000).to_vec();
            (Moments::SinceLoad { starts }, labels.collect())
        }
    }
}

/// Returns the beginning of every hour of the range on the site's clock (s since the Unix epoch), and which hour it shows.
/// TRICKY: twice a year an hour is missing or comes twice, and not all zones are whole hours from UTC: the clock is asked.
fn hours(range: &Range, zone: &TimeZone) -> (Vec<u64>, Vec<u64>) {
    let at = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or_default();
    let (first, end) = (at(range.from_ms), at(range.to_ms));
    let length_hours = usize::try_from(range.length_ms() / 3_600_000).unwrap_or_default();
    let skipped = i64::try_from(length_hours.saturating_sub(MOST_HOURS)).unwrap_or_default();
    let mut moment = first + skipped.hours();
    let (mut starts, mut frames) = (Vec::new(), Vec::new());
    while moment < end {
        let shown = moment.to_zoned(zone.clone());
        let into_hour = i64::from(shown.minute()) * 60 + i64::from(shown.second());
        let start = moment - into_hour.seconds();
        starts.push(u64::try_from(start.as_second()).unwrap_or_default());
        frames.push(u64::from(shown.hour().unsigned_abs()));
        moment = start + 1.hour();
    }
    (starts, frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::DateRange;

    fn hours_of(text: &str, zone: &str) -> Vec<u64> {
        let zone = TimeZone::get(zone).unwrap();
        let range = DateRange::from_text(text).unwrap().resolve(&zone, Timestamp::now(), None).unwrap();
        let (Moments::OfDay { starts, frames }, labels) = moments(Frames::Hours, &range, &zone) else { panic!() };
        assert_eq!((starts.len(), labels.len()), (frames.len(), 24));
        assert!(starts.windows(2).all(|pair| pair[0] < pair[1]));
        frames
    }

    #[test]
    fn an_hour_is_what_the_sites_clock_shows() {
        assert_eq!(hours_of("2026-01-10,2026-01-10", "Europe/Sofia"), (0..24).collect::<Vec<u64>>());
        let spring: Vec<u64> = [0, 1, 2].into_iter().chain(4..24).collect();
        assert_eq!(hours_of("2026-03-29,2026-03-29", "Europe/Sofia"), spring);
        let autumn: Vec<u64> = [0, 1, 2, 3].into_iter().chain(3..24).collect();
        assert_eq!(hours_of("2026-10-25,2026-10-25", "Europe/Sofia"), autumn);
        assert_eq!(hours_of("2026-01-10,2026-01-11", "Asia/Kolkata").len(), 48);
    }

    #[test]
    fn a_long_range_stays_bounded() {
        assert_eq!(hours_of("2020-01-01,2026-01-01", "UTC").len(), MOST_HOURS);
    }

    #[test]
    fn time_since_load_has_its_labels() {
        let range = DateRange::from_text("7d").unwrap().resolve(&TimeZone::UTC, Timestamp::now(), None).unwrap();
        let (Moments::SinceLoad { starts }, labels) = moments(Frames::Load, &range, &TimeZone::UTC) else { panic!() };
        assert_eq!((starts[1], labels[1].as_str(), labels[9].as_str()), (2000, "2–5 s after load", "later than 120 s"));
    }
}
