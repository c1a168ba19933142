-- Events of one site as they might be: visits of one to twelve rows, paths, sources, countries and browsers as uneven as they are
-- (Zipf), more of them by day than by night; {visits} visits evenly over {days} days from {from} on; of these the {part} from the
-- {first} one on. A visit has four to five rows on average: 100 M rows are 22.4 M visits.
-- The same {seed} gives the same rows.
INSERT INTO events
    (site_id, day, at, kind, name, view_id, visitor_id, session_id, session_started_at, hostname, pathname, entry_hostname,
     entry_pathname, referrer, source, channel, utm_source, utm_medium, utm_campaign, country, region, city, browser,
     browser_version, os, os_version, device, viewport_width, viewport_height, engaged_ms, scroll_depth, batch)
WITH
    cityHash64(number, {seed:UInt64}) AS dice,
    -- Zipf: the logarithm of the place is even.
    toUInt32(floor(exp((dice % 65536) / 65536 * log(2000))) - 1) AS entry,
    toUInt8(floor(exp((bitShiftRight(dice, 16) % 4096) / 4096 * log(60))) - 1) AS origin,
    toUInt8(floor(exp((bitShiftRight(dice, 28) % 4096) / 4096 * log(120))) - 1) AS place,
    toUInt8(floor(exp((bitShiftRight(dice, 40) % 4096) / 4096 * log(9))) - 1) AS agent,
    cityHash64(dice, 1) AS luck,
    -- The sum of three dice is bell-shaped: noon of the day, and little at night; but some visits begin just before midnight.
    if(luck % 64 = 1, 86000000 + toUInt32(luck % 390000), toUInt32((luck % 28800000) + (bitShiftRight(luck, 20) % 28800000) + (bitShiftRight(luck, 40) % 28800000))) AS since_midnight,
    toDate({from:Date}) + toIntervalDay(intDiv(number * {days:UInt64}, {visits:UInt64})) AS first_day,
    toDateTime64(first_day, 3, 'UTC') + toIntervalMillisecond(since_midnight) AS began,
    -- One to twelve rows: a third of the visits has one or two.
    1 + toUInt8(floor(11 * pow((cityHash64(dice, 2) % 1000) / 1000, 1.8))) AS length,
    toUInt8(step) AS nth,
    multiIf(nth = 0, 1, nth % 3 = 1, 3, cityHash64(dice, nth) % 9 = 0, 2, 1) AS class,
    began + toIntervalMillisecond(nth * (5000 + cityHash64(dice, 3) % 110000)) AS moment,
    ['www.shop.example', 'shop.example', 'm.shop.example'][1 + (agent > 4) * (1 + dice % 2)] AS host,
    if(nth < 3, entry, toUInt32(cityHash64(dice, intDiv(nth, 3)) % (1 + cityHash64(dice, 4) % 2000))) AS page
SELECT
    {site_id:UInt32},
    toDate(moment),
    moment,
    class,
    if(class = 2, ['Signup', 'Buy', 'Outbound Link: Click', 'File Download'][1 + dice % 4], ''),
    cityHash64(dice, intDiv(nth, 3), 5),
    -- A visitor is one of a day; one in four comes again on it.
    cityHash64(toDate(moment), intDiv(dice, 3) % greatest(1, toUInt64({visits:UInt64} / {days:UInt64} * 0.8))),
    cityHash64(dice, 6),
    began,
    host,
    concat('/articles/', toString(page), if(page % 3 = 0, '/how-to-read-a-map', '')),
    host,
    concat('/articles/', toString(entry), if(entry % 3 = 0, '/how-to-read-a-map', '')),
    if(origin = 0, '', concat('site', toString(origin), '.example/', toString(entry % 7))),
    if(origin = 0, '', concat('Site ', toString(origin))),
    ['Direct', 'Organic Search', 'Referral', 'Organic Social', 'Email'][1 + if(origin = 0, 0, 1 + origin % 4)],
    if(luck % 11 = 0, 'newsletter', ''),
    if(luck % 11 = 0, 'email', ''),
    if(luck % 11 = 0, concat('week-', toString(luck % 12)), ''),
    ['BG', 'DE', 'US', 'FR', 'GB', 'RO', 'TR', 'GR', 'ES', 'IT', 'NL', 'PL', 'CZ', 'RS', 'MK', 'AT'][1 + place % 16],
    concat('Region ', toString(place % 40)),
    concat('City ', toString(place)),
    ['Chrome', 'Safari', 'Firefox', 'Edge', 'Chrome', 'Safari', 'Samsung Internet', 'Opera', 'Chrome'][1 + agent],
    toString(100 + (dice % 40)),
    ['Windows', 'Mac', 'Linux', 'Windows', 'Android', 'iOS', 'Android', 'Windows', 'Android'][1 + agent],
    toString(10 + dice % 8),
    if(agent IN (4, 5, 6, 8), 'mobile', 'desktop'),
    if(agent IN (4, 5, 6, 8), 390, 1440),
    if(agent IN (4, 5, 6, 8), 780, 900),
    if(class = 3, 1000 + cityHash64(dice, nth, 7) % 90000, 0),
    if(class = 3, cityHash64(dice, nth, 8) % 101, 0),
    0
FROM numbers({first:UInt64}, {part:UInt64})
ARRAY JOIN range(length) AS step
