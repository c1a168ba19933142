-- Events by page, width and device: how many views a heat map is about.
--
-- Questions: page views of one page (or of each page) of a site in a range of days, perhaps of some widths or one device.
-- The table itself is in the order of visitors, and a question for one page would read all days of the site whole.
-- A projection for the reasons of 0011.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS views
(
    SELECT site_id, pathname, day, kind, device, viewport_width, count()
    GROUP BY site_id, pathname, day, kind, device, viewport_width
)
