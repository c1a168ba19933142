-- What a click map is put together from: the box that a click fell into, the state of the page, and, computed once when a
-- row comes in, the keys of the projection of 0011.
--
-- cell_x, cell_y: fraction_x and fraction_y with their low bits cleared, so that a box is cut into a power of two of cells
-- each way that are at most 16 CSS pixels wide (4096 of them at most, 32 where the box is not known). A power of two, for
-- then the borders of a coarse grid are borders of the fine one too. 16 pixels, for a spot of the usual radius has a
-- deviation of 12: laid out in this distance, spots add up to a surface that is even to one part in 10⁴, and the mean
-- place within the cell is kept besides. Cells of 8 pixels made 1.6 times as many rows.
-- element_id: a number in the place of a text of up to 200 bytes makes the sums of a map twice as fast.
-- Rows from before have no box and are cut into 32 by 32 cells; what they lack is computed when it is read. So is what only
-- single rows are asked for: screen, fixed, share_x, down.
ALTER TABLE clicks
    ADD COLUMN IF NOT EXISTS box_width UInt32 COMMENT 'of the element, CSS pixels; 0 if not known',
    ADD COLUMN IF NOT EXISTS box_height UInt32,
    ADD COLUMN IF NOT EXISTS state UInt32 COMMENT 'which dialogs, menus and banners were open; 0: none',
    ADD COLUMN IF NOT EXISTS element_id UInt64 MATERIALIZED cityHash64(element),
    ADD COLUMN IF NOT EXISTS cell_x UInt16 MATERIALIZED fraction_x - fraction_x % toUInt32(exp2(16 - if(box_width = 0, 5, least(ceil(log2(greatest(box_width, 16) / 16)), 12)))),
    ADD COLUMN IF NOT EXISTS cell_y UInt16 MATERIALIZED fraction_y - fraction_y % toUInt32(exp2(16 - if(box_height = 0, 5, least(ceil(log2(greatest(box_height, 16) / 16)), 12)))),
    ADD COLUMN IF NOT EXISTS screen UInt8 ALIAS multiIf(viewport_width < 480, 0, viewport_width < 768, 1, viewport_width < 1024, 2, viewport_width < 1440, 3, 4) COMMENT 'class of viewport_width',
    ADD COLUMN IF NOT EXISTS kind_flags UInt8 MATERIALIZED bitAnd(flags, 8 + 16 + 32 + 128) COMMENT 'of flags: rage, dead, error, follow-up; what has the last one is no click of its own',
    ADD COLUMN IF NOT EXISTS fixed UInt8 ALIAS bitAnd(flags, 1),
    ADD COLUMN IF NOT EXISTS share_x Float32 ALIAS x / greatest(if(fixed = 1, viewport_width, document_width), 1) COMMENT 'x as a share of the page, of the viewport if fixed',
    ADD COLUMN IF NOT EXISTS down Float32 ALIAS if(fixed = 1, y, y / greatest(document_height, 1)) COMMENT 'y as a share of the page; if fixed, in CSS pixels of the viewport'
