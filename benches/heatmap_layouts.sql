-- Layouts of the page of heatmap_clicks.sql: the same elements at the same places, at each of its five widths, on a page of
-- 8000 px. Three samples of a width, as a page that is visited has them.
INSERT INTO layouts
    (site_id, day, at, pathname, view_id, viewport_width, viewport_height, document_width, document_height, complete, boxes,
     batch, state)
WITH
    cityHash64(nth, 7) AS shape,
    multiIf(nth = 20, 'body', nth % 10 = 9, 'section', nth % 5 = 3, 'p', nth % 7 = 6, 'img', nth % 2 = 0, 'a', 'button') AS tag,
    toUInt32(least(viewport - 32, multiIf(tag = 'body', 4000, tag = 'section', 1280, tag = 'p', 440 + shape % 300,
        tag = 'img', 240 + shape % 400, 48 + shape % 180))) AS wide,
    toUInt32(multiIf(tag = 'body', 8000, tag = 'section', 360 + shape % 500, tag = 'p', 48 + shape % 200,
        tag = 'img', 160 + shape % 240, 20 + shape % 32)) AS high,
    nth < 6 AS is_fixed
SELECT
    {site_id:UInt32},
    {from:Date} AS sampled,
    toDateTime64(sampled, 3, 'UTC') + toIntervalMinute(sample),
    {path:String},
    cityHash64(viewport, sample),
    viewport,
    if(viewport < 768, 740, 900),
    viewport,
    8000,
    true,
    groupArray((
        concat(if(nth % 3 = 0, '#', 'main>div.row:nth-of-type('), toString(nth), if(nth % 3 = 0, '', ')>'), tag),
        tag,
        '',
        toInt32(if(tag = 'body', 0, (nth % 4) * (viewport / 4))),
        toInt32(multiIf(tag = 'body', 0, is_fixed, 8, 80 + nth * 64)),
        if(tag = 'body', viewport, wide),
        high,
        toUInt16(is_fixed)
    )),
    0,
    0
FROM (SELECT number AS nth FROM numbers(120)) AS elements
CROSS JOIN (SELECT arrayJoin([360, 768, 1024, 1440, 1920]) AS viewport) AS viewports
CROSS JOIN (SELECT number AS sample FROM numbers(3)) AS samples
GROUP BY viewport, sample
