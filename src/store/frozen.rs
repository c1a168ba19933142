//! Owns frozen days: closed days of a site that were counted once, by everything that reports group by, and whether the counts
//! are still those of the rows. It does not know when a day is closed, and composes no reports.
//!
//! A visitor lives one local day, so visitors of days add up, and so does what lies within a day. Visits that cross midnight are
//! left out of the counts of visits, and their rows are kept beside them ([`CROSSING`]).
//!
//! A day is good as long as its [`Mark`] is the same. Nothing that adds or removes rows has to know of frozen days.

use std::{collections::BTreeMap, ops::RangeInclusive};

use super::{client::Client, error::StoreError, statement::Statement};

/// Name of the table with the rows of visits that cross midnight.
pub const CROSSING: &str = "crossing";

/// The grouping of a whole day.
pub const TOTAL: &str = "total";
/// The grouping by hours: their beginnings, in seconds since the Unix epoch.
pub const HOUR: &str = "hour";
/// The grouping by the names of events, pageviews among them.
pub const NAME: &str = "name";

/// Groupings by a column, each with the column that it has where whole visits are described.
const COLUMNS: [(&str, &str); 20] = [
    ("pathname", "entry_pathname"),
    ("hostname", "entry_hostname"),
    ("entry_pathname", "entry_pathname"),
    ("entry_hostname", "entry_hostname"),
    ("referrer", "referrer"),
    ("source", "source"),
    ("channel", "channel"),
    ("utm_source", "utm_source"),
    ("utm_medium", "utm_medium"),
    ("utm_campaign", "utm_campaign"),
    ("utm_content", "utm_content"),
    ("utm_term", "utm_term"),
    ("country", "country"),
    ("region", "region"),
    ("city", "city"),
    ("browser", "browser"),
    ("browser_version", "browser_version"),
    ("os", "os"),
    ("os_version", "os_version"),
    ("device", "device"),
];

/// Tables that are made of rows of `events`, and nothing else.
const TABLES: [&str; 3] = ["frozen_days", "frozen", CROSSING];

/// The background leaves a core to those who wait, and what does not fit goes through the disk.
const UNHURRIED: &str =
    "SETTINGS max_threads = 1, max_memory_usage = 400000000, max_bytes_before_external_group_by = 100000000";

/// Groupings that one statement counts by: each statement costs some, and each grouping some memory.
const GROUPINGS_AT_ONCE: usize = 6;

/// The rows of one day whose sessions began in one quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quarter {
    /// Days since the Unix epoch.
    day: u16,
    /// Seconds since the Unix epoch.
    begun: u32,
    rows: u64,
    checksum: u64,
}

/// What tells that the rows of a day are still the same, and so are those that its sessions have on the days beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// First and last quarter in which a session of the day began.
    first_begun: u32,
    last_begun: u32,
    /// Of the day, and of these quarters on the days beside it.
    rows: u64,
    checksum: u64,
}

/// A day whose counts are those of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenDay {
    /// Days since the Unix epoch.
    pub day: u16,
    /// Names the counts that were made together.
    pub freeze: u64,
    /// The zone in which hours were cut.
    pub zone: String,
}

/// A day that is to be frozen.
#[derive(Debug, Clone)]
pub struct Freezing {
    pub site_id: u32,
    /// Days since the Unix epoch.
    pub day: u16,
    /// See [`freeze_id`].
    pub freeze: u64,
    /// Beginnings of the hours of the day and of those beside it, seconds since the Unix epoch.
    pub hours: Vec<u64>,
    pub zone: String,
}

/// Bits of a freeze's number that are luck; those before count milliseconds.
const LUCK_BITS: u32 = 20;

/// Returns a number for counts that are made at this time. Two services that make the same counts get different ones.
#[must_use]
pub fn freeze_id(now_ms: i64, luck: u32) -> u64 {
    u64::try_from(now_ms).unwrap_or_default() << LUCK_BITS | u64::from(luck) & ((1 << LUCK_BITS) - 1)
}

/// Tells whether days are frozen by a column.
#[must_use]
pub fn is_by(column: &str) -> bool {
    COLUMNS.iter().any(|(name, _)| *name == column)
}

