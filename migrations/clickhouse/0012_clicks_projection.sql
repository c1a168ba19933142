-- Makes the projection of 0011 for rows that are there already. In the background, part by part: the service starts without
-- waiting for it, and parts that have none yet are read as before. Only the projection is written, no column is. To be seen
-- in system.mutations.
ALTER TABLE clicks MATERIALIZE PROJECTION cells SETTINGS mutations_sync = 0
