//! Owns the question which pages have heat maps.

use super::{Scope, bind_scope, in_scope};
use crate::{model::ClickFlags, store::statement::Statement};

/// Most viewport widths told of a page.
const MOST_WIDTHS: u32 = 8;

/// Which pages are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSearch {
    /// Part of the path, in whatever case; empty for all.
    pub text: String,
    pub limit: u32,
}

/// Returns the list of pages that were clicked or scrolled, by clicks; [`crate::heatmap::pages::read`] reads it.
pub fn pages(search: &PageSearch, scope: &Scope) -> Statement {
    let scope_sql = in_scope(scope);
    let found =
        if search.text.is_empty() { "" } else { " AND positionCaseInsensitiveUTF8(pathname, {search:String}) > 0" };
    let (follow_up, rage, dead) = (ClickFlags::FOLLOW_UP.bits(), ClickFlags::RAGE.bits(), ClickFlags::DEAD.bits());
    let sql = format!(
        "SELECT pathname, sum(seen) AS views, sum(clicked) AS clicks, sum(raged), sum(died),
    groupArrayIf((clicked + scrolled, viewport_width), clicked + scrolled > 0) AS by_width,
    arraySort(arraySlice(arrayDistinct(arrayMap(pair -> pair.2, arrayReverseSort(by_width))), 1, {MOST_WIDTHS})) AS widths
FROM (
    SELECT pathname, viewport_width, 0 AS seen, countIf(bitAnd(flags, {follow_up}) = 0) AS clicked, 0 AS scrolled,
        countIf(bitAnd(flags, {rage}) != 0) AS raged, countIf(bitAnd(flags, {dead}) != 0) AS died
    FROM clicks
    WHERE {scope_sql}{found} GROUP BY pathname, viewport_width
    UNION ALL
    SELECT pathname, viewport_width, 0, 0, uniqExact(view_id), 0, 0 FROM scrolls
    WHERE {scope_sql}{found} GROUP BY pathname, viewport_width
    UNION ALL
    SELECT pathname, viewport_width, count(), 0, 0, 0, 0 FROM events
    WHERE {scope_sql}{found} AND kind = 'pageview' GROUP BY pathname, viewport_width
)
GROUP BY pathname HAVING sum(clicked + scrolled + raged + died) > 0
ORDER BY clicks DESC, views DESC, pathname LIMIT {{limit:UInt32}}"
    );
    let mut statement = bind_scope(Statement::new(sql), scope).bind("limit", search.limit);
    if !search.text.is_empty() {
        statement = statement.bind("search", search.text.as_str());
    }
    statement
}
