-- Clicks of one page as they might be: 120 elements of the sizes that links, buttons, texts, pictures and sections have, five
-- widths of viewport, places with a bell-shaped spread, {clicks} of them evenly over {days} days from {from} on; of these the {part}
-- from the {first} one on.
-- The same {seed} gives the same clicks. 10 M take ten seconds.
INSERT INTO clicks
    (site_id, day, at, pathname, view_id, visitor_id, session_id, element, fraction_x, fraction_y, x, y, document_width,
     document_height, viewport_width, viewport_height, since_load_ms, flags, device, country, batch, box_width, box_height,
     state)
WITH
    cityHash64(number, {seed:UInt64}) AS dice,
    -- Half of the clicks go to the ten most popular elements, as on any page (Zipf).
    toUInt8(floor(exp((dice % 65536) / 65536 * log(121)) - 1)) AS nth,
    [360, 768, 1024, 1440, 1920][[1, 1, 1, 1, 2, 3, 4, 4, 4, 5][1 + bitShiftRight(dice, 16) % 10]] AS viewport,
    -- A tenth of the elements are sections, a fifth texts, a seventh pictures; the rest are links and buttons.
    cityHash64(nth, 7) AS shape,
    multiIf(nth = 20, 'body', nth % 10 = 9, 'section', nth % 5 = 3, 'p', nth % 7 = 6, 'img', nth % 2 = 0, 'a', 'button') AS tag,
    toUInt32(least(viewport - 32, multiIf(tag = 'body', 4000, tag = 'section', 1280, tag = 'p', 440 + shape % 300,
        tag = 'img', 240 + shape % 400, 48 + shape % 180))) AS wide,
    toUInt32(multiIf(tag = 'body', 5200, tag = 'section', 360 + shape % 500, tag = 'p', 48 + shape % 200,
        tag = 'img', 160 + shape % 240, 20 + shape % 32)) AS high,
    -- The sum of three dice is bell-shaped.
    (bitShiftRight(dice, 24) % 1024 + bitShiftRight(dice, 34) % 1024 + bitShiftRight(dice, 44) % 1024) / 3072 AS right,
    (cityHash64(dice, 1) % 4096 + cityHash64(dice, 2) % 4096 + cityHash64(dice, 3) % 4096) / 12288 AS low,
    nth < 6 AS is_fixed,
    (nth % 4) * (viewport / 4) AS box_left,
    if(is_fixed, 8, 80 + nth * 42) AS box_top,
    toDate({from:Date}) + toIntervalDay(intDiv(number * {days:UInt64}, {clicks:UInt64})) AS local_day,
    cityHash64(dice, 4) % 1000 AS luck
SELECT
    {site_id:UInt32},
    local_day,
    toDateTime64(local_day, 3, 'UTC') + toIntervalMillisecond(dice % 86400000),
    {path:String},
    cityHash64(intDiv(number, 3), 11) AS view,
    cityHash64(intDiv(number, 5), 12),
    cityHash64(intDiv(number, 4), 13),
    concat(if(nth % 3 = 0, '#', 'main>div.row:nth-of-type('), toString(nth), if(nth % 3 = 0, '', ')>'), tag),
    toUInt16(right * 65535),
    toUInt16(low * 65535),
    toUInt32(box_left + wide * right) AS at_x,
    toUInt32(box_top + high * low),
    viewport,
    5200,
    viewport,
    if(viewport < 768, 740, 900),
    1000 + dice % 60000,
    is_fixed + if(viewport < 1024, 2, 0) + multiIf(luck < 10, 8, luck < 40, 16, luck < 43, 32, luck < 48, 136, 0),
    multiIf(viewport < 768, 'mobile', viewport < 1024, 'tablet', 'desktop'),
    ['BG', 'DE', 'US', 'FR'][1 + view % 4],
    0,
    wide,
    high,
    if(luck >= 970, 305419896, 0)
FROM numbers({first:UInt64}, {part:UInt64})
