// Development only: a made-up page outline with made-up clicks, drawn well enough to judge the page around it.

import { crc32, deflateSync } from 'node:zlib';

const page = (path, views, clicks, widths, rage = 0, dead = 0) => ({ path, views, clicks, rage, dead, widths });

export const pages = [
  page('/demo/', 1840, 2312, [390, 768, 1280], 14, 61),
  page('/', 3120, 1987, [390, 1280, 1440, 1920], 0, 12),
  page('/pricing', 640, 911, [390, 1280], 3),
  page('/блог/как-да-мерим-внимание', 402, 96, [390, 1280]),
  page('/docs/self-hosting/behind-a-reverse-proxy-with-tls', 210, 40, [1280]),
  ...Array.from({ length: 9 }, (_, index) => page(`/docs/page-${index + 1}`, 90 - index, 30 - index, [1280])),
  page('/new', 9, 6, [1280], 0, 1),
  page('/calm', 31, 0, [1280]),
  page('/quiet', 3, 0, [1280]),
];

const FACTOR = { click: 1, element: 1, move: 1_900 };

function layout(width) {
  const narrow = width < 700;
  const boxes = [];
  const add = (element, tag, x, y, w, h, clicks = 0, more = {}) =>
    boxes.push({ element, tag, role: '', clicks, fixed: false, x: Math.round(x), y: Math.round(y), width: Math.round(w), height: Math.round(h), ...more });
  const pad = narrow ? 20 : width * 0.08;
  const inner = width - 2 * pad;
  add('header', 'header', 0, 0, width, 64, 0, { fixed: true });
  ['features', 'pricing', 'docs'].forEach((name, index) => add(`nav>a[name=${name}]`, 'a', width - pad - 330 + index * 110, 18, 90, 28, 60 - index * 12));
  add('#signup', 'button', pad, narrow ? 330 : 300, 180, 52, 640);
  add('#demo', 'a', pad + 200, narrow ? 330 : 300, narrow ? 120 : 160, 52, 310);
  add('main>h1:nth-of-type(1)', 'h1', pad, 130, narrow ? inner : inner * 0.55, 110, 9);
  if (!narrow) add('img.hero', 'img', pad + inner * 0.6, 120, inner * 0.4, 280, 41);
  let y = narrow ? 460 : 480;
  for (let index = 0; index < (narrow ? 9 : 6); index += 1) {
    const columns = narrow ? 1 : 3;
    for (let column = 0; column < columns; column += 1) {
      const w = (inner - (columns - 1) * 32) / columns;
      add(`section:nth-of-type(${index + 1})>article:nth-of-type(${column + 1})`, 'article', pad + column * (w + 32), y, w, 300);
      add(`article:nth-of-type(${index * 3 + column + 1})>a.read-more`, 'a', pad + column * (w + 32) + 20, y + 240, 120, 32, Math.round(180 / (1 + index * 1.7 + column)));
    }
    y += 348;
  }
  add('footer', 'footer', 0, y, width, 180, 3);
  return { boxes, height: y + 180 };
}

function elementsOf(boxes, views, size) {
  return boxes.map((box) => {
    const clicks = Math.round(box.clicks * size);
    const exposed = Math.round(views * Math.max(0.08, 1 - box.y / 3200));
    const isImage = box.tag === 'img';
    return {
      ...box,
      clicks,
      visitors: Math.round(clicks * 0.82),
      exposed,
      click_rate: exposed > 0 ? Math.min(1, clicks / exposed) : null,
      rage: box.element === '#demo' ? Math.round(clicks * 0.045) : 0,
      dead: isImage ? clicks : Math.round(clicks * 0.02),
      error: box.element === '#signup' ? Math.round(clicks * 0.01) : 0,
    };
  });
}

function comparison(elements, views) {
  const was = Math.round(views * 0.94);
  const changed = { '#signup': [0.62, 0.0002], '#demo': [1.9, 0.004], 'img.hero': [0, 0.02] };
  const rows = elements
    .filter(({ clicks }) => clicks > 0)
    .map(({ element, clicks: a }, index) => {
      const [factor, q] = changed[element] ?? [1 + 0.06 * Math.sin(index * 5), Math.min(0.98, 0.3 + index * 0.05)];
      const b = Math.round(a * factor);
      const [rate_a, rate_b] = [a / views, b / was];
      return { element, a, b, rate_a, rate_b, ratio: rate_b > 0 ? rate_a / rate_b : null, p: q / 4, q, changed: q < 0.05 };
    });
  return { views: was, clicks: rows.reduce((sum, row) => sum + row.b, 0), cell: 8, cells: [], elements: rows };
}

