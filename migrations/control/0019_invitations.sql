-- Links that let somebody in as a member of a site, once. Only a hash of the token is here.
--
-- Questions: one by the hash of its token; those of a site. `email` is whom it is for, where that was said. What an owner has given out goes
-- with them; those of the command line have no inviter.
CREATE TABLE invitations
(
    id            BIGINT PRIMARY KEY,
    site_id       BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    token_hash    TEXT   NOT NULL UNIQUE,
    role          TEXT   NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    email         TEXT,
    inviter_id    BIGINT REFERENCES users (id) ON DELETE CASCADE,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
);

CREATE INDEX invitations_by_site ON invitations (site_id);
CREATE INDEX invitations_by_inviter ON invitations (inviter_id);

INSERT INTO id_counters (kind, last_id) VALUES ('invitation', 0);
