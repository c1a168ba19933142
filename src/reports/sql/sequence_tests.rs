//! The SQL of funnels, retention and journeys: that it binds what it names, and that no value is part of it.

use std::collections::BTreeSet;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{
    model::{Goal, GoalId, GoalTarget, Site, SiteId, SiteName, SiteSettings},
    reports::{
        Definitions, Query,
        fixture::{now, sofia},
        funnel,
        journeys::{self, Side},
        retention,
        sequence::RawSubject,
        sql,
    },
    store::Statement,
};

fn site() -> Site {
    Site {
        id: SiteId::new(7),
        name: SiteName::parse("demo.example").unwrap(),
        time_zone: sofia(),
        settings: SiteSettings::default(),
    }
}

fn definitions() -> Definitions {
    let target = GoalTarget::Scroll { pattern: "/docs/*".to_owned(), percent: 50 };
    let read = Goal { id: GoalId::new(1), name: "Read'".to_owned(), target, currency: None };
    Definitions { goals: vec![read], ..Definitions::default() }
}

fn subject(subject: &RawSubject) -> Query {
    subject.at(&site(), &definitions(), now(), None).unwrap()
}

fn of_funnel(body: &Value) -> Statement {
    let raw = funnel::parse(body).unwrap();
    sql::funnel(&raw.resolve(subject(&raw.subject), &definitions()).unwrap(), site().id)
}

fn of_retention(body: &Value) -> Statement {
    let raw = retention::parse(body).unwrap();
    sql::retention(&raw.resolve(subject(&raw.subject), &definitions(), &sofia()).unwrap(), site().id)
}

fn of_journeys(body: &Value, side: Side) -> Statement {
    let raw = journeys::parse(body).unwrap();
    sql::journeys(&raw.resolve(subject(&raw.subject), &definitions()).unwrap(), side, site().id)
}

#[test]
fn values_are_bound_and_never_part_of_the_text() {
    let filters = json!([["is", "visit:exit_page", ["X'X"]], ["has_done", ["matches", "event:props:X'X", ["X'X$"]]]]);
    let event = json!({ "event": "X'X", "props": { "X'X": "X'X" } });
    let around = json!({ "date_range": "7d", "filters": filters, "event": "X'X", "props": { "X'X": "X'X" } });
    let mut statements = vec![
        of_retention(&json!({
            "date_range": "30d", "by": "event:props:X'X", "interval": "week", "filters": filters, "first": filters,
            "return": filters
        })),
        of_journeys(&around, Side::Before),
        of_journeys(&around, Side::After),
        of_journeys(&json!({ "date_range": "24h", "goal": "Read'" }), Side::After),
    ];
    for (by, order, window) in [("visit", "loose", "2h"), ("visitor", "strict", "day")] {
        let steps = json!([event, { "page": "/X'X*" }, { "goal": "Read'" }, filters, event]);
        statements.push(of_funnel(&json!({
            "date_range": "24h", "steps": steps, "filters": filters, "by": by, "order": order, "window": window,
            "dimension": "event:props:X'X"
        })));
    }
    for statement in statements {
        let named: BTreeSet<&str> =
            statement.sql.split('{').skip(1).filter_map(|rest| rest.split(':').next()).collect();
        let bound: BTreeSet<&str> = statement.params.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(named, bound, "{}", statement.sql);
        assert_eq!(bound.len(), statement.params.len(), "{}", statement.sql);
        assert!(!statement.sql.contains("X'X") && !statement.sql.contains("Read"), "{}", statement.sql);
    }
}

#[test]
fn a_funnel_is_one_pass_over_the_rows_of_each_visit_for_each_step() {
    let body = json!({ "date_range": "7d", "steps": [{ "page": "/" }, { "event": "Buy" }], "window": "30m" });
    assert_snapshot!(of_funnel(&body).sql, @r"
    SELECT
        countIf(reached >= 1) AS units1,
        uniqExactIf(other1, reached >= 1) AS others1,
        NULL AS waited1,
        countIf(reached >= 2) AS units2,
        uniqExactIf(other2, reached >= 2) AS others2,
        if(countIf(reached >= 2) = 0, NULL, quantileExactIf(0.5)(at2 - at1, reached >= 2)) AS waited2
    FROM (
        SELECT
            reached,
            moments[place1] AS at1,
            others[place1] AS other1,
            moments[place2] AS at2,
            others[place2] AS other2
        FROM (
            SELECT
                *,
                moments[1] AS opened,
                arrayMap(moment -> toUInt64(moment - opened), moments) AS ages,
                arrayFill(run -> run != 0, arrayMap((age, mask, place) -> if(bitTest(mask, 0), bitShiftLeft(age, 24) + place, toUInt64(0)), ages, masks, arrayEnumerate(ages))) AS runs1,
                arrayFill(run -> run != 0, arrayMap((age, mask, run) -> if(bitTest(mask, 1) AND run != 0 AND age - bitShiftRight(run, 24) <= {window_ms:UInt64}, run, toUInt64(0)), ages, masks, arrayPushFront(arrayPopBack(runs1), toUInt64(0)))) AS runs2,
                arrayCount(started -> started != 0, [arrayFirst(run -> run != 0, runs1), arrayFirst(run -> run != 0, runs2)] AS starts) AS reached,
                starts[reached] AS began,
                if(reached >= 1, arrayFirstIndex(run -> run >= began, runs1), 0) AS place1,
                if(reached >= 2, arrayFirstIndex(run -> run >= began, runs2), 0) AS place2
            FROM (
                SELECT
                    every AS sorted,
                    sorted.1 AS moments,
                    sorted.4 AS masks,
                    sorted.5 AS others
                FROM (
                    SELECT
                        arraySort(groupArray(
                            tuple(toUnixTimestamp64Milli(at), toInt8(kind), view_id, steps, visitor_id)
                        )) AS every
                    FROM (
                        SELECT *, toUInt16(1 * (kind IN ('pageview', 'event') AND ((kind = 'pageview' AND pathname = {goal1:String}))) + 2 * (kind IN ('pageview', 'event') AND ((kind = 'event' AND name = {goal2:String})))) AS steps
                        FROM events
                        WHERE site_id = {site:UInt32} AND day BETWEEN toDate({from_day:UInt16}) AND toDate({to_day:UInt16})
                    )
                    WHERE steps != 0
                    GROUP BY session_id
                    HAVING bitAnd(groupBitOr(steps), 1) = 1
                )
            )
        )
    )
    SETTINGS max_bytes_before_external_group_by = 200000000
    ");
}
