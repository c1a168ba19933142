//! The SQL of whole questions, as text: what is read, how often, and that no value is part of it.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::{
    reports::{
        fixture::query,
        frozen::{self, Source},
    },
    store::frozen::FrozenDay,
};

fn rows(keys: &Value) -> Statement {
    statements(&query(keys), SiteId::new(7)).rows
}

/// Returns the text and the parameters, one a line.
fn shown(statement: &Statement) -> String {
    let params = statement.params.iter().map(|(name, value)| format!("{name} = {value:?}"));
    std::iter::once(statement.sql.clone()).chain(params).collect::<Vec<_>>().join("\n")
}

#[test]
fn totals_of_events_read_the_counted_rows_once() {
    let statement = rows(&json!({ "metrics": ["visitors", "visits", "pageviews", "events"] }));
    assert_snapshot!(shown(&statement), @r"
    SELECT
        visitors,
        visits,
        pageviews,
        events
    FROM (
        SELECT
            uniqExact(visitor_id) AS visitors,
            uniqExact(session_id) AS visits,
            countIf(kind = 'pageview') AS pageviews,
            count() AS events
        FROM events
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
          AND kind IN ('pageview', 'event')
    ) AS of_events
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    site = U64(7)
    from_day = U64(20774)
    to_day = U64(20780)
    limit = U64(10001)
    offset = U64(0)
    ");
}

#[test]
fn events_and_visits_are_joined_by_the_dimensions() {
    let statement = rows(&json!({
        "metrics": ["visitors", "bounce_rate", "visit_duration"],
        "date_range": ["2026-11-23T10:00:00Z", "2026-11-23T11:59:59Z"],
        "dimensions": ["event:page", "time:hour"],
        "order_by": [["bounce_rate", "asc"], ["time:hour", "desc"]]
    }));
    assert_snapshot!(shown(&statement), @r"
    SELECT
        d0,
        d1,
        visitors,
        intDiv(200 * bounces + sessions, greatest(2 * sessions, 1)) AS bounce_rate,
        intDiv(session_ms + 500 * sessions, greatest(1000 * sessions, 1)) AS visit_duration
    FROM (
        SELECT
            pathname AS d0,
            roundDown(toUnixTimestamp(at), {buckets:Array(UInt32)}) AS d1,
            uniqExact(visitor_id) AS visitors
        FROM events
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) AND at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND at < fromUnixTimestamp64Milli({to_ms:Int64})
          AND kind IN ('pageview', 'event')
        GROUP BY d0, d1
    ) AS of_events
    LEFT JOIN (
        SELECT
            belongs.1 AS d0,
            belongs.2 AS d1,
            count() AS sessions,
            countIf(views = 1 AND customs = 0) AS bounces,
            sum(views) AS session_views,
            sum(lasted_ms) AS session_ms
        FROM (
            SELECT
                groupUniqArrayIf(tuple(entry_pathname, roundDown(toUnixTimestamp(at), {buckets:Array(UInt32)})), kind IN ('pageview', 'event')) AS belongs,
                countIf(kind = 'pageview') AS views,
                countIf(kind = 'event') AS customs,
                dateDiff('millisecond', min(at), max(at)) AS lasted_ms
            FROM events
            WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) AND at >= fromUnixTimestamp64Milli({from_ms:Int64}) AND at < fromUnixTimestamp64Milli({to_ms:Int64})
            GROUP BY session_id
        )
        ARRAY JOIN belongs
        GROUP BY d0, d1
    ) AS of_visits USING (d0, d1)
    ORDER BY bounce_rate ASC, d1 DESC, d0 ASC
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    site = U64(7)
    from_day = U64(20779)
    to_day = U64(20781)
    from_ms = I64(1795428000000)
    to_ms = I64(1795435200000)
    buckets = U64List([1795428000, 1795431600])
    limit = U64(10001)
    offset = U64(0)
    ");
}

