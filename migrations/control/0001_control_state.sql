-- One row that every change of the control database counts up.
--
-- Questions: has anything changed since I looked? (every node, every second). Writers update the row first, so
-- it also puts them in a line: SQLite and PostgreSQL then behave alike and a check made inside a write holds.
CREATE TABLE control_state
(
    id       BIGINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);

INSERT INTO control_state (id, revision) VALUES (1, 0);
