-- A mark of each day of a site: how many rows it has and a sum over them, by the quarter of the hour in which their session
-- began. What was counted from a closed day once (0030) is good as long as its mark is the same: any row that comes late, is
-- imported or erased changes it, and so does an erased entry page, which is changed in place.
--
-- By the beginning of the session, for the session of a row of one day may have rows of the next: whoever keeps the counts
-- of a day has to know of them, and the rows of one quarter are found without reading the others.
-- Questions: the days of one site in a range; all days of all sites, every few minutes. A projection for the reasons of 0011.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS marks
(
    SELECT site_id, day, toStartOfFifteenMinutes(session_started_at), count(), sum(cityHash64(at, view_id, engaged_ms, pathname, entry_pathname))
    GROUP BY site_id, day, toStartOfFifteenMinutes(session_started_at)
)