/** Returns what the API says of a map and how to draw it; undefined for a page without data. */
export function heatmap(params, today) {
  const pattern = params.get('path_pattern');
  const known = pattern ? { ...pages[0], path: pattern } : pages.find(({ path }) => path === params.get('path'));
  if (!known || known.path === '/quiet') return undefined;
  const width = Number(params.get('width') ?? 1280);
  const kind = params.get('kind') ?? 'click';
  const narrowed = (params.get('filters') ? 0.4 : 1) * (params.get('device') ? 0.5 : 1);
  const views = Math.round(known.views * narrowed);
  const { boxes, height } = layout(width);
  const elements = elementsOf(boxes, views, (known.clicks / 2312) * narrowed * 1.25);
  const ofPoints = kind !== 'scroll' && kind !== 'attention';
  const own = (element) => (['rage', 'dead', 'error'].includes(kind) ? element[kind] : Math.round(element.clicks * (FACTOR[kind] ?? 0)));
  const points = kind === 'move' && known.path !== '/demo/' ? 0 : elements.reduce((sum, element) => sum + own(element), 0);
  const extent = (index) => ({ y0: (index * height) / 100, y1: ((index + 1) * height) / 100 });
  const scroll = Array.from({ length: 100 }, (_, index) => ({ ...extent(index), share: Math.max(0.06, 1 - Math.max(0, index - 20) / 90) }));
  const attention = Array.from({ length: 100 }, (_, index) => ({ ...extent(index), seconds_per_view: 14 * Math.exp(-((index - 12) ** 2) / 260) + 3 * Math.exp(-((index - 70) ** 2) / 90) + 0.3 }));
  const day = (back) => new Date(today - back * 86_400_000).toISOString();
  const versions = known.path === '/demo/' ? [{ from: day(16), to: day(0), samples: 210 }, { from: day(71), to: day(17), samples: 640 }] : [{ from: day(40), to: day(0), samples: 60 }];
  const compare = ofPoints && (params.has('compare') || params.has('compare_filters')) ? comparison(elements, views) : undefined;
  const data = {
    path: known.path,
    kind,
    width,
    height,
    views,
    clicks: points,
    anchored: ofPoints ? Math.round(points * 0.968) : 0,
    unanchored: ofPoints ? points - Math.round(points * 0.968) : 0,
    cell: 4,
    cells: [],
    gone_clicks: ofPoints && known.path === '/demo/' ? 229 : 0,
    fold: 720,
    layout: { samples: versions[0].samples, width, since: versions[0].from, versions },
    states: known.path === '/demo/' ? [{ id: 2166136261, element: '#cookie-banner', clicks: 402 }, { id: 77, element: '', clicks: 58 }] : [],
    elements: ofPoints ? elements.map((element) => ({ ...element, clicks: own(element) })).filter(({ clicks }) => clicks > 0) : [],
    gone: ofPoints && known.path === '/demo/' ? [{ element: '#summer-sale', clicks: 212 }, { element: 'aside>a.newsletter', clicks: 17 }] : [],
    ...(compare ? { compare } : {}),
    ...(kind === 'scroll' ? { measured: views, bands: scroll } : {}),
    ...(kind === 'attention'
      ? {
          bands: attention,
          landmarks: boxes
            .filter(({ tag }) => ['header', 'h1', 'img', 'article', 'footer'].includes(tag))
            .slice(0, 12)
            .map((box, index) => ({ ...box, seconds_per_view: box.tag === 'header' ? 4.2 : 21 / (1 + index * 0.8) })),
        }
      : {}),
  };
  const strength = new Map(elements.map((element) => [element.element, own(element)]));
  return { data, png: () => draw({ width, height, boxes, kind, scroll, attention, compare, strength, params }) };
}

/** What the map does not tell of the elements. */
export function elementReport(params, today) {
  const map = heatmap(params, today)?.data;
  if (!map) return undefined;
  const elements = map.elements.map(({ element, tag, role, clicks, exposed, click_rate, rage, dead, error }, index) => {
    const median_first_click_ms = clicks > 0 ? 1_800 + ((index * 7919) % 97) * 700 : null;
    return { element, tag, role, views: map.views, exposed, clicks, click_rate, rage, dead, error, median_first_click_ms };
  });
  return { path: map.path, views: map.views, elements };
}

