-- The rows of visits that cross midnight, of days that are counted in 0030: copies of what reports read of `events`. A visit is
-- a whole only within the range of a report, so these are put together anew for each.
CREATE TABLE IF NOT EXISTS crossing
(
    site_id         UInt32,
    day             Date COMMENT 'local day of the site',
    freeze          UInt64,
    at              DateTime64(3, 'UTC'),
    kind            Enum8('pageview' = 1, 'event' = 2, 'engagement' = 3, 'vitals' = 4),
    name            String,
    session_id      UInt64,
    hostname        LowCardinality(String),
    pathname        String,
    entry_hostname  LowCardinality(String),
    entry_pathname  String,
    referrer        String,
    source          String,
    channel         LowCardinality(String),
    utm_source      String,
    utm_medium      String,
    utm_campaign    String,
    utm_content     String,
    utm_term        String,
    country         LowCardinality(String),
    region          LowCardinality(String),
    city            String,
    browser         LowCardinality(String),
    browser_version LowCardinality(String),
    os              LowCardinality(String),
    os_version      LowCardinality(String),
    device          LowCardinality(String),
    engaged_ms      UInt32,
    scroll_depth    UInt8
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, freeze, session_id, at)
