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
        "SELECT
    way,
    maxIf(visits, way = path) AS taken,
    maxIf(ends, way = path) AS ended
FROM (
    SELECT
        *,
        arrayJoin(if(is_told, arrayMap(size -> arraySlice(path, 1, size), range(0, length(path) + 1)), [path])) AS way
    FROM (
        SELECT
            *,
            row_number() OVER (PARTITION BY length(path) ORDER BY visits DESC, path ASC) <= {limit} AS is_told
        FROM (
            {paths}
        )
    )
)
GROUP BY way
HAVING max(is_told)
ORDER BY length(way) ASC, taken DESC, way ASC{SPILLING}"
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
                arraySlice(pages, 1, size) AS path,
                sum(walks) AS visits,
                sumIf(walks, is_whole AND size = length(pages)) AS ends
            FROM (
                SELECT arraySlice(walk, 1, {steps}) AS pages, length(walk) <= {steps} AS is_whole, count() AS walks
                FROM (
                    SELECT
                        arraySort(groupArray(
                            (toUnixTimestamp64Milli(at), toInt8(kind), view_id, is_around, pathname)
                        )) AS sorted,
                        arrayFirstIndex(row -> row.4, sorted) AS middle,
                        arrayMap(row -> row.5, arrayFilter(row -> row.2 = 1, {rows})) AS viewed,
                        if(
                            sorted[middle].2 = 1,
                            arrayPopFront(arrayCompact(arrayPushFront(viewed, sorted[middle].5))),
                            arrayCompact(viewed)
                        ) AS walk
                    FROM (
                        SELECT *, ({around}{filters}) AS is_around
                        FROM {}
                        WHERE {}
                    )
                    WHERE kind = 'pageview' OR is_around
                    GROUP BY session_id
                    HAVING max(is_around)
                )
                GROUP BY pages, is_whole
            )
            ARRAY JOIN range(0, length(pages) + 1) AS size
            GROUP BY path",
            self.source, self.scope,
        )
    }
}