/// Returns which of the days are frozen, in their order.
pub async fn days(client: &Client, site_id: u32, days: RangeInclusive<u16>) -> Result<Vec<FrozenDay>, StoreError> {
    let recorded = recorded(client, site_id, &days).await?;
    let (Some((&first, _)), Some((&last, _))) = (recorded.first_key_value(), recorded.last_key_value()) else {
        return Ok(Vec::new());
    };
    let quarters = quarters(client, site_id, first..=last).await?;
    let good = recorded.into_values().filter(|(day, mark)| mark_of(day.day, &quarters) == Some(*mark));
    Ok(good.map(|(day, _)| day).collect())
}

/// Returns the site and day of all days with at least so many rows.
pub async fn large_days(client: &Client, rows: u64) -> Result<Vec<(u32, u16)>, StoreError> {
    let sql = "SELECT site_id, toUInt16(day) FROM events GROUP BY site_id, day HAVING count() >= {rows:UInt64}
        ORDER BY site_id, day DESC";
    client.select(&Statement::new(sql).bind("rows", rows)).await
}

/// Tells whether rows are being changed in place: then counts would be of neither state.
pub async fn is_changing(client: &Client) -> Result<bool, StoreError> {
    let sql =
        "SELECT count() FROM system.mutations WHERE database = currentDatabase() AND table = 'events' AND NOT is_done
        AND command NOT LIKE '%MATERIALIZE PROJECTION%'";
    Ok(client.select::<u64>(&Statement::new(sql)).await?.first().is_some_and(|&count| count > 0))
}

/// Counts a day. Returns whether it is frozen now: it is not where rows came while they were counted.
pub async fn freeze(client: &Client, freezing: &Freezing) -> Result<bool, StoreError> {
    let Some(mark) = current_mark(client, freezing).await? else { return Ok(false) };
    client.execute(&freezing.bind(crossing_sql(), mark)).await?;
    let by_column = COLUMNS.map(|(name, of_visit)| (name, name, Some(of_visit)));
    let hour = "toString(roundDown(toUnixTimestamp(at), {hours:Array(UInt32)}))";
    let others = [
        (TOTAL, "''", Some("''")),
        (HOUR, hour, Some(hour)),
        // Visits have many names each, so they are not told by them.
        (NAME, "if(kind = 'pageview', 'pageview', name)", None),
    ];
    let groupings: Vec<_> = others.into_iter().chain(by_column).collect();
    for some in groupings.chunks(GROUPINGS_AT_ONCE) {
        client.execute(&freezing.bind(counting_sql(some), mark)).await?;
    }
    if current_mark(client, freezing).await? != Some(mark) {
        return Ok(false);
    }
    let sql = "INSERT INTO frozen_days (site_id, day, freeze, first_begun, last_begun, rows, checksum, zone)
        SELECT {site_id:UInt32}, toDate({day:UInt16}), {freeze:UInt64}, toDateTime({first_begun:UInt32}, 'UTC'),
            toDateTime({last_begun:UInt32}, 'UTC'), {rows:UInt64}, {checksum:UInt64}, {zone:String}";
    client.execute(&freezing.bind(sql.to_owned(), mark)).await?;
    Ok(true)
}

/// Removes counts that are good no more, and those of sites that are not among these: all that were begun before `before_ms`
/// and are not the newest of their day.
pub async fn clean(client: &Client, sites: &[u64], before_ms: i64) -> Result<(), StoreError> {
    let past = "freeze < {before:UInt64} AND (site_id NOT IN {sites:Array(UInt64)} OR (site_id, day, freeze) NOT IN
        (SELECT site_id, day, max(freeze) FROM frozen_days GROUP BY site_id, day))";
    for table in TABLES {
        let bind =
            |sql: String| Statement::new(sql).bind("before", freeze_id(before_ms, 0)).bind("sites", sites.to_vec());
        let left = client.select::<u64>(&bind(format!("SELECT count() FROM {table} WHERE {past}"))).await?;
        if left.first().is_some_and(|&rows| rows > 0) {
            client.execute(&bind(format!("DELETE FROM {table} WHERE {past}"))).await?;
        }
    }
    Ok(())
}

