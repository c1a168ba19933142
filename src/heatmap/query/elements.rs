//! Owns the questions for what happened to each element, and in which states of the page.

use super::{Scope, Table, bind, condition};
use crate::{
    heatmap::params::{Kind, MapRequest, PageState},
    model::ClickFlags,
    store::statement::Statement,
};

/// Most elements told; those with the most clicks come first.
const MOST_ELEMENTS: u32 = 2_000;

/// Most states told of a page.
const MOST_STATES: u32 = 50;

/// Of every element: views that clicked it, clicks, rage clicks, dead clicks, clicks that an error followed, visitors, and the median time
/// from load to a view's first click (ms).
pub fn elements(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Clicks);
    let has = |flag: ClickFlags| format!("countIf(bitAnd(flags, {}) != 0)", flag.bits());
    let (rage, dead, error) = (has(ClickFlags::RAGE), has(ClickFlags::DEAD), has(ClickFlags::ERROR));
    let follow_up = ClickFlags::FOLLOW_UP.bits();
    let sql = format!(
        "SELECT element, countIf(clicks > 0) AS views, sum(clicks) AS clicked, sum(rage), sum(dead), sum(error),
    uniqIf(visitor, clicks > 0), toUInt64(quantileTDigestIf(0.5)(first_ms, clicks > 0))
FROM (
    SELECT element, view_id, any(visitor_id) AS visitor, countIf(bitAnd(flags, {follow_up}) = 0) AS clicks,
        {rage} AS rage, {dead} AS dead, {error} AS error,
        minIf(since_load_ms, bitAnd(flags, {follow_up}) = 0) AS first_ms
    FROM clicks WHERE {condition}
    GROUP BY element, view_id
)
GROUP BY element ORDER BY clicked DESC, element LIMIT {MOST_ELEMENTS}"
    );
    bind(Statement::new(sql), request, scope, Table::Clicks)
}

/// Of every element the visitors that the map's rows are of: what a shared map must know.
pub fn visitors(request: &MapRequest, scope: &Scope) -> Statement {
    let table = if request.kind == Kind::Move { Table::Moves } else { Table::Clicks };
    let condition = condition(request, scope, table);
    let sql = format!(
        "SELECT element_id, any(element), uniq(visitor_id) FROM {} WHERE {condition} GROUP BY element_id",
        table.name()
    );
    bind(Statement::new(sql), request, scope, table)
}

/// The states of the page in which it was clicked: id, the element that makes the state (as layout samples name it), and clicks.
/// In whatever state the map itself is asked for.
pub fn states(request: &MapRequest, scope: &Scope) -> Statement {
    let any = MapRequest { state: PageState::Any, ..request.clone() };
    let condition = condition(&any, scope, Table::Clicks);
    let pages = super::of_pages(&request.pages);
    let follow_up = ClickFlags::FOLLOW_UP.bits();
    let sql = format!(
        "SELECT state, root, clicks
FROM (
    SELECT state, count() AS clicks FROM clicks
    WHERE {condition} AND state != 0 AND bitAnd(kind_flags, {follow_up}) = 0
    GROUP BY state ORDER BY clicks DESC, state LIMIT {MOST_STATES}
) AS clicked
LEFT JOIN (
    SELECT state, argMax(boxes.element[1], at) AS root FROM layouts
    WHERE site_id = {{site_id:UInt32}} AND {pages} AND state != 0
    GROUP BY state
) AS known USING (state)
ORDER BY clicks DESC, state"
    );
    bind(Statement::new(sql), &any, scope, Table::Clicks)
}
