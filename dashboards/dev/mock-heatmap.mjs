// Development only: a made-up page outline with made-up clicks, drawn well enough to judge the page around it.

import { crc32, deflateSync } from 'node:zlib';

export const pages = [
  { path: '/demo/', views: 1840, clicks: 2312, widths: [390, 768, 1280] },
  { path: '/', views: 3120, clicks: 1987, widths: [390, 1280, 1440, 1920] },
  { path: '/pricing', views: 640, clicks: 911, widths: [390, 1280] },
  { path: '/блог/как-да-мерим-внимание', views: 402, clicks: 96, widths: [390, 1280] },
  { path: '/docs/self-hosting/behind-a-reverse-proxy-with-tls', views: 210, clicks: 40, widths: [1280] },
  ...Array.from({ length: 9 }, (_, index) => ({ path: `/docs/page-${index + 1}`, views: 90 - index, clicks: 30 - index, widths: [1280] })),
  { path: '/quiet', views: 3, clicks: 0, widths: [1280] },
];

function layout(width) {
  const narrow = width < 700;
  const boxes = [];
  const add = (element, tag, x, y, w, h, clicks = 0) =>
    boxes.push({ element, tag, clicks, x: Math.round(x), y: Math.round(y), width: Math.round(w), height: Math.round(h) });
  const pad = narrow ? 20 : width * 0.08;
  const inner = width - 2 * pad;
  add('header', 'header', 0, 0, width, 64);
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

/** Returns what the API says of a map and how to draw it; undefined for a page without data. */
export function clickMap(params) {
  const page = pages.find(({ path }) => path === params.get('path'));
  if (!page || page.path === '/quiet') return undefined;
  const width = Number(params.get('width') ?? 1280);
  const kind = params.get('kind') ?? 'click';
  const { boxes, height } = layout(width);
  const clicks = boxes.reduce((sum, box) => sum + box.clicks, 0);
  const bands = Array.from({ length: 100 }, (_, index) => ({
    y0: (index * height) / 100,
    y1: ((index + 1) * height) / 100,
    share: Math.max(0.06, 1 - Math.max(0, index - 20) / 90),
  }));
  const data = {
    path: page.path,
    kind,
    width,
    height,
    views: page.views,
    clicks: kind === 'click' ? clicks : 0,
    anchored: kind === 'click' ? Math.round(clicks * 0.968) : 0,
    unanchored: kind === 'click' ? Math.round(clicks * 0.032) : 0,
    cell: 4,
    cells: [],
    elements: kind === 'click' ? boxes.filter((box) => box.clicks > 0) : [],
    ...(kind === 'scroll' ? { bands, fold: 720 } : {}),
  };
  return { data, png: () => draw(width, height, boxes, kind, bands, params.get('underlay') !== 'none') };
}

function draw(width, height, boxes, kind, bands, outline) {
  const pixels = Buffer.alloc(width * height * 4, outline ? 255 : 0);
  const blend = (x, y, [r, g, b], a) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    const at = (y * width + x) * 4;
    [r, g, b].forEach((value, index) => (pixels[at + index] = pixels[at + index] * (1 - a) + value * a));
    pixels[at + 3] = Math.max(pixels[at + 3], a * 255);
  };
  if (outline) {
    for (const box of boxes) {
      for (let y = box.y; y < box.y + box.height; y += 1)
        for (let x = box.x; x < box.x + box.width; x += 1) {
          const edge = y === box.y || x === box.x || y === box.y + box.height - 1 || x === box.x + box.width - 1;
          blend(x, y, edge ? [190, 190, 196] : [243, 243, 246], edge ? 1 : 0.6);
        }
    }
  }
  const ramp = (v) => (v < 0.5 ? [60 + v * 390, 90 + v * 180, 220 - v * 300] : [255, 180 - (v - 0.5) * 300, 60]);
  if (kind === 'scroll') {
    for (let y = 0; y < height; y += 1) {
      const { share } = bands[Math.min(99, Math.floor((y / height) * 100))];
      for (let x = 0; x < width; x += 1) blend(x, y, ramp(share), 0.55);
    }
  } else {
    for (const box of boxes.filter(({ clicks }) => clicks > 0)) {
      const power = Math.min(1, 0.25 + box.clicks / 500);
      const radius = 26 + power * 34;
      const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
      for (let y = Math.floor(cy - radius); y < cy + radius; y += 1)
        for (let x = Math.floor(cx - radius); x < cx + radius; x += 1) {
          const v = power * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (radius * radius * 0.18));
          if (v > 0.03) blend(x, y, ramp(v), Math.min(0.85, v * 1.6));
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
