//! Owns the versions of a page's layout: since when it stands as it does, and as what it stood before.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{
    error::HeatmapError,
    rows::{Columns, Row},
};

/// Least share of elements that two days of one version have in common.
const LEAST_COMMON: f32 = 0.5;

/// A time in which the layout stayed what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    /// First and last sample.
    pub from: Timestamp,
    pub to: Timestamp,
    pub samples: u64,
}

struct Day {
    from_ms: i64,
    to_ms: i64,
    samples: u64,
    keys: Vec<u64>,
}

/// Reads the answer to `query::versions`: the newest version comes first.
///
/// A version ends where a day has less than half of its elements in common with the day that came after it. One odd day between
/// days that are alike is none.
pub fn read(rows: &[Row]) -> Result<Vec<Version>, HeatmapError> {
    let days: Vec<Day> = rows.iter().map(Day::read).collect::<Result<_, _>>()?;
    let mut versions: Vec<Version> = Vec::new();
    let mut known: &[u64] = &[];
    for (at, day) in days.iter().enumerate() {
        let same = is_like(&day.keys, known);
        let passing = !same && days.get(at + 1).is_some_and(|before| is_like(&before.keys, known));
        match versions.last_mut() {
            Some(version) if same || passing => {
                version.from = moment(day.from_ms);
                version.samples += day.samples;
            }
            Some(_) | None => {
                versions.push(Version { from: moment(day.from_ms), to: moment(day.to_ms), samples: day.samples });
            }
        }
        if !passing {
            known = &day.keys;
        }
    }
    Ok(versions)
}

impl Day {
    fn read(row: &Row) -> Result<Self, HeatmapError> {
        let columns = Columns::new("versions", row);
        let keys = columns.list(4)?.iter().filter_map(Value::as_u64).collect();
        Ok(Self {
            from_ms: columns.count(0)?.cast_signed(),
            to_ms: columns.count(1)?.cast_signed(),
            samples: columns.count(2)?,
            keys,
        })
    }
}

fn is_like(a: &[u64], b: &[u64]) -> bool {
    let common = a.iter().filter(|key| b.binary_search(key).is_ok()).count();
    let all = a.len() + b.len() - common;
    all == 0 || common as f32 >= LEAST_COMMON * all as f32
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn day(number: i64, keys: std::ops::Range<u64>) -> Row {
        let from = number * 86_400_000;
        vec![json!(from), json!(from + 1000), json!(3), json!(2000), json!(keys.collect::<Vec<_>>())]
    }

    fn told(rows: &[Row]) -> Vec<(String, u64)> {
        let versions = read(rows).unwrap();
        versions.iter().map(|version| (version.from.to_string()[..10].to_owned(), version.samples)).collect()
    }

    #[test]
    fn a_redesign_begins_a_version() {
        let rows = [day(20_000, 0..20), day(19_999, 1..20), day(19_990, 50..70), day(19_980, 50..71)];
        assert_eq!(told(&rows), [("2024-10-03".to_owned(), 6), ("2024-09-14".to_owned(), 6)]);
    }

    #[test]
    fn elements_that_come_and_go_one_by_one_are_no_redesign() {
        let rows: Vec<Row> =
            (0..40).map(|back| day(20_000 - back, back.unsigned_abs()..back.unsigned_abs() + 20)).collect();
        assert_eq!(told(&rows).len(), 1);
    }

    #[test]
    fn one_odd_day_is_no_version() {
        let rows = [day(20_000, 0..20), day(19_999, 90..99), day(19_998, 0..20)];
        assert_eq!(told(&rows), [("2024-10-02".to_owned(), 9)]);
        assert_eq!(told(&[]), []);
    }
}
