-- As in 0005_events_batch.
ALTER TABLE clicks ADD COLUMN IF NOT EXISTS batch UInt64 COMMENT 'batch of the spool that brought the row'
