//! Owns the questions of visitor maps: where visitors came from, and from where enough came to be shown to anybody.

use crate::{model::SiteId, store::statement::Statement};

const DAY_MS: i64 = 86_400_000;

/// Most places of an answer, those with most visitors.
const MOST_PLACES: u32 = 3000;
/// Most cities and countries that are known to have a crowd.
const MOST_CROWDS: u32 = 20_000;
/// How much memory the counts may take before they go through the disk, as that of reports.
const SPILLING: &str = "SETTINGS max_bytes_before_external_group_by = 200000000, prefer_column_name_to_alias = 1";

/// Composes the count of visitors by country, region and city from `from_ms` to `now_ms`; of all time without a beginning. The place
/// of a city is the middle of those that its visitors had, for geo databases know districts.
#[must_use]
pub fn places(site: SiteId, from_ms: Option<i64>, now_ms: i64) -> Statement {
    let from_ms = from_ms.unwrap_or(0);
    // Days are local; none is more than a day away from that of UTC.
    let from_day = (from_ms / DAY_MS - 1).max(0);
    Statement::new(format!(
        "SELECT toString(country), toString(region), city, avg(latitude), avg(longitude), uniqExact(visitor_id) AS visitors \
         FROM events WHERE site_id = {{site:UInt32}} AND day >= toDate({{from_day:UInt16}}) \
         AND at > fromUnixTimestamp64Milli({{from_ms:Int64}}) AND at <= fromUnixTimestamp64Milli({{now_ms:Int64}}) \
         GROUP BY country, region, city ORDER BY visitors DESC, country, region, city LIMIT {MOST_PLACES} {SPILLING}"
    ))
    .bind("site", site.get())
    .bind("from_day", from_day)
    .bind("from_ms", from_ms)
    .bind("now_ms", now_ms)
}

/// Composes the question for the cities from which on one day since `from_day` at least so many visitors came. A visitor has no
/// identity beyond a day, so that those of one day alone are known to be different ones.
#[must_use]
pub fn city_crowds(site: SiteId, from_day: u16, least: u16) -> Statement {
    crowds(
        format!(
            "SELECT toString(country), toString(region), city FROM (\
                 SELECT country, region, city, day, uniqExact(visitor_id) AS visitors FROM events \
                 WHERE site_id = {{site:UInt32}} AND day >= toDate({{from_day:UInt16}}) AND city != '' \
                 GROUP BY country, region, city, day HAVING visitors >= {{least:UInt16}}) \
             GROUP BY country, region, city ORDER BY country, region, city LIMIT {MOST_CROWDS} {SPILLING}"
        ),
        site,
        from_day,
        least,
    )
}

/// Composes the question for the countries from which at least so many visitors came since `from_day`, all days together.
#[must_use]
pub fn country_crowds(site: SiteId, from_day: u16, least: u16) -> Statement {
    crowds(
        format!(
            "SELECT toString(country) FROM events WHERE site_id = {{site:UInt32}} AND day >= toDate({{from_day:UInt16}}) \
             AND country != '' GROUP BY country HAVING uniqExact(visitor_id) >= {{least:UInt16}} \
             ORDER BY country LIMIT {MOST_CROWDS} {SPILLING}"
        ),
        site,
        from_day,
        least,
    )
}

/// Composes the count of pageviews by how many whole minutes they are ago, of the hour up to `now_ms`.
#[must_use]
pub fn views_by_minute(site: SiteId, now_ms: i64) -> Statement {
    let from_ms = now_ms - 60 * 60 * 1000;
    Statement::new(
        "SELECT intDiv({now_ms:Int64} - toUnixTimestamp64Milli(at), 60000) AS ago, count() FROM events \
         WHERE site_id = {site:UInt32} AND day >= toDate({from_day:UInt16}) AND kind = 'pageview' \
         AND at > fromUnixTimestamp64Milli({from_ms:Int64}) AND at <= fromUnixTimestamp64Milli({now_ms:Int64}) \
         GROUP BY ago ORDER BY ago",
    )
    .bind("site", site.get())
    .bind("from_day", (from_ms / DAY_MS - 1).max(0))
    .bind("from_ms", from_ms)
    .bind("now_ms", now_ms)
}

fn crowds(sql: String, site: SiteId, from_day: u16, least: u16) -> Statement {
    Statement::new(sql).bind("site", site.get()).bind("from_day", from_day).bind("least", least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_bound_to_a_site_and_to_days() {
        let site = SiteId::new(7);
        let questions = [
            places(site, Some(1_795_455_600_000), 1_795_459_200_000),
            places(site, None, 1_795_459_200_000),
            city_crowds(site, 20_700, 3),
            country_crowds(site, 20_700, 3),
            views_by_minute(site, 1_795_459_200_000),
        ];
        for question in questions {
            assert!(
                question.sql.contains("site_id = {site:UInt32} AND day >= toDate({from_day:UInt16})"),
                "{question:?}"
            );
            let bound: Vec<&str> = question.params.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(&bound[..2], ["site", "from_day"]);
            for name in bound {
                assert!(
                    question.sql.contains(&format!("{{{name}:")),
                    "{name} is bound and not asked for: {question:?}"
                );
            }
        }
    }
}
