-- Clicks by element: the names behind the numbers of 0011 (element_id is cityHash64(element)).
--
-- Questions: the elements of one page in a range of days; which pages were clicked; how often, and in which way. A hundred
-- rows a day and page.
-- A projection for the reasons of 0011.
ALTER TABLE clicks ADD PROJECTION IF NOT EXISTS elements
(
    SELECT site_id, pathname, day, kind_flags, element, count()
    GROUP BY site_id, pathname, day, kind_flags, element
)