/// Removes the counts of days of a site, all that were begun before `before_ms`: rows of theirs were erased.
pub async fn erase(
    client: &Client,
    site_id: u32,
    days: Option<RangeInclusive<u16>>,
    before_ms: i64,
) -> Result<(), StoreError> {
    let days = days.unwrap_or(0..=u16::MAX);
    let past = "site_id = {site_id:UInt32} AND freeze < {before:UInt64}
        AND day BETWEEN toDate({first_day:UInt16}) AND toDate({last_day:UInt16})";
    let bind = |sql: String| {
        Statement::new(sql)
            .bind("site_id", site_id)
            .bind("before", freeze_id(before_ms, 0))
            // Other rows of a visit may lie on the day before or after.
            .bind("first_day", days.start().saturating_sub(1))
            .bind("last_day", days.end().saturating_add(1))
    };
    for table in TABLES {
        let rows = client.select::<u64>(&bind(format!("SELECT count() FROM {table} WHERE {past}"))).await?;
        if rows.first().is_some_and(|&rows| rows > 0) {
            client
                .execute(&bind(format!("ALTER TABLE {table} DELETE WHERE {past} SETTINGS mutations_sync = 1")))
                .await?;
        }
    }
    Ok(())
}

impl Freezing {
    fn bind(&self, sql: String, mark: Mark) -> Statement {
        let values = [
            ("site_id", u64::from(self.site_id).into()),
            ("day", self.day.into()),
            ("freeze", self.freeze.into()),
            ("hours", self.hours.clone().into()),
            ("zone", self.zone.as_str().into()),
            ("first_begun", mark.first_begun.into()),
            ("last_begun", mark.last_begun.into()),
            ("rows", mark.rows.into()),
            ("checksum", mark.checksum.into()),
        ];
        let params = values.into_iter().filter(|(name, _)| sql.contains(&format!("{{{name}:")));
        Statement { params: params.map(|(name, value)| (name.to_owned(), value)).collect(), sql }
    }
}

/// Copies the rows of sessions that have rows on other days too. Sessions end by half an hour without a row, so those days are
/// the ones beside it; some more are looked at, for a day in between may have been erased.
fn crossing_sql() -> String {
    let columns: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let columns = columns.join(", ");
    format!(
        "INSERT INTO {CROSSING} (site_id, day, freeze, at, kind, name, session_id, engaged_ms, scroll_depth, {columns})
        SELECT site_id, day, {{freeze:UInt64}}, at, kind, name, session_id, engaged_ms, scroll_depth, {columns}
        FROM events
        WHERE site_id = {{site_id:UInt32}} AND day = toDate({{day:UInt16}}) AND session_id IN (
            SELECT session_id FROM events
            WHERE site_id = {{site_id:UInt32}} AND day != toDate({{day:UInt16}})
              AND day BETWEEN toDate({{day:UInt16}}) - 3 AND toDate({{day:UInt16}}) + 3
              AND session_started_at >= toDateTime({{first_begun:UInt32}}, 'UTC')
              AND session_started_at < toDateTime({{last_begun:UInt32}}, 'UTC') + INTERVAL 15 MINUTE
        )
        {UNHURRIED}"
    )
}

/// Counts a day by groupings: name, value of a row, value of a visit.
fn counting_sql(groupings: &[(&str, &str, Option<&str>)]) -> String {
    let parts: Vec<String> = groupings
        .iter()
        .map(|(grouping, of_event, of_visit)| {
            let counts = counts(of_event, *of_visit);
            format!(
                "SELECT '{grouping}' AS grouping, value, sum(visitors) AS visitors, sum(visits) AS visits,
            sum(pageviews) AS pageviews, sum(events) AS events, sum(sessions) AS sessions, sum(bounces) AS bounces,
            sum(session_views) AS session_views, sum(session_ms) AS session_ms, sum(engaged_visits) AS engaged_visits,
            sum(engaged_sum_ms) AS engaged_sum_ms, sum(depths) AS depths
        FROM (
        {counts}
        ) GROUP BY value"
            )
        })
        .collect();
    format!(
        "INSERT INTO frozen (site_id, grouping, day, freeze, value, visitors, visits, pageviews, events, sessions, bounces,
            session_views, session_ms, engaged_visits, engaged_sum_ms, depths)
        SELECT {{site_id:UInt32}}, grouping, toDate({{day:UInt16}}), {{freeze:UInt64}}, value, visitors, visits, pageviews,
            events, sessions, bounces, session_views, session_ms, engaged_visits, engaged_sum_ms, depths
        FROM (
        {}
        )
        {UNHURRIED}",
        parts.join("\n        UNION ALL\n        ")
    )
}

