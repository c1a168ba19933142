-- The keys that sign links to pictures, one for each site that has such links. Without its key no link of a site opens anything.
--
-- Questions: one by its site. `link_key` is 32 random bytes in base64.
CREATE TABLE link_keys
(
    site_id  BIGINT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
    link_key TEXT   NOT NULL
);
