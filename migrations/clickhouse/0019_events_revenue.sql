-- Money that a custom event brought. Amounts of several currencies are never added: a question names one, or groups by it.
-- Thousandths are exact and enough for every currency of ISO 4217. Most rows have none, which takes next to no room.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS revenue Decimal(18, 3) COMMENT '0 where the event brought no money',
    ADD COLUMN IF NOT EXISTS currency LowCardinality(String) COMMENT 'ISO 4217; empty where the event brought no money'
