-- Layout samples: where the elements of a page stood in one browser. No text.
--
-- Questions: the recent samples of one page whose viewport is near the asked width.
-- They age: a page of last year has another layout. 400 days cover a year-over-year map.
CREATE TABLE IF NOT EXISTS layouts
(
    site_id         UInt32,
    day             Date COMMENT 'local day of the site',
    at              DateTime64(3, 'UTC'),
    pathname        String,
    view_id         UInt64,
    viewport_width  UInt16,
    viewport_height UInt16,
    document_width  UInt32,
    document_height UInt32,
    complete        Bool COMMENT 'false: only the elements of an opened dialog or menu',
    boxes           Array(Tuple(element String, tag String, role String, x Int32, y Int32, width UInt32, height UInt32, flags UInt16))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, pathname, viewport_width, at)
TTL day + INTERVAL 400 DAY
SETTINGS non_replicated_deduplication_window = 1000
