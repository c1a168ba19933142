-- What became of a site's events, by minute: what the view of missing hits reads.
--
-- Accepted rows are counted by the shipper out of the batch that brings them, so they equal the raw tables; what was left
-- out or refused is counted by the service and comes through the spool like any event.
-- Questions: one site, a range of minutes, summed by fate and reason. A few rows a minute and site, so plain rows do.
CREATE TABLE IF NOT EXISTS outcomes
(
    site_id UInt32,
    day     Date COMMENT 'of the minute, UTC',
    minute  DateTime('UTC') COMMENT 'of the arrival',
    outcome LowCardinality(String) COMMENT 'accepted, dropped or refused',
    reason  LowCardinality(String) COMMENT 'why it was dropped or refused',
    events  UInt32,
    batch   UInt64 COMMENT 'batch of the spool that brought the row'
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, minute, outcome, reason)
TTL day + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 10000
