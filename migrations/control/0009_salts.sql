-- The keys of visitor hashes, one for each site and local day, destroyed after the day.
--
-- Questions: all of them (there are at most three for each site). `local_day` counts days since the Unix epoch;
-- `salt` is 32 random bytes in base64.
CREATE TABLE salts
(
    site_id   BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    local_day BIGINT NOT NULL,
    salt      TEXT   NOT NULL,
    PRIMARY KEY (site_id, local_day)
);
