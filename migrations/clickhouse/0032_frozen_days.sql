-- Which days are counted in 0030, with their mark of 0028 when it was done. The newest of a day counts, while the mark is the same.
CREATE TABLE IF NOT EXISTS frozen_days
(
    site_id     UInt32,
    day         Date COMMENT 'local day of the site',
    freeze      UInt64,
    first_begun DateTime('UTC') COMMENT 'first and last quarter of an hour in which a session of the day began',
    last_begun  DateTime('UTC'),
    rows        UInt64 COMMENT 'of the day, and of those quarters on the days beside it',
    checksum    UInt64,
    zone        LowCardinality(String) COMMENT 'in which hours were cut'
)
ENGINE = MergeTree
ORDER BY (site_id, day, freeze)
