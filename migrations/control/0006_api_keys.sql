-- The keys of programs. Only a hash of the key is here.
--
-- Questions: one by its public prefix, all of them. A key for one site goes with the site: were `site_id` set to null
-- instead, the key would open every site.
CREATE TABLE api_keys
(
    id              BIGINT PRIMARY KEY,
    name            TEXT   NOT NULL,
    prefix          TEXT   NOT NULL UNIQUE,
    key_hash        TEXT   NOT NULL,
    scopes          TEXT   NOT NULL,
    site_id         BIGINT REFERENCES sites (id) ON DELETE CASCADE,
    created_at_ms   BIGINT NOT NULL,
    last_used_at_ms BIGINT
);

CREATE INDEX api_keys_by_site ON api_keys (site_id);
