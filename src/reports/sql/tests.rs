//! The SQL of whole questions, as text: what is read, how often, and that no value is part of it.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::reports::fixture::query;

fn rows(keys: &Value) -> Statement {
    statements(&query(keys), SiteId::new(7)).rows
}

/// Returns the parameters, one a line.
fn bound(statement: &Statement) -> String {
    statement.params.iter().map(|(name, value)| format!("{name} = {value:?}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn totals_of_events_read_the_counted_rows_once() {
    let statement = rows(&json!({ "metrics": ["visitors", "visits", "pageviews", "events"] }));
    assert_snapshot!(statement.sql, @"");
    assert_snapshot!(bound(&statement), @""site",
            U64(
                7,
            ),
        ),
        (
            "from_day",
            U64(
                20774,
            ),
        ),
        (
            "to_day",
            U64(
                20780,
            ),
        ),
        (
            "limit",
            U64(
                10000,
            ),
        ),
        (
            "offset",
            U64(
                0,
            ),
        ),
    ]
    "#);
}

#[test]
fn events_and_visits_are_joined_by_the_dimensions() {
    let statement = rows(&json!({
        "metrics": ["visitors", "bounce_rate", "visit_duration"],
        "date_range": ["2026-11-23T10:00:00Z", "2026-11-23T11:59:59Z"],
        "dimensions": ["event:page", "time:hour"],
        "order_by": [["bounce_rate", "asc"], ["time:hour", "desc"]]
    }));
    assert_snapshot!(statement.sql, @"");
    assert_snapshot!(bound(&statement), @""site",
            U64(
                7,
            ),
        ),
        (
            "from_day",
            U64(
                20780,
            ),
        ),
        (
            "to_day",
            U64(
                20780,
            ),
        ),
        (
            "from_ms",
            I64(
                1795428000000,
            ),
        ),
        (
            "to_ms",
            I64(
                1795435200000,
            ),
        ),
        (
            "buckets",
            U64List(
                [
                    1795428000,
                    1795431600,
                ],
            ),
        ),
        (
            "limit",
            U64(
                10000,
            ),
        ),
        (
            "offset",
            U64(
                0,
            ),
        ),
    ]
    "#);
}

#[test]
fn totals_of_visits_keep_the_visits_with_a_counted_event() {
    assert_snapshot!(rows(&json!({ "metrics": ["views_per_visit"], "date_range": "day" })).sql, @"");
}

#[test]
fn exit_pages_are_put_beside_the_rows() {
    let statement = rows(&json!({
        "metrics": ["events"], "filters": [["is", "visit:exit_page", ["/"]]], "dimensions": ["visit:device"]
    }));
    assert_snapshot!(statement.sql, @"");
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
    assert_snapshot!(statement.sql, @"");
    let values: Vec<_> = statement.params.iter().filter(|(name, _)| name.starts_with("filter")).collect();
    assert_debug_snapshot!(values, @""filter0",
            TextList(
                [
                    "') OR 1=1 --{site:UInt32}",
                    "Direct / None",
                ],
            ),
        ),
        (
            "filter1",
            TextList(
                [
                    "') OR 1=1 --{site:UInt32}",
                ],
            ),
        ),
        (
            "filter2",
            TextList(
                [
                    "Mobile",
                ],
            ),
        ),
    ]
    "#);
}

#[test]
fn the_number_of_rows_is_counted_without_pages() {
    let keys = json!({ "dimensions": ["event:name"], "include": { "total_rows": true }, "pagination": { "limit": 1 } });
    let statements = statements(&query(&keys), SiteId::new(7));
    assert_snapshot!(statements.total.unwrap().sql, @"");
}

#[test]
fn the_small_questions_are_bound_to_a_site_too() {
    assert_debug_snapshot!(current_visitors(SiteId::new(7), 1_795_455_600_000), @""site",
                U64(
                    7,
                ),
            ),
            (
                "from_day",
                I64(
                    20779,
                ),
            ),
            (
                "from_ms",
                I64(
                    1795455300000,
                ),
            ),
            (
                "now_ms",
                I64(
                    1795455600000,
                ),
            ),
        ],
    }
    "#);
    assert_debug_snapshot!(first_day(SiteId::new(7)), @""site",
                U64(
                    7,
                ),
            ),
        ],
    }
    "#);
}
