-- Stops the making of the projection of 0017 for rows that are there already, where it still goes on: 0021 makes it anew,
-- and the engine drops no projection that is being made.
KILL MUTATION WHERE database = currentDatabase() AND table = 'events' AND command LIKE '%MATERIALIZE PROJECTION views%' SYNC
