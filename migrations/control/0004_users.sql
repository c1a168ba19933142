-- The people who sign in to the dashboard (never visitors).
--
-- Questions: one by e-mail address, all of them. `password_hash` is an argon2id PHC string; `password_version` counts
-- its changes, so that a sign-in that began before a change cannot end after it.
CREATE TABLE users
(
    id               BIGINT PRIMARY KEY,
    email            TEXT   NOT NULL UNIQUE,
    password_hash    TEXT   NOT NULL,
    password_version BIGINT NOT NULL,
    admin            BIGINT NOT NULL CHECK (admin IN (0, 1)),
    created_at_ms    BIGINT NOT NULL
);
