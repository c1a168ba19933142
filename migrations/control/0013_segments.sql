-- Filters of reports that were given a name.
--
-- Questions: those of a site, one by its number. `filters` is a list of filters as JSON, as reports take it.
CREATE TABLE segments
(
    id      BIGINT PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name    TEXT   NOT NULL,
    filters TEXT   NOT NULL,
    UNIQUE (site_id, name)
);

INSERT INTO id_counters (kind, last_id) VALUES ('segment', 0);
