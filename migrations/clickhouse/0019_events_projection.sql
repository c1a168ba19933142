-- Makes the projection of 0018 for rows that are there already, as 0013 does.
ALTER TABLE events MATERIALIZE PROJECTION views SETTINGS mutations_sync = 0
