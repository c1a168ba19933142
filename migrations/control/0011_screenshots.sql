-- The screenshots of pages that lie under heat maps: what there is. The pictures are files in the data folder; `file` is the
-- name of one in the folder of its site.
--
-- Questions: those of a site, those of a page, and the one of a page at a width. `width` is that of the page in CSS pixels.
CREATE TABLE screenshots
(
    site_id        BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    path           TEXT   NOT NULL,
    width          BIGINT NOT NULL,
    height         BIGINT NOT NULL,
    size_bytes     BIGINT NOT NULL,
    file           TEXT   NOT NULL,
    uploaded_at_ms BIGINT NOT NULL,
    PRIMARY KEY (site_id, path, width)
);
