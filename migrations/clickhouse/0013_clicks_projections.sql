-- Makes the projections of 0011 and 0012 for rows that are there already. In the background, part by part: the service
-- starts without waiting for it, and parts that have none yet are read as before. Only the projections are written, no
-- column is. To be seen in system.mutations.
ALTER TABLE clicks
    MATERIALIZE PROJECTION cells,
    MATERIALIZE PROJECTION elements
SETTINGS mutations_sync = 0
