-- The one-time token that makes the first user. At most one row, and none once there is a user.
CREATE TABLE setup_token
(
    id            BIGINT PRIMARY KEY CHECK (id = 1),
    token_hash    TEXT   NOT NULL,
    expires_at_ms BIGINT NOT NULL
);
