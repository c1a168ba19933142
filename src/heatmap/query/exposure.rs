//! Owns the questions for what was on screen: how far pages were scrolled, and how long their parts were seen.

use super::{SCREEN, Scope, Table, bind, condition};
use crate::{heatmap::params::MapRequest, store::statement::Statement};

/// Most landmarks told of a page.
const MOST_LANDMARKS: u32 = 100;

/// Of every view the hundredth of the page that it reached, counted.
pub fn reach(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Scrolls);
    let sql = format!(
        "SELECT reached, count()
FROM (
    SELECT toUInt8(least(100, ceil(100 * max(depth_px) / greatest(max(document_height), 1)))) AS reached
    FROM scrolls WHERE {condition}
    GROUP BY view_id
)
GROUP BY reached ORDER BY reached"
    );
    bind(Statement::new(sql), request, scope, Table::Scrolls)
}

/// One row: the number of views that told what they saw, and of each hundredth of the page the milliseconds that it was on
/// screen in all of them.
pub fn stretches(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Scrolls);
    let sql = format!(
        "SELECT uniqExact(view_id), sumForEach(exposure_ms) FROM scrolls WHERE {condition} AND length(exposure_ms) = 100"
    );
    bind(Statement::new(sql), request, scope, Table::Scrolls)
}

/// Of every landmark the milliseconds that it was on screen, in all views.
pub fn landmarks(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Scrolls);
    let sql = format!(
        "SELECT landmark.1 AS element, sum(landmark.2) AS visible_ms
FROM scrolls ARRAY JOIN landmarks AS landmark
WHERE {condition}
GROUP BY element ORDER BY visible_ms DESC, element LIMIT {MOST_LANDMARKS}"
    );
    bind(Statement::new(sql), request, scope, Table::Scrolls)
}

/// Of every class of width the number of views that told what they saw, and of each hundredth of the page how many saw it. A view
/// that tells no times saw all down to where it was scrolled.
pub fn seen(request: &MapRequest, scope: &Scope) -> Statement {
    let condition = condition(request, scope, Table::Scrolls);
    let sql = format!(
        "SELECT class, count(), sumForEach(seen)
FROM (
    SELECT {SCREEN} AS class,
        toUInt8(least(100, ceil(100 * max(depth_px) / greatest(max(document_height), 1)))) AS reached,
        sumForEachIf(exposure_ms, length(exposure_ms) = 100) AS times,
        arrayMap(band -> toUInt64(if(length(times) = 100, times[band] > 0, band <= reached)), range(1, 101)) AS seen
    FROM scrolls WHERE {condition}
    GROUP BY view_id, class
)
GROUP BY class ORDER BY class"
    );
    bind(Statement::new(sql), request, scope, Table::Scrolls)
}
