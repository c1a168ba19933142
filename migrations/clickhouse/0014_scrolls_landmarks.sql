-- How long each landmark of the page was on screen since the last report: what the landmarks of an attention map read, summed
-- by element over the rows of a page.
ALTER TABLE scrolls ADD COLUMN IF NOT EXISTS landmarks Array(Tuple(element String, visible_ms UInt32)) COMMENT 'visible time of landmarks since the last report'
