-- Scrolling: one row a report of a view; a view's reports are put together by view_id.
--
-- Questions: one page, a range of days: which share of views reached each hundredth of the page.
CREATE TABLE IF NOT EXISTS scrolls
(
    site_id         UInt32,
    day             Date COMMENT 'local day of the site',
    at              DateTime64(3, 'UTC'),
    pathname        String,
    view_id         UInt64,
    visitor_id      UInt64,
    session_id      UInt64,
    depth_px        UInt32 COMMENT 'lowest page pixel that was on screen so far',
    exposure_ms     Array(UInt32) COMMENT 'visible time of each hundredth of the page since the last report',
    document_width  UInt32,
    document_height UInt32,
    viewport_width  UInt16,
    viewport_height UInt16,
    device          LowCardinality(String),
    country         LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, pathname, day, view_id)
SETTINGS non_replicated_deduplication_window = 10000
