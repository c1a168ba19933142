-- What people choose for themselves, what a signed-in browser is called, and who made a key.
--
-- Questions: the choices of one user; the sessions of one user; the keys of a site with their makers. A choice that was never made is
-- NULL: the browser's own holds then. Of the user agent of a sign-in only the names of browser and system are kept. A key that a person
-- made goes with them; those of the command line have no maker.
ALTER TABLE users ADD COLUMN language TEXT;

ALTER TABLE users ADD COLUMN theme TEXT;

ALTER TABLE users ADD COLUMN time_format TEXT;

ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';

ALTER TABLE sessions ADD COLUMN os TEXT NOT NULL DEFAULT '';

ALTER TABLE api_keys ADD COLUMN maker_id BIGINT REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX api_keys_by_maker ON api_keys (maker_id);
