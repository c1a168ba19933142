//! Owns the bounds of what a beacon may say, and the few conversions that enforce them.

use std::{collections::BTreeMap, time::Duration};

use super::rejection::Rejection;
use crate::model::names::printable;

/// Most events in one request.
pub const EVENTS: usize = 100;
/// Longest URL that is read; the rest is cut by the tracker, and refused here.
pub const URL_BYTES: usize = 4096;
/// Longest name of a custom event, bytes.
pub const EVENT_NAME_BYTES: usize = 120;
/// Most properties of a custom event, and the longest key and value in bytes (those of Plausible).
pub const PROPS: usize = 30;
pub const PROP_KEY_BYTES: usize = 300;
pub const PROP_VALUE_BYTES: usize = 2000;
/// Largest page and position, CSS pixels.
pub const PAGE_PIXELS: u32 = 10_000_000;
/// Largest viewport, CSS pixels.
pub const VIEWPORT_PIXELS: u32 = 65_535;
/// Longest time that one report may claim, milliseconds: a day.
pub const REPORT_MS: u32 = 86_400_000;
/// Most landmarks in a report of scrolling.
pub const LANDMARKS: usize = 40;
/// Most boxes in a layout sample.
pub const BOXES: usize = 600;
/// Longest time that a web vital may claim, milliseconds: an hour.
pub const VITAL_MS: u32 = 3_600_000;
/// Largest cumulative layout shift. Honest ones are seldom above 10.
pub const LAYOUT_SHIFT: f64 = 1000.0;
/// How far back a browser may date an event; what is older is dated to its arrival.
pub const BACKDATE: Duration = Duration::from_mins(30);

/// Returns when a fact happened that was reported `ago_ms` after it.
#[must_use]
pub fn dated(received_at_ms: i64, ago_ms: u64) -> i64 {
    match i64::try_from(ago_ms) {
        Ok(ago) if u128::from(ago_ms) <= BACKDATE.as_millis() => received_at_ms - ago,
        _ => received_at_ms,
    }
}

/// Refuses a number above `limit`.
pub fn at_most(value: u32, limit: u32, pointer: &str) -> Result<u32, Rejection> {
    if value > limit {
        return Err(Rejection::value(pointer, format!("it is {value}, at most {limit} is allowed")));
    }
    Ok(value)
}

/// Refuses text that is longer than `limit` bytes.
pub fn short<'a>(text: &'a str, limit: usize, pointer: &str) -> Result<&'a str, Rejection> {
    if text.len() > limit {
        return Err(Rejection::value(pointer, format!("it is longer than {limit} bytes")));
    }
    Ok(text)
}

/// Checks the name of a custom event.
pub fn event_name(name: &str, pointer: &str) -> Result<String, Rejection> {
    let name = short(name.trim(), EVENT_NAME_BYTES, pointer)?;
    if name.is_empty() {
        return Err(Rejection::value(pointer, "it is empty"));
    }
    Ok(printable(name).into_owned())
}

/// Checks the properties of a custom event.
pub fn props(raw: BTreeMap<String, String>, pointer: &str) -> Result<BTreeMap<String, String>, Rejection> {
    if raw.len() > PROPS {
        return Err(Rejection::value(pointer, format!("it has {} properties, at most {PROPS} are allowed", raw.len())));
    }
    for (key, value) in &raw {
        short(key, PROP_KEY_BYTES, pointer)?;
        short(value, PROP_VALUE_BYTES, pointer)?;
    }
    Ok(raw.into_iter().map(|(key, value)| (clean(key), clean(value))).collect())
}

fn clean(text: String) -> String {
    if text.contains(char::is_control) { printable(&text).into_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dated_too_far_back_counts_as_now() {
        assert_eq!(dated(10_000_000, 5_000), 9_995_000);
        assert_eq!(dated(10_000_000, 86_400_000), 10_000_000);
        assert_eq!(dated(10_000_000, u64::MAX), 10_000_000);
    }
}
