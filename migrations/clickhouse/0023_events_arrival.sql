-- When the batch was begun that brought a row: what an export goes by that goes on where the last one ended. A constant within
-- a part, like the number of the batch (0005), so it takes no room on the disk. Rows from before have 1970.
ALTER TABLE events ADD COLUMN IF NOT EXISTS arrived_at DateTime64(3, 'UTC') COMMENT 'when the batch was begun that brought the row'
