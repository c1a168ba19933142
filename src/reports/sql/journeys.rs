//! Owns the SQL of journeys: the pages of each visit before or after something, and the paths that most visits took.

use super::{Composer, SPILLING};
use crate::{
    model::SiteId,
    reports::{
        journeys::{Journeys, Side},
        metric::Level,
    },
    store::statement::Statement,
};

/// Composes one side of journeys. Gives a row for each path: its pages from the middle outwards, how many visits took it, and of
/// how many it is the whole. There are the paths of each length that most took, and the ways to them; the path without a page is that of
/// all.
#[must_use]
pub fn journeys(journeys: &Journeys, side: Side, site: SiteId) -> Statement {
    let mut composer = Composer::of_sequence(&journeys.query, site, &journeys.around);
    let paths = composer.paths(journeys, side);
    let limit = composer.bind("limit", "UInt64", journeys.limit);
    let sql = format!(
        "SELECT path, visits, ends
FROM (
    {paths}
)
WHERE path IN (
    SELECT arrayJoin(arrayMap(length -> arraySlice(path, 1, length), range(0, length(path) + 1)))
    FROM (
        SELECT path
        FROM (
            {paths}
        )
        ORDER BY visits DESC, path ASC
        LIMIT {limit} BY length(path)
    )
)
ORDER BY length(path) ASC, visits DESC, path ASC{SPILLING}"
    );
    composer.finish(sql)
}

impl Composer<'_> {
    fn paths(&mut self, journeys: &Journeys, side: Side) -> String {
        let around = self.fits(&journeys.around, "around");
        let filters = self.conditions(&journeys.query.conditions, Level::Event);
        let steps = self.bind("steps", "UInt64", journeys.steps);
        // The rows on the side, from the middle outwards.
        let rows = match side {
            Side::Before => "arrayReverse(arraySlice(sorted, 1, middle - 1))",
            Side::After => "arraySlice(sorted, middle + 1)",
        };
        format!(
            "SELECT
        arraySlice(pages, 1, length) AS path,
        count() AS visits,
        countIf(length = length(pages)) AS ends
    FROM (
        SELECT
            arraySort(groupArray((toUnixTimestamp64Milli(at), toInt8(kind), view_id, is_around, pathname))) AS sorted,
            arrayFirstIndex(row -> row.4, sorted) AS middle,
            arrayMap(row -> row.5, arrayFilter(row -> row.2 = 1, {rows})) AS viewed,
            if(
                sorted[middle].2 = 1,
                arrayPopFront(arrayCompact(arrayPushFront(viewed, sorted[middle].5))),
                arrayCompact(viewed)
            ) AS pages
        FROM (
            SELECT *, ({around}{filters}) AS is_around
            FROM {}
            WHERE {}
        )
        WHERE kind = 'pageview' OR is_around
        GROUP BY session_id
        HAVING max(is_around)
    )
    ARRAY JOIN range(0, least(length(pages), {steps}) + 1) AS length
    GROUP BY path",
            self.source, self.scope,
        )
    }
}