const PALETTES = {
  heat: (v) => (v < 0.5 ? [60 + v * 390, 90 + v * 180, 220 - v * 300] : [255, 180 - (v - 0.5) * 300, 60]),
  viridis: (v) => [68 + v * 185, 1 + v * 230, 84 + v * 60 - v * v * 110],
  ice: (v) => [170 - v * 160, 210 - v * 170, 250 - v * 120],
  night: (v) => [120 + v * 135, 40 + v * 190, 200 - v * 120],
};

function draw({ width, height, boxes, kind, scroll, attention, compare, strength, params }) {
  const night = params.get('palette') === 'night';
  const outline = params.get('underlay') !== 'none';
  const pixels = Buffer.alloc(width * height * 4, 0);
  if (outline) for (let at = 0; at < pixels.length; at += 4) pixels.set(night ? [22, 24, 30, 255] : [255, 255, 255, 255], at);
  const blend = (x, y, [r, g, b], a) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (Math.floor(y) * width + Math.floor(x)) * 4;
    [r, g, b].forEach((value, index) => (pixels[at + index] = pixels[at + index] * (1 - a) + Math.max(0, Math.min(255, value)) * a));
    pixels[at + 3] = Math.max(pixels[at + 3], a * 255);
  };
  const fill = (box, colour, a, edge, edgeA) => {
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1) {
        const isEdge = y === box.y || x === box.x || y === box.y + box.height - 1 || x === box.x + box.width - 1;
        blend(x, y, isEdge ? edge : colour, isEdge ? edgeA : a);
      }
  };
  const [face, line] = night ? [[34, 37, 46], [70, 74, 86]] : [[243, 243, 246], [190, 190, 196]];
  if (outline) for (const box of boxes) fill(box, face, 0.6, line, 1);
  const ramp = PALETTES[params.get('palette') ?? 'heat'] ?? PALETTES.heat;
  const highest = Math.max(1, ...strength.values());
  if (kind === 'scroll' || kind === 'attention') {
    const most = Math.max(...attention.map((band) => band.seconds_per_view));
    for (let y = 0; y < height; y += 1) {
      const index = Math.min(99, Math.floor((y / height) * 100));
      const value = kind === 'scroll' ? scroll[index].share : attention[index].seconds_per_view / most;
      for (let x = 0; x < width; x += 1) blend(x, y, ramp(value), 0.5);
    }
  } else if (kind === 'element') {
    for (const box of boxes.filter(({ element }) => strength.get(element) > 0)) {
      const value = Math.min(1, strength.get(box.element) / highest);
      fill(box, ramp(value), 0.55, ramp(value), 1);
    }
  } else {
    const radius = Number(params.get('radius') ?? 24);
    const changes = new Map(compare?.elements.map((row) => [row.element, row]));
    for (const box of boxes.filter(({ element }) => strength.get(element) > 0)) {
      const change = changes.get(box.element);
      if (compare && !change?.changed) continue;
      const power = compare ? 0.9 : Math.min(1, 0.25 + strength.get(box.element) / highest);
      const reach = radius * (1 + power * 1.4);
      const colour = change ? () => (change.rate_a > change.rate_b ? [214, 84, 28] : [40, 110, 200]) : ramp;
      const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
      for (let y = Math.floor(cy - reach); y < cy + reach; y += 1)
        for (let x = Math.floor(cx - reach); x < cx + reach; x += 1) {
          const v = power * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (reach * reach * 0.18));
          if (v > 0.03) blend(x, y, colour(v), Math.min(0.85, v * 1.6));
        }
    }
  }
  return png(width, height, pixels);
}

function png(width, height, pixels) {
  const raw = Buffer.alloc((width * 4 + 1) * height);
  for (let y = 0; y < height; y += 1) pixels.copy(raw, y * (width * 4 + 1) + 1, y * width * 4, (y + 1) * width * 4);
  const chunk = (type, body) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length);
    head.write(type, 4, 'latin1');
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc32(Buffer.concat([head.subarray(4), body])));
    return Buffer.concat([head, body, tail]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(raw, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}
