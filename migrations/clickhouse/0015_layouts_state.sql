-- The state of the page that a sample shows, as in clicks. A sample of one state alone (complete = false) begins with the box
-- of the dialog, menu or banner that makes it.
ALTER TABLE layouts ADD COLUMN IF NOT EXISTS state UInt32 COMMENT 'which dialogs, menus and banners were open; 0: none'
