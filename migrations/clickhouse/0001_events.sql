-- Pageviews, custom events and engagement: what reports read.
--
-- Questions: one site, a range of days, grouped by any column; sessions are put together from rows.
-- ORDER BY: a site's days lie together, so a report reads only its range; the rows of a visitor and of a
-- session are neighbours, which makes exact uniques and session sums cheap. PARTITION BY month: coarse,
-- so that an insert nearly always is one part. LowCardinality only where the values are a closed set or
-- the site's own: never on text that a visitor can make up.
CREATE TABLE IF NOT EXISTS events
(
    site_id            UInt32,
    day                Date COMMENT 'local day of the site',
    at                 DateTime64(3, 'UTC'),
    kind               Enum8('pageview' = 1, 'event' = 2, 'engagement' = 3),
    name               String COMMENT 'name of a custom event, else empty',
    view_id            UInt64,
    visitor_id         UInt64,
    session_id         UInt64,
    session_started_at DateTime64(3, 'UTC'),
    hostname           LowCardinality(String),
    pathname           String,
    entry_hostname     LowCardinality(String),
    entry_pathname     String,
    referrer           String COMMENT 'host and path, of the session',
    source             String COMMENT 'of the session',
    channel            LowCardinality(String) COMMENT 'of the session',
    utm_source         String COMMENT 'of the session, as are all utm_',
    utm_medium         String,
    utm_campaign       String,
    utm_content        String,
    utm_term           String,
    country            LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2, empty if unknown',
    region             LowCardinality(String),
    city               String,
    latitude           Float32,
    longitude          Float32,
    browser            LowCardinality(String),
    browser_version    LowCardinality(String),
    os                 LowCardinality(String),
    os_version         LowCardinality(String),
    device             LowCardinality(String) COMMENT 'desktop, tablet or mobile',
    viewport_width     UInt16,
    viewport_height    UInt16,
    engaged_ms         UInt32 COMMENT 'visible and focused, since the last engagement row of the view',
    scroll_depth       UInt8 COMMENT 'percent of the page, 0 to 100',
    props              Map(String, String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, day, visitor_id, session_id, at)
SETTINGS non_replicated_deduplication_window = 10000
