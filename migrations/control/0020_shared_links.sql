-- Links that show the dashboard of a site to whoever has them.
--
-- Questions: those of a site, one by its number. What opens a link is its number and a signature by `link_key` (32 random bytes in
-- base64), so that its owner can be shown the address again; passes of links with a password are signed by the same key. With the
-- row all of them end. Times are in milliseconds; a link without an end has none.
CREATE TABLE shared_links
(
    id            BIGINT PRIMARY KEY,
    site_id       BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name          TEXT   NOT NULL,
    link_key      TEXT   NOT NULL,
    password_hash TEXT,
    heatmaps      BIGINT NOT NULL,
    live_feed     BIGINT NOT NULL,
    expires_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (site_id, name)
);

INSERT INTO id_counters (kind, last_id) VALUES ('shared_link', 0);
