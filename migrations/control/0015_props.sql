-- The properties of events that a site's owner wants to see in reports. Events may have others.
--
-- Questions: those of a site.
CREATE TABLE props
(
    site_id BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name    TEXT   NOT NULL,
    PRIMARY KEY (site_id, name)
);
