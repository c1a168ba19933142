//! Owns the questions asked at start: which sessions were open, so that a restart splits none, and which values count
//! towards the caps of the day.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

use super::{client::Client, error::StoreError, statement::Statement};

/// A session with events in the asked time, as its rows tell.
#[derive(Debug, Clone, Row, Serialize, Deserialize)]
pub struct RecentSession {
    pub site_id: u32,
    pub session_id: u64,
    pub visitor_id: u64,
    pub started_at_ms: i64,
    pub last_at_ms: i64,
    pub pageviews: u32,
    pub pathname: String,
    /// The pages before it, the last one first; a few.
    pub before: Vec<String>,
    pub entry_hostname: String,
    pub entry_pathname: String,
    pub referrer: String,
    pub source: String,
    pub channel: String,
    pub utm_source: String,
    pub utm_medium: String,
    pub utm_campaign: String,
    pub utm_content: String,
    pub utm_term: String,
    pub country: String,
    pub region: String,
    pub city: String,
    pub latitude: f32,
    pub longitude: f32,
    pub browser: String,
    pub browser_version: String,
    pub os: String,
    pub os_version: String,
    pub device: String,
}

/// Returns the sessions with an event since `since_ms`, of all sites, newest first, at most a million.
pub async fn recent_sessions(client: &Client, since_ms: i64) -> Result<Vec<RecentSession>, StoreError> {
    let statement = Statement::new(
        "SELECT site_id, session_id,
            argMax(visitor_id, at) AS visitor_id,
            toUnixTimestamp64Milli(any(session_started_at)) AS started_at_ms,
            toUnixTimestamp64Milli(max(at)) AS last_at_ms,
            toUInt32(countIf(kind = 'pageview')) AS pageviews,
            argMax(pathname, at) AS pathname,
            arrayPopFront(arrayReverse(arraySlice(
                arrayCompact(arrayMap(view -> view.2, arraySort(groupArrayIf((at, pathname), kind = 'pageview')))), -5
            ))) AS before,
            toString(any(entry_hostname)) AS entry_hostname, any(entry_pathname) AS entry_pathname,
            any(referrer) AS referrer, any(source) AS source, toString(any(channel)) AS channel,
            any(utm_source) AS utm_source, any(utm_medium) AS utm_medium, any(utm_campaign) AS utm_campaign,
            any(utm_content) AS utm_content, any(utm_term) AS utm_term,
            toString(any(country)) AS country, toString(any(region)) AS region, any(city) AS city,
            any(latitude) AS latitude, any(longitude) AS longitude,
            toString(any(browser)) AS browser, toString(any(browser_version)) AS browser_version,
            toString(any(os)) AS os, toString(any(os_version)) AS os_version, toString(any(device)) AS device
         FROM events
         WHERE day >= toDate(fromUnixTimestamp64Milli({since_ms:Int64})) - 1
           AND at >= fromUnixTimestamp64Milli({since_ms:Int64})
         GROUP BY site_id, session_id
         ORDER BY last_at_ms DESC
         LIMIT 1000000
         SETTINGS prefer_column_name_to_alias = 1",
    )
    .bind("since_ms", since_ms);
    client.select(&statement).await
}

/// The first visit of a visitor on a day.
#[derive(Debug, Clone, Row, Serialize, Deserialize)]
pub struct FirstVisit {
    pub site_id: u32,
    pub day: u16,
    pub visitor_id: u64,
    pub session_id: u64,
}

/// Returns the first visits of all visitors since a day, at most 200 000 of a site and day.
pub async fn first_visits(client: &Client, since_day: u16) -> Result<Vec<FirstVisit>, StoreError> {
    let statement = Statement::new(
        "SELECT site_id, toUInt16(day) AS day, visitor_id, argMin(session_id, (session_started_at, session_id)) AS session_id
         FROM events
         WHERE toUInt16(day) >= {since_day:UInt16}
         GROUP BY site_id, day, visitor_id
         ORDER BY day
         LIMIT 200000 BY site_id, day
         LIMIT 2000000
         SETTINGS prefer_column_name_to_alias = 1",
    )
    .bind("since_day", since_day);
    client.select(&statement).await
}

/// A value that a site had on a day.
#[derive(Debug, Clone, Row, Serialize, Deserialize)]
pub struct RecentValue {
    pub site_id: u32,
    pub day: u16,
    /// `pathname`, `event_name` or `prop_key`.
    pub kind: String,
    pub value: String,
}

/// Returns the paths, event names and property keys of all sites since a day, each once, at most 20 000 of a kind and day.
pub async fn recent_values(client: &Client, since_day: u16) -> Result<Vec<RecentValue>, StoreError> {
    let statement = Statement::new(
        "SELECT site_id, toUInt16(day) AS day, kind, value FROM (
            SELECT site_id, day, 'pathname' AS kind, pathname AS value FROM events WHERE toUInt16(day) >= {since_day:UInt16}
            UNION ALL
            SELECT site_id, day, 'event_name', name FROM events WHERE toUInt16(day) >= {since_day:UInt16} AND kind = 'event'
            UNION ALL
            SELECT site_id, day, 'prop_key', arrayJoin(mapKeys(props)) FROM events
            WHERE toUInt16(day) >= {since_day:UInt16} AND kind = 'event'
         )
         GROUP BY site_id, day, kind, value
         LIMIT 20000 BY site_id, day, kind
         SETTINGS prefer_column_name_to_alias = 1",
    )
    .bind("since_day", since_day);
    client.select(&statement).await
}
