-- Makes the projection of 0028 for rows that are there already, as 0012 does.
ALTER TABLE events MATERIALIZE PROJECTION marks SETTINGS mutations_sync = 0
