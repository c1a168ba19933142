-- Goals of events whose properties have certain values: `props` is an object of JSON with its keys in order, so that two equal goals are
-- equal texts. Goals were told apart without it, and not every database can change that of a table: a new one takes its place.
CREATE TABLE goals_with_props
(
    id       BIGINT PRIMARY KEY,
    site_id  BIGINT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name     TEXT   NOT NULL,
    kind     TEXT   NOT NULL CHECK (kind IN ('event', 'page', 'scroll')),
    subject  TEXT   NOT NULL,
    percent  BIGINT NOT NULL CHECK (percent BETWEEN 0 AND 100),
    props    TEXT   NOT NULL,
    currency TEXT,
    UNIQUE (site_id, name),
    UNIQUE (site_id, kind, subject, percent, props)
);

INSERT INTO goals_with_props (id, site_id, name, kind, subject, percent, props, currency)
SELECT id, site_id, name, kind, subject, percent, '{}', currency FROM goals;

DROP TABLE goals;

ALTER TABLE goals_with_props RENAME TO goals;