#[test]
fn totals_of_visits_keep_the_visits_with_a_counted_event() {
    assert_snapshot!(rows(&json!({ "metrics": ["views_per_visit"], "date_range": "day" })).sql, @r"
    SELECT
        intDiv(200 * session_views + sessions, greatest(2 * sessions, 1)) / 100 AS views_per_visit
    FROM (
        SELECT
            count() AS sessions,
            countIf(views = 1 AND customs = 0) AS bounces,
            sum(views) AS session_views,
            sum(lasted_ms) AS session_ms
        FROM (
            SELECT
                countIf(kind = 'pageview') AS views,
                countIf(kind = 'event') AS customs,
                dateDiff('millisecond', min(at), max(at)) AS lasted_ms
            FROM events
            WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
            GROUP BY session_id
            HAVING countIf(kind IN ('pageview', 'event')) > 0
        )
    ) AS of_visits
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    ");
}

#[test]
fn exit_pages_are_put_beside_the_rows() {
    let statement = rows(&json!({
        "metrics": ["events"], "filters": [["is", "visit:exit_page", ["/"]]], "dimensions": ["visit:device"]
    }));
    assert_snapshot!(statement.sql, @r"
    SELECT
        d0,
        events
    FROM (
        SELECT
            initcap(device) AS d0,
            count() AS events
        FROM events
        INNER JOIN (
            SELECT session_id, argMaxIf(pathname, (at, view_id), kind = 'pageview') AS exit_pathname, argMaxIf(hostname, (at, view_id), kind = 'pageview') AS exit_hostname
            FROM events
            WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
            GROUP BY session_id
        ) AS exits USING (session_id)
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
          AND kind IN ('pageview', 'event') AND has({filter0:Array(String)}, exit_pathname)
        GROUP BY d0
    ) AS of_events
    ORDER BY events DESC, d0 ASC
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    ");
}

#[test]
fn every_value_of_a_filter_is_a_parameter() {
    let hostile = "') OR 1=1 --{site:UInt32}";
    let statement = rows(&json!({ "filters": [
        ["is", "visit:source", [hostile, ""]],
        ["or", [
            ["contains", "visit:city_name", [hostile], { "case_sensitive": false }],
            ["not", ["is_not", "visit:device", ["mobile"]]],
        ]],
    ] }));
    assert!(!statement.sql.contains("OR 1=1"));
    assert_snapshot!(shown(&statement), @r#"
    SELECT
        visitors
    FROM (
        SELECT
            uniqExact(visitor_id) AS visitors
        FROM events
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
          AND kind IN ('pageview', 'event') AND has({filter0:Array(String)}, if(source = '', 'Direct / None', source)) AND (multiSearchAny(lowerUTF8(city), arrayMap(value -> lowerUTF8(value), {filter1_0:Array(String)})) OR NOT (NOT has({filter1_1_0:Array(String)}, initcap(device))))
    ) AS of_events
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    site = U64(7)
    from_day = U64(20774)
    to_day = U64(20780)
    filter0 = TextList(["') OR 1=1 --{site:UInt32}", "Direct / None"])
    filter1_0 = TextList(["') OR 1=1 --{site:UInt32}"])
    filter1_1_0 = TextList(["Mobile"])
    limit = U64(10001)
    offset = U64(0)
    "#);
}

#[test]
fn the_number_of_rows_is_counted_without_pages() {
    let keys = json!({ "dimensions": ["event:name"], "include": { "total_rows": true } });
    let statements = statements(&query(&keys), SiteId::new(7));
    assert_snapshot!(statements.total.unwrap().sql, @r"
    SELECT count()
    FROM (
        SELECT
            if(kind = 'pageview', 'pageview', name) AS d0,
            uniqExact(visitor_id) AS visitors
        FROM events
        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
          AND kind IN ('pageview', 'event')
        GROUP BY d0
    ) AS of_events
    ");
}

#[test]
fn the_small_questions_are_bound_to_a_site_too() {
    assert_snapshot!(shown(&current_visitors(SiteId::new(7), 1_795_455_600_000)), @r"
    SELECT uniqExact(visitor_id) FROM events WHERE site_id = {site:UInt32} AND day >= toDate({from_day:UInt16}) AND at > fromUnixTimestamp64Milli({from_ms:Int64}) AND at <= fromUnixTimestamp64Milli({now_ms:Int64})
    site = U64(7)
    from_day = I64(20779)
    from_ms = I64(1795455300000)
    now_ms = I64(1795455600000)
    ");
    assert_snapshot!(shown(&first_day(SiteId::new(7))), @r"
    SELECT toUInt16(day) FROM events WHERE site_id = {site:UInt32} ORDER BY site_id, day LIMIT 1
    site = U64(7)
    ");
}

/// Composes a question of which all days but the last are frozen.
fn from_frozen_rows(keys: &Value) -> Statement {
    let query = query(keys);
    let zone = query.zone.iana_name().unwrap().to_owned();
    let days = query.range.from_day..query.range.to_day;
    let days = days.map(|day| FrozenDay { day, freeze: day.into(), zone: zone.clone() });
    let source = Source::of(&query, frozen::grouping(&query).unwrap(), days.collect());
    from_frozen(&query, SiteId::new(7), &source).rows
}

#[test]
fn frozen_days_are_added_to_the_rows_of_the_other_days() {
    let statement = from_frozen_rows(&json!({
        "metrics": ["visitors", "bounce_rate"], "date_range": "3d", "dimensions": ["visit:source"]
    }));
    assert_snapshot!(shown(&statement), @r#"
    SELECT
        d0,
        visitors,
        intDiv(200 * bounces + sessions, greatest(2 * sessions, 1)) AS bounce_rate
    FROM (
        SELECT d0, sum(visitors) AS visitors, sum(events) AS events, sum(sessions) AS sessions, sum(bounces) AS bounces
        FROM (
    SELECT if(source = '', 'Direct / None', source) AS d0, sum(visitors) AS visitors, sum(events) AS events, sum(sessions) AS sessions, sum(bounces) AS bounces FROM (
        SELECT value AS source, day, visitors, events, sessions, bounces FROM frozen WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) AND freeze IN {freezes:Array(UInt64)} AND grouping = {grouping:String}
    )
        GROUP BY d0
    UNION ALL
    SELECT d0, visitors, events, 0 AS sessions, 0 AS bounces FROM (
        SELECT
            if(source = '', 'Direct / None', source) AS d0,
            uniqExactIf(visitor_id, whole) AS visitors,
            countIf(whole) AS events
        FROM (
            SELECT day, at, kind, name, session_id, engaged_ms, scroll_depth, source, 0 AS visitor_id, false AS whole FROM crossing WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) AND freeze IN {freezes:Array(UInt64)}
            UNION ALL
            SELECT day, at, kind, name, session_id, engaged_ms, scroll_depth, source, visitor_id, true AS whole FROM events
            WHERE site_id = {site:UInt32} AND (day BETWEEN toDate({first0:UInt16}) AND toDate({last0:UInt16}))
        ) AS rows
        WHERE true
          AND kind IN ('pageview', 'event')
        GROUP BY d0
    ) AS of_events
    UNION ALL
    SELECT d0, 0 AS visitors, 0 AS events, sessions, bounces FROM (
        SELECT
            belongs.1 AS d0,
            count() AS sessions,
            countIf(views = 1 AND customs = 0) AS bounces,
            sum(views) AS session_views,
            sum(lasted_ms) AS session_ms
        FROM (
            SELECT
                groupUniqArrayIf(tuple(if(source = '', 'Direct / None', source)), kind IN ('pageview', 'event')) AS belongs,
                countIf(kind = 'pageview') AS views,
                countIf(kind = 'event') AS customs,
                dateDiff('millisecond', min(at), max(at)) AS lasted_ms
            FROM (
            SELECT day, at, kind, name, session_id, engaged_ms, scroll_depth, source, 0 AS visitor_id, false AS whole FROM crossing WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16}) AND freeze IN {freezes:Array(UInt64)}
            UNION ALL
            SELECT day, at, kind, name, session_id, engaged_ms, scroll_depth, source, visitor_id, true AS whole FROM events
            WHERE site_id = {site:UInt32} AND (day BETWEEN toDate({first0:UInt16}) AND toDate({last0:UInt16}))
        ) AS rows
            WHERE true
            GROUP BY session_id
        )
        ARRAY JOIN belongs
        GROUP BY d0
    ) AS of_visits
        )
        GROUP BY d0
        HAVING events > 0
    ) AS added
    ORDER BY visitors DESC, d0 ASC
    LIMIT {limit:UInt64} OFFSET {offset:UInt64}
    site = U64(7)
    from_day = U64(20778)
    to_day = U64(20780)
    freezes = U64List([20778, 20779])
    first0 = U64(20780)
    last0 = U64(20780)
    grouping = Text("source")
    limit = U64(10001)
    offset = U64(0)
    "#);
}

#[test]
fn statements_over_frozen_days_bind_exactly_what_they_name() {
    for dimension in
        ["event:page", "visit:source", "visit:country_name", "visit:device", "event:name", "time:hour", "time:week"]
    {
        let metrics = if dimension == "event:name" {
            json!(["visitors", "events"])
        } else {
            json!(["engaged_time", "percentage", "bounce_rate"])
        };
        let statement = from_frozen_rows(&json!({ "metrics": metrics, "date_range": "7d", "dimensions": [dimension] }));
        let named: BTreeSet<&str> =
            statement.sql.split('{').skip(1).filter_map(|rest| rest.split(':').next()).collect();
        let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, bound, "{dimension}");
        assert_eq!(bound.len(), statement.params.len(), "{dimension}");
    }
}
