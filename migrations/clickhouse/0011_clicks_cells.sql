-- Clicks by element and cell: what a click map draws, summed in advance.
--
-- Questions: one page of a site (or a pattern of paths), a range of days; perhaps one device, state of the page or kind of
-- click. GROUP BY is also the order on the disk: one page over 90 days is one run of each month. A question is answered from
-- here if it uses nothing but these columns and sums; what asks for more (a span of widths, a country, visitors, the texts of
-- elements) reads rows.
--
-- A projection and not a materialized view: it is part of its part. It comes with the rows of an insert or not at all, is
-- merged with them, and mutations rewrite it, so it is exact after every retry, crash and deletion. (Rows may go by ALTER
-- TABLE … DELETE only; DELETE FROM is refused for tables with projections.)
--
-- 10 M clicks of one page in 30 days are 1.7 M rows here; benches/README.md has the times. Tried and left out: the text of
-- the element in the key (the question takes three times as long), the class of width besides the device (inserts cost a
-- third more), sums of the place on the page (half as long again).
ALTER TABLE clicks ADD PROJECTION IF NOT EXISTS cells
(
    SELECT site_id, pathname, day, device, state, kind_flags, element_id, cell_x, cell_y,
        count(), sum(fraction_x), sum(fraction_y)
    GROUP BY site_id, pathname, day, device, state, kind_flags, element_id, cell_x, cell_y
)
