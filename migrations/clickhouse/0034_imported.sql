-- Sums of days that another program has counted: what a report adds where it is asked for imported days, too.
--
-- A row is a line of one of the reports of Plausible's export: a day, what the report tells apart, and sums. Nobody can be told
-- from another in it. Columns are named as those of `events`, so that a dimension is the same expression over both tables; what
-- a report does not tell is empty.
-- Questions: one site, one report, a range of days, grouped by what the report tells apart; which days a site has of which
-- import. A day has some thousand rows at most, so there are no partitions: an insert is one part, and there whole or not at all.
CREATE TABLE IF NOT EXISTS imported
(
    site_id         UInt32,
    report          LowCardinality(String) COMMENT 'visitors, sources, pages, …: the file of the export without imported_',
    day             Date,
    kind            String ALIAS if(report = 'custom_events', 'event', 'pageview'),
    name            String COMMENT 'of a custom event',
    hostname        LowCardinality(String),
    pathname        String,
    entry_pathname  String,
    exit_pathname   String,
    referrer        String,
    source          String,
    channel         LowCardinality(String) COMMENT 'by our rules: the export has none',
    utm_source      String,
    utm_medium      String,
    utm_campaign    String,
    utm_content     String,
    utm_term        String,
    country         LowCardinality(String),
    region          LowCardinality(String) COMMENT 'ISO 3166-2 code',
    city            String COMMENT 'number of GeoNames',
    browser         LowCardinality(String),
    browser_version LowCardinality(String),
    os              LowCardinality(String),
    os_version      LowCardinality(String),
    device          LowCardinality(String),
    prop_url        String COMMENT 'property url of a custom event',
    prop_path       String COMMENT 'property path of a custom event',
    visitors        UInt64,
    visits          UInt64,
    pageviews       UInt64,
    events          UInt64 COMMENT 'page views, and of a custom event how often it happened',
    bounces         UInt64,
    visit_seconds   UInt64 COMMENT 'of all visits together',
    import_id       UInt64 COMMENT 'the file that brought the row',
    batch           UInt64 COMMENT 'the part of it',
    arrived_at      DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (site_id, report, day)
SETTINGS non_replicated_deduplication_window = 10000
