-- Rests of the pointer: what move heat maps read. Only from pages that ask for it.
--
-- Questions and ORDER BY: those of clicks (0002). Columns mean what they mean there, the computed ones and the projection
-- what they mean in 0010 and 0011; a place is worth the time that the pointer lay there.
CREATE TABLE IF NOT EXISTS moves
(
    site_id         UInt32,
    day             Date COMMENT 'local day of the site',
    at              DateTime64(3, 'UTC'),
    pathname        String,
    view_id         UInt64,
    visitor_id      UInt64,
    session_id      UInt64,
    element         String COMMENT 'element key of the tracker',
    fraction_x      UInt16 COMMENT 'position in the element, 1/65535 of its width',
    fraction_y      UInt16,
    x               UInt32 COMMENT 'CSS pixels of the page; of the viewport where flags has bit 0 (fixed)',
    y               UInt32,
    box_width       UInt32 COMMENT 'of the element, CSS pixels; 0 if not known',
    box_height      UInt32,
    document_width  UInt32,
    document_height UInt32,
    viewport_width  UInt16,
    viewport_height UInt16,
    rest_ms         UInt32 COMMENT 'how long the pointer lay still',
    state           UInt32 COMMENT 'which dialogs, menus and banners were open; 0: none',
    flags           UInt16 COMMENT 'bits as in clicks',
    device          LowCardinality(String),
    country         LowCardinality(String),
    batch           UInt64 COMMENT 'batch of the spool that brought the row',
    element_id      UInt64 MATERIALIZED cityHash64(element),
    cell_x          UInt16 MATERIALIZED fraction_x - fraction_x % toUInt32(exp2(16 - if(box_width = 0, 5, least(ceil(log2(greatest(box_width, 16) / 16)), 12)))),
    cell_y          UInt16 MATERIALIZED fraction_y - fraction_y % toUInt32(exp2(16 - if(box_height = 0, 5, least(ceil(log2(greatest(box_height, 16) / 16)), 12)))),
    screen          UInt8 ALIAS multiIf(viewport_width < 480, 0, viewport_width < 768, 1, viewport_width < 1024, 2, viewport_width < 1440, 3, 4) COMMENT 'class of viewport_width',
    fixed           UInt8 ALIAS bitAnd(flags, 1),
    share_x         Float32 ALIAS x / greatest(if(fixed = 1, viewport_width, document_width), 1) COMMENT 'x as a share of the page, of the viewport if fixed',
    down            Float32 ALIAS if(fixed = 1, y, y / greatest(document_height, 1)) COMMENT 'y as a share of the page; if fixed, in CSS pixels of the viewport',
    PROJECTION cells
    (
        SELECT site_id, pathname, day, device, state, element_id, cell_x, cell_y,
            count(), sum(rest_ms), sum(fraction_x), sum(fraction_y)
        GROUP BY site_id, pathname, day, device, state, element_id, cell_x, cell_y
    )
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (site_id, pathname, day, viewport_width, element)
SETTINGS non_replicated_deduplication_window = 10000