/// Returns the counts by one grouping, as reports count: what is of events by their rows, what is of visits by visits. Those that
/// are among the copied rows are left out of the counts of visits.
fn counts(of_event: &str, of_visit: Option<&str>) -> String {
    let scope = "site_id = {site_id:UInt32} AND day = toDate({day:UInt16})";
    let counted = "kind IN ('pageview', 'event')";
    let within = format!(
        "session_id NOT IN (SELECT session_id FROM {CROSSING}
            WHERE site_id = {{site_id:UInt32}} AND day = toDate({{day:UInt16}}) AND freeze = {{freeze:UInt64}})"
    );
    let of_events = format!(
        "SELECT {of_event} AS value, uniqExact(visitor_id) AS visitors, uniqExactIf(session_id, {within}) AS visits,
            countIf(kind = 'pageview') AS pageviews, count() AS events, 0 AS sessions, 0 AS bounces, 0 AS session_views,
            0 AS session_ms, 0 AS engaged_visits, 0 AS engaged_sum_ms, 0 AS depths
        FROM events WHERE {scope} AND {counted} GROUP BY value"
    );
    let Some(of_visit) = of_visit else { return of_events };
    format!(
        "{of_events}
        UNION ALL
        SELECT arrayJoin(belongs) AS value, 0, 0, 0, 0, count(), countIf(views = 1 AND customs = 0), sum(views),
            sum(lasted_ms), 0, 0, 0
        FROM (
            SELECT groupUniqArrayIf({of_visit}, {counted}) AS belongs, countIf(kind = 'pageview') AS views,
                countIf(kind = 'event') AS customs, dateDiff('millisecond', min(at), max(at)) AS lasted_ms
            FROM events WHERE {scope} AND {within} GROUP BY session_id
        ) GROUP BY value
        UNION ALL
        SELECT value, 0, 0, 0, 0, 0, 0, 0, 0, count(), sum(engaged), sum(depth)
        FROM (
            SELECT {of_event} AS value, sum(engaged_ms) AS engaged, max(scroll_depth) AS depth
            FROM events WHERE {scope} AND kind = 'engagement' AND {within} GROUP BY value, session_id
        ) GROUP BY value"
    )
}

/// Returns the newest record of each day, by day.
async fn recorded(
    client: &Client,
    site_id: u32,
    days: &RangeInclusive<u16>,
) -> Result<BTreeMap<u16, (FrozenDay, Mark)>, StoreError> {
    type Record = (u16, u64, u32, u32, u64, u64, String);
    let sql =
        "SELECT toUInt16(day), freeze, toUInt32(first_begun), toUInt32(last_begun), rows, checksum, toString(zone)
        FROM frozen_days
        WHERE site_id = {site_id:UInt32} AND day BETWEEN toDate({first_day:UInt16}) AND toDate({last_day:UInt16})
        ORDER BY freeze";
    let statement = Statement::new(sql).bind("site_id", site_id);
    let statement = statement.bind("first_day", *days.start()).bind("last_day", *days.end());
    let records = client.select::<Record>(&statement).await?.into_iter().map(|record| {
        let (day, freeze, first_begun, last_begun, rows, checksum, zone) = record;
        (day, (FrozenDay { day, freeze, zone }, Mark { first_begun, last_begun, rows, checksum }))
    });
    // A later one takes the place of an earlier one.
    Ok(records.collect())
}

