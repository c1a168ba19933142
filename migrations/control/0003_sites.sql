-- The tracked properties.
--
-- Questions: all of them (to build the snapshot), one by name. `settings` is the JSON object of `model::SiteSettings`;
-- keys that this program does not know are kept.
CREATE TABLE sites
(
    id            BIGINT PRIMARY KEY,
    name          TEXT   NOT NULL UNIQUE,
    time_zone     TEXT   NOT NULL,
    settings      TEXT   NOT NULL,
    created_at_ms BIGINT NOT NULL
);
