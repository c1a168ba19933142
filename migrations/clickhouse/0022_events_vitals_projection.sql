-- Makes the projection of 0021 for rows that are there already, as 0012 does.
ALTER TABLE events MATERIALIZE PROJECTION views SETTINGS mutations_sync = 0