async fn current_mark(client: &Client, freezing: &Freezing) -> Result<Option<Mark>, StoreError> {
    let quarters = quarters(client, freezing.site_id, freezing.day..=freezing.day).await?;
    Ok(mark_of(freezing.day, &quarters))
}

/// Returns the quarters of days and of those beside them, by day. They lie in a projection of the table.
async fn quarters(
    client: &Client,
    site_id: u32,
    days: RangeInclusive<u16>,
) -> Result<BTreeMap<u16, Vec<Quarter>>, StoreError> {
    let sql = "SELECT toUInt16(day), toUInt32(toStartOfFifteenMinutes(session_started_at)), count(),
            sum(cityHash64(at, view_id, engaged_ms, pathname, entry_pathname))
        FROM events
        WHERE site_id = {site_id:UInt32} AND day BETWEEN toDate({first_day:UInt16}) AND toDate({last_day:UInt16})
        GROUP BY day, toStartOfFifteenMinutes(session_started_at)";
    let statement = Statement::new(sql)
        .bind("site_id", site_id)
        .bind("first_day", days.start().saturating_sub(1))
        .bind("last_day", days.end().saturating_add(1));
    let mut by_day: BTreeMap<u16, Vec<Quarter>> = BTreeMap::new();
    for (day, begun, rows, checksum) in client.select::<(u16, u32, u64, u64)>(&statement).await? {
        by_day.entry(day).or_default().push(Quarter { day, begun, rows, checksum });
    }
    Ok(by_day)
}

/// Returns the mark of a day; nothing where it has no rows.
fn mark_of(day: u16, quarters: &BTreeMap<u16, Vec<Quarter>>) -> Option<Mark> {
    let own = quarters.get(&day)?;
    let first_begun = own.iter().map(|quarter| quarter.begun).min()?;
    let last_begun = own.iter().map(|quarter| quarter.begun).max()?;
    let near = quarters.range(day.saturating_sub(1)..=day.saturating_add(1)).flat_map(|(_, quarters)| quarters);
    let (mut rows, mut checksum) = (0, 0_u64);
    for quarter in near {
        if quarter.day == day || (first_begun..=last_begun).contains(&quarter.begun) {
            rows += quarter.rows;
            checksum = checksum.wrapping_add(quarter.checksum);
        }
    }
    Some(Mark { first_begun, last_begun, rows, checksum })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(list: &[(u16, u32, u64)]) -> BTreeMap<u16, Vec<Quarter>> {
        let mut by_day: BTreeMap<u16, Vec<Quarter>> = BTreeMap::new();
        for &(day, begun, rows) in list {
            by_day.entry(day).or_default().push(Quarter { day, begun, rows, checksum: rows * 7 });
        }
        by_day
    }

    #[test]
    fn a_mark_is_of_the_day_and_of_its_sessions_on_the_days_beside_it() {
        let before = [(9, 800, 3), (10, 900, 5), (10, 1800, 2), (11, 1800, 4), (11, 2700, 100)];
        let mark = mark_of(10, &quarters(&before)).unwrap();
        assert_eq!((mark.first_begun, mark.last_begun, mark.rows, mark.checksum), (900, 1800, 11, 77));
        for (what, row, same) in [
            ("a session that began after the day's last", (11, 2700, 1), true),
            ("a session that ended the day before", (9, 0, 1), true),
            ("a row of the day", (10, 900, 1), false),
            ("a row of the next day, of a session that began on the day", (11, 900, 1), false),
            ("a row two days later", (12, 900, 1), true),
        ] {
            let after: Vec<_> = before.into_iter().chain([row]).collect();
            assert_eq!(mark_of(10, &quarters(&after)) == Some(mark), same, "{what}");
        }
        assert_eq!(mark_of(8, &quarters(&before)), None);
    }

    #[test]
    fn freezes_are_in_the_order_of_time() {
        assert!(freeze_id(1_700_000_000_000, u32::MAX) < freeze_id(1_700_000_000_001, 0));
        assert_ne!(freeze_id(1_700_000_000_000, 1), freeze_id(1_700_000_000_000, 2));
    }
}
