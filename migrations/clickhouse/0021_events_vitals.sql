-- Web vitals of a view, as a kind of row of their own: how fast and how steady the page was.
--
-- Questions: the 75th percentile of each over one site and a range of days, and the shares of views that are good and poor,
-- grouped and filtered by anything a view has. That is why they are rows of this table: they carry the page, the visitor
-- and the session as all others do. Like engagement they make no visitor, no session and no event.
-- Nullable: a browser leaves out what it does not measure, and 0 is a measure (a page that never shifts). Rows of other
-- kinds hold nothing there, which compresses to next to nothing.
-- The projection of 0017 goes and comes in the same statement, for a column that is a key of one cannot get another type,
-- not even one value more (code 524). The new enumeration alone would rewrite no part.
ALTER TABLE events
    DROP PROJECTION IF EXISTS views,
    MODIFY COLUMN kind Enum8('pageview' = 1, 'event' = 2, 'engagement' = 3, 'vitals' = 4),
    ADD COLUMN IF NOT EXISTS lcp_ms Nullable(UInt32) COMMENT 'largest contentful paint',
    ADD COLUMN IF NOT EXISTS inp_ms Nullable(UInt32) COMMENT 'interaction to next paint',
    ADD COLUMN IF NOT EXISTS cls_e4 Nullable(UInt32) COMMENT 'cumulative layout shift, ten-thousandths',
    ADD COLUMN IF NOT EXISTS fcp_ms Nullable(UInt32) COMMENT 'first contentful paint',
    ADD COLUMN IF NOT EXISTS ttfb_ms Nullable(UInt32) COMMENT 'time to first byte',
    ADD PROJECTION IF NOT EXISTS views
    (
        SELECT site_id, pathname, day, kind, device, viewport_width, count()
        GROUP BY site_id, pathname, day, kind, device, viewport_width
    )
