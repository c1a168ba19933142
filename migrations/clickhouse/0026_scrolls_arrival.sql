-- As 0020 in events.
ALTER TABLE scrolls ADD COLUMN IF NOT EXISTS arrived_at DateTime64(3, 'UTC') COMMENT 'when the batch was begun that brought the row'
