-- How many visitors were on a site at the same time, by minute: what the history of the live view and the metric
-- concurrent_peak read. Events cannot tell it afterwards: goodbyes are in no table.
--
-- A row a minute and site with anybody, of each node: rows of one node and minute are of one that was restarted and go by their
-- largest, those of several nodes are of different visitors and add up. Questions: one site, a range of days or minutes.
-- Counts tell of nobody, and a year of them is half a million small rows a site: they are kept for three years.
CREATE TABLE IF NOT EXISTS concurrency
(
    site_id  UInt32,
    day      Date COMMENT 'of the minute, in the zone of the site',
    minute   DateTime('UTC'),
    node     UInt64 COMMENT 'data folder whose service counted',
    visitors UInt32 COMMENT 'when the minute ended',
    peak     UInt32 COMMENT 'most at one moment of it',
    batch    UInt64 COMMENT 'batch of the spool that brought the row'
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, minute, node)
TTL day + INTERVAL 1100 DAY
SETTINGS non_replicated_deduplication_window = 10000
