//! Owns the small questions around reports whose SQL does not depend on a query.

use crate::{
    model::{
        SiteId,
        names::{OVERFLOW, OVERFLOW_PATHNAME},
    },
    reports::date_range::Range,
    store::statement::Statement,
};

/// How long after their last sign of life a visitor is "here".
const HERE_MS: i64 = 5 * 60 * 1000;
const DAY_MS: i64 = 86_400_000;

/// Composes the count of visitors with a sign of life in the five minutes up to `now_ms`: what the live view knows
/// from memory, for who has no memory of them.
#[must_use]
pub fn current_visitors(site: SiteId, now_ms: i64) -> Statement {
    let from_ms = now_ms - HERE_MS;
    // Days are local; none is more than a day away from that of UTC.
    let from_day = (from_ms / DAY_MS - 1).max(0);
    Statement::new(
        "SELECT uniqExact(visitor_id) FROM events WHERE site_id = {site:UInt32} AND day >= toDate({from_day:UInt16}) \
         AND at > fromUnixTimestamp64Milli({from_ms:Int64}) AND at <= fromUnixTimestamp64Milli({now_ms:Int64})",
    )
    .bind("site", site.get())
    .bind("from_day", from_day)
    .bind("from_ms", from_ms)
    .bind("now_ms", now_ms)
}

/// Composes the question for the first local day with data, in days since the Unix epoch; no row where there is
/// none. It reads only the beginning of the site's rows.
#[must_use]
pub fn first_day(site: SiteId) -> Statement {
    Statement::new("SELECT toUInt16(day) FROM events WHERE site_id = {site:UInt32} ORDER BY site_id, day LIMIT 1")
        .bind("site", site.get())
}

/// Composes the counts of outcomes by bucket (its position, from one), fate and reason. `starts` are where the buckets
/// begin, seconds since the epoch. Offsets of time zones are multiples of a quarter of an hour, so that rows can be put
/// together by quarters before a bucket is looked up for each.
#[must_use]
pub fn outcomes(site: SiteId, range: &Range, starts: &[u64]) -> Statement {
    Statement::new(
        "SELECT arrayLastIndex(start -> start <= quarter, {starts:Array(UInt64)}) AS bucket, outcome, reason, sum(counted) \
         FROM (SELECT toUnixTimestamp(toStartOfFifteenMinutes(minute)) AS quarter, toString(outcome) AS outcome, \
                      toString(reason) AS reason, sum(events) AS counted \
               FROM outcomes WHERE site_id = {site:UInt32} \
               AND minute >= fromUnixTimestamp({from_s:Int64}) AND minute < fromUnixTimestamp({to_s:Int64}) \
               GROUP BY quarter, outcome, reason) \
         GROUP BY bucket, outcome, reason HAVING bucket > 0 ORDER BY bucket, outcome, reason",
    )
    .bind("starts", starts.to_vec())
    .bind("site", site.get())
    .bind("from_s", range.from_ms.div_euclid(1000))
    .bind("to_s", range.to_ms.div_euclid(1000))
}

/// Composes the counts of events whose path, name or property key was over the day's cap.
#[must_use]
pub fn overflow(site: SiteId, range: &Range) -> Statement {
    Statement::new(
        "SELECT countIf(pathname = {pathname:String}), countIf(name = {name:String}), \
         countIf(mapContains(props, {name:String})) FROM events WHERE site_id = {site:UInt32} \
         AND day >= toDate({from_day:UInt16}) AND day <= toDate({to_day:UInt16})",
    )
    .bind("pathname", OVERFLOW_PATHNAME)
    .bind("name", OVERFLOW)
    .bind("site", site.get())
    .bind("from_day", range.from_day)
    .bind("to_day", range.to_day)
}
