//! Owns the question how many were on a site at the same time, as the table of minutes tells. What is put into it comes through the
//! spool.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use super::{client::Client, error::StoreError, statement::Statement};

/// A stretch of time with anybody in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Serialize, Deserialize)]
pub struct Stretch {
    /// Its place in the range, from 0.
    pub place: u32,
    /// Sum over its minutes of how many were here when each ended.
    pub visitor_minutes: u64,
    /// Most at one moment.
    pub peak: u64,
    /// The minute of the peak, the first one if there are several; minutes since the epoch.
    pub peak_minute: u32,
}

/// Returns the stretches of `step` minutes from one minute up to before another, those with anybody.
///
/// Rows of one node and minute go by their largest, for one is of before a restart; nodes add up.
pub async fn history(
    client: &Client,
    site_id: u32,
    minutes: std::ops::Range<u32>,
    step: u32,
) -> Result<Vec<Stretch>, StoreError> {
    let statement = Statement::new(
        "SELECT toUInt32(intDiv(number - {from:UInt32}, {step:UInt32})) AS place,
            sum(visitors) AS visitor_minutes, max(peak) AS peak, toUInt32(argMin(number, (-toInt64(peak), number))) AS peak_minute
         FROM (
            SELECT number, sum(visitors) AS visitors, sum(peak) AS peak
            FROM (
                SELECT intDiv(toUnixTimestamp(minute), 60) AS number, node, max(visitors) AS visitors, max(peak) AS peak
                FROM concurrency
                WHERE site_id = {site_id:UInt32}
                  AND minute >= toDateTime({from:UInt32} * 60, 'UTC') AND minute < toDateTime({to:UInt32} * 60, 'UTC')
                GROUP BY number, node
                SETTINGS prefer_column_name_to_alias = 1
            )
            GROUP BY number
            SETTINGS prefer_column_name_to_alias = 1
         )
         GROUP BY place
         ORDER BY place
         SETTINGS prefer_column_name_to_alias = 1",
    );
    let statement = statement.bind("site_id", site_id).bind("step", step);
    client.select(&statement.bind("from", minutes.start).bind("to", minutes.end)).await
}
