-- What happened at a site, to be shown beside its numbers: a release, a campaign, a failure.
--
-- Questions: those of a site. `happened_at` is a day (2026-06-15) or a moment (2026-06-15T12:00:00Z); there are so few that
-- they are put in order by the program, which knows the zone of the site. A note outlives the person who wrote it.
CREATE TABLE annotations
(
    id          BIGINT PRIMARY KEY,
    site_id     BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    happened_at TEXT   NOT NULL,
    note        TEXT   NOT NULL,
    author_id   BIGINT REFERENCES users (id) ON DELETE SET NULL
);

CREATE INDEX annotations_by_site ON annotations (site_id);
CREATE INDEX annotations_by_author ON annotations (author_id);

INSERT INTO id_counters (kind, last_id) VALUES ('annotation', 0);
