//! Owns the SQL of retention: who came first when, and when again.

use super::{Composer, SPILLING};
use crate::{
    model::SiteId,
    reports::{condition::Condition, metric::Level, retention::Retention},
    store::statement::Statement,
};

/// Composes the cohorts. Gives a row for each that has somebody in it: the key of its period, how many they are, the keys of
/// periods in which some of them came, and how many came in each.
#[must_use]
pub fn retention(retention: &Retention, site: SiteId) -> Statement {
    let conditions: Vec<Condition> = [retention.first.as_slice(), &retention.again].concat();
    let mut composer = Composer::of_sequence(&retention.query, site, &conditions);
    let person = composer.bind("person", "String", retention.by.key());
    // Days before the first period have one of their own, the key 0: `roundDown` would put them into the first.
    let keys: Vec<u64> = std::iter::once(0).chain(retention.buckets.keys()).collect();
    let keys = composer.bind("buckets", "Array(UInt16)", keys);
    let first = composer.fits(&retention.first, "first");
    let again = composer.fits(&retention.again, "return");
    let filters = composer.conditions(&retention.query.conditions, Level::Event);
    // TRICKY: where days and moments disagree, for the site's zone was changed, a person's first period is that of the first
    // moment; what came after it in an earlier period has no place in the matrix.
    let sql = format!(
        "SELECT
    cohort,
    count() AS people,
    sumMap(returns, arrayMap(period -> toUInt64(1), returns)).1 AS periods,
    sumMap(returns, arrayMap(period -> toUInt64(1), returns)).2 AS counts
FROM (
    SELECT
        min(begun) AS beginning,
        beginning.2 AS cohort,
        arraySort(arrayMap(
            came -> came.1,
            arrayFilter(came -> came.2 >= beginning.1, groupArrayIf((period, came_ms), returns_in_period > 0))
        )) AS returns
    FROM (
        SELECT
            person,
            period,
            minIf((moment, period), is_first) AS begun_here,
            if(countIf(is_first) = 0, (toInt64(9223372036854775807), toUInt16(0)), begun_here) AS begun,
            maxIf(moment, is_return) AS came_ms,
            countIf(is_return) AS returns_in_period
        FROM (
            SELECT
                props[{person}] AS person,
                roundDown(toUInt16(day), {keys}) AS period,
                toUnixTimestamp64Milli(at) AS moment,
                {first} AS is_first,
                {again} AS is_return
            FROM {}
            WHERE {}{filters}
        )
        WHERE person != '' AND (is_first OR is_return)
        GROUP BY person, period
    )
    GROUP BY person
    HAVING cohort > 0
)
GROUP BY cohort
ORDER BY cohort{SPILLING}",
        composer.source, composer.scope,
    );
    composer.finish(sql)
}
