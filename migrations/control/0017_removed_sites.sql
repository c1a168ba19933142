-- Sites that were removed: what was measured of them is erased from ClickHouse by the service, also where a command removed the
-- site while no service ran, and what comes out of the spool later. Numbers are never given again, so a row is right for ever.
--
-- Questions: all of them, once a day.
CREATE TABLE removed_sites
(
    site_id BIGINT PRIMARY KEY
);
