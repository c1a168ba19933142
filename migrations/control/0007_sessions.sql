-- The signed-in browsers of users. Only a hash of the token is here.
--
-- Questions: one by the hash of its token; all of a user (when the password changes).
CREATE TABLE sessions
(
    token_hash      TEXT PRIMARY KEY,
    user_id         BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at_ms   BIGINT NOT NULL,
    last_seen_at_ms BIGINT NOT NULL
);

CREATE INDEX sessions_by_user ON sessions (user_id);
