-- Clicks by element: names the elements of 0011, says where on the page they were and how large, and counts their clicks.
--
-- Questions: those of 0011; which pages were clicked; which elements, how often and in which way. A hundred rows a day and
-- page. sum(share_x), sum(down), the sums of fractions and of box sizes tell where an element stood that today's layout
-- does not have: a cell of it lies at the mean place, and from there by its fraction of the mean box.
-- A projection for the reasons of 0011.
ALTER TABLE clicks ADD PROJECTION IF NOT EXISTS elements
(
    SELECT site_id, pathname, day, screen, device, state, kind_flags, fixed, element_id, element,
        count(), sum(share_x), sum(down), sum(fraction_x), sum(fraction_y), sum(box_width), sum(box_height)
    GROUP BY site_id, pathname, day, screen, device, state, kind_flags, fixed, element_id, element
)
