-- Clicks: what click heat maps read.
--
-- Questions: one page of a site, a range of days, sometimes a range of widths; grouped by element and
-- position. ORDER BY puts the path before the day: a map reads one page over many days, and so reads one run.
CREATE TABLE IF NOT EXISTS clicks
(
    site_id            UInt32,
    day                Date COMMENT 'local day of the site',
    at                 DateTime64(3, 'UTC'),
    pathname           String,
    view_id            UInt64,
    visitor_id         UInt64,
    session_id         UInt64,
    element            String COMMENT 'element key of the tracker',
    fraction_x         UInt16 COMMENT 'position in the element, 1/65535 of its width',
    fraction_y         UInt16,
    x                  UInt32 COMMENT 'CSS pixels of the page; of the viewport where flags has bit 0 (fixed)',
    y                  UInt32,
    container_scroll_x UInt32,
    container_scroll_y UInt32,
    document_width     UInt32,
    document_height    UInt32,
    viewport_width     UInt16,
    viewport_height    UInt16,
    since_load_ms      UInt32,
    flags              UInt16 COMMENT 'bits: fixed, touch, keyboard, rage, dead, error, inner',
    device             LowCardinality(String),
    country            LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, pathname, day, viewport_width, element)
SETTINGS non_replicated_deduplication_window = 10000
