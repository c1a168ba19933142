-- The last identifier given, by kind. An identifier is never given twice, for rows in ClickHouse outlive their site.
CREATE TABLE id_counters
(
    kind    TEXT PRIMARY KEY,
    last_id BIGINT NOT NULL
);

INSERT INTO id_counters (kind, last_id) VALUES ('site', 0), ('user', 0), ('api_key', 0);
