-- Which user may do what with which site. Admins need no row.
--
-- Questions: the role of a user on a site, the sites of a user, the members of a site.
CREATE TABLE memberships
(
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    site_id BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    role    TEXT   NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    PRIMARY KEY (user_id, site_id)
);

CREATE INDEX memberships_by_site ON memberships (site_id);
