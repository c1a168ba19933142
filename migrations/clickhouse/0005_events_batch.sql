-- The number of the spool's batch that brought a row: after an insert whose fate is not known the rows of the batch are
-- counted, and sent again only where they are missing. A constant within a part, so it takes no room on the disk.
ALTER TABLE events ADD COLUMN IF NOT EXISTS batch UInt64 COMMENT 'batch of the spool that brought the row'
