-- Closed days, counted once: a day of a site by one thing that reports group by (grouping: 'pathname', 'source', 'hour' …,
-- 'total'), a row for each value.
--
-- Questions: one site and grouping, a range of days, summed by value. Visitors live one local day, so that those of days add
-- up; so do visits that lie within a day. Visits that cross midnight do not: only their visitors, pageviews and events are
-- counted here, and their rows are kept in 0031.
-- freeze: milliseconds since 1970 and some luck; all counts of a day that were made together. Which one is good says 0032.
CREATE TABLE IF NOT EXISTS frozen
(
    site_id        UInt32,
    grouping       LowCardinality(String),
    day            Date COMMENT 'local day of the site',
    freeze         UInt64,
    value          String,
    visitors       UInt32,
    visits         UInt32 COMMENT 'that have a counted row with the value',
    pageviews      UInt32,
    events         UInt32,
    sessions       UInt32 COMMENT 'visits that the value describes: of a page those that entered on it',
    bounces        UInt32 COMMENT 'of sessions, as are the next two',
    session_views  UInt32,
    session_ms     Int64,
    engaged_visits UInt32 COMMENT 'visits with engagement',
    engaged_sum_ms UInt64,
    depths         UInt64 COMMENT 'sum over these of the deepest scroll'
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, grouping, day, freeze, value)
