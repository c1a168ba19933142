//! Owns the question which pages have heat maps.

use super::{IN_SCOPE, Scope, bind_scope};
use crate::store::statement::Statement;

/// Most pages in the list.
const MOST_PAGES: u32 = 500;

/// Most viewport widths told of a page.
const MOST_WIDTHS: u32 = 8;

/// Returns the list of pages that were clicked or scrolled, by clicks; [`crate::heatmap::pages::read`] reads it.
pub fn pages(scope: &Scope) -> Statement {
    let sql = format!(
        "SELECT pathname, sum(seen) AS views, sum(clicked) AS clicks,
    groupArrayIf((clicked + scrolled, viewport_width), clicked + scrolled > 0) AS by_width,
    arraySort(arraySlice(arrayDistinct(arrayMap(pair -> pair.2, arrayReverseSort(by_width))), 1, {MOST_WIDTHS})) AS widths
FROM (
    SELECT pathname, viewport_width, 0 AS seen, count() AS clicked, 0 AS scrolled FROM clicks
    WHERE {IN_SCOPE} GROUP BY pathname, viewport_width
    UNION ALL
    SELECT pathname, viewport_width, 0, 0, uniqExact(view_id) FROM scrolls
    WHERE {IN_SCOPE} GROUP BY pathname, viewport_width
    UNION ALL
    SELECT pathname, viewport_width, count(), 0, 0 FROM events
    WHERE {IN_SCOPE} AND kind = 'pageview' GROUP BY pathname, viewport_width
)
GROUP BY pathname HAVING sum(clicked + scrolled) > 0
ORDER BY clicks DESC, views DESC, pathname LIMIT {MOST_PAGES}"
    );
    bind_scope(Statement::new(sql), scope)
}
