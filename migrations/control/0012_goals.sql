-- What visitors of a site should do.
--
-- Questions: those of a site. `subject` is the name of an event, or the pattern of paths; `percent` is how far down a page,
-- and 0 where that does not matter, so that two equal goals are equal here.
CREATE TABLE goals
(
    id       BIGINT PRIMARY KEY,
    site_id  BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name     TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('event', 'page', 'scroll')),
    subject  TEXT   NOT NULL,
    percent  BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    currency TEXT,
    UNIQUE (site_id, name),
    UNIQUE (site_id, kind, subject, percent)
);

INSERT INTO id_counters (kind, last_id) VALUES ('goal', 0);
