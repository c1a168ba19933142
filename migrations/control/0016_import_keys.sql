-- The keys of visitor hashes of imported events, one for each site that has such events: the salts of their days are destroyed, or
-- were never drawn. Who has the key of a site and its rows can try out addresses and names, so it goes with the site.
--
-- Questions: one by its site. `import_key` is 32 random bytes in base64.
CREATE TABLE import_keys
(
    site_id    BIGINT PRIMARY KEY REFERENCES sites (id) ON DELETE CASCADE,
    import_key TEXT   NOT NULL
);
