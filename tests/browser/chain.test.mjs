// From a click on a page to its heat map: 200 clicks at each of three widths, at places that the browser itself measured, must be
// in the live view, in the reports and in the heat maps, at these places.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openAs, visitor } from './helpers/browser.mjs';
import { peaksOf } from './helpers/peaks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';
import { distance, Truth, Walk } from './helpers/walk.mjs';

/** Our promise: in a picture, heat is at most so far from where it was clicked. */
const NEAR_PX = 12;
/** Spots nearer to each other could melt into one. */
const APART_PX = 60;
const LIVE_MS = 2_000;
const REPORT_MS = 5_000;
const CLICKS = 200;

const DEVICES = [
  { width: 1280, height: 800 },
  { width: 768, height: 1024 },
  { width: 390, height: 844, mobile: true },
];
/** At each width so many visitors walk through all pages. */
const VISITORS = 2;

/** What a visitor does on each page; 100 clicks in all. */
const WALKS = {
  '/demo/': async (walk) => {
    await walk.click('#hero h1', [0.3, 0.5], 4);
    await walk.click('#hero-join', [0.5, 0.5], 4);
    await walk.click('#card-2-follow', [0.4, 0.6], 4);
    await walk.click('#card-3 img', [0.7, 0.3], 4);
    await walk.click('#spring-map', [0.25, 0.7], 4);
    await walk.click('#spring-5', [0.2, 0.5], 4);
    await walk.click('#help-3-choose', [0.5, 0.4], 4);
    await walk.click('#contact-send', [0.5, 0.5], 4);
    await walk.follow('#hero-learn', [0.9, 0.5], '/demo/article.html');
  },
  // A Cyrillic path; the header is sticky.
  '/demo/статия.html': async (walk) => {
    await walk.click('#article h1', [0.2, 0.5], 3);
    // A link within the page, which leads far down.
    await walk.click('#toc-8', [0.3, 0.5]);
    await walk.click('#pledge-3', [0.3, 0.5], 3);
    await walk.click('#article-save', [0.5, 0.5], 5);
    await walk.click('#figure-year img', [0.6, 0.4], 4);
    await walk.click('#site-header', [0.015, 0.75], 4);
    await walk.click('#prose blockquote', [0.4, 0.5], 4);
    await walk.click('#useful-yes', [0.5, 0.5], 4);
    await walk.follow('#next-gallery', [0.4, 0.5], '/demo/галерия.html');
  },
  // A modal dialog.
  '/demo/gallery.html': async (walk) => {
    await walk.click('#vote-4', [0.5, 0.5], 3);
    await walk.click('#print-ask', [0.5, 0.5], 3);
    for (let time = 0; time < 2; time++) {
      await walk.click('#open-photo-5', [0.5, 0.3]);
      await walk.click('#dialog-image', [0.3, 0.4], 2);
      await walk.click('#dialog-like', [0.5, 0.5], 3);
      await walk.click('#dialog-close', [0.5, 0.5]);
    }
  },
  // A panel that scrolls by itself.
  '/demo/panel.html': async (walk) => {
    await walk.click('#mark-walk', [0.5, 0.5], 3);
    await walk.click('#calendar-row-02-join', [0.5, 0.5], 3);
    await walk.scrollPanel('#calendar-row-04', 90);
    await walk.click('#calendar-row-04 p', [0.2, 0.4], 4);
    await walk.scrollPanel('#calendar-row-30', 400);
    await walk.click('#calendar-row-30-join', [0.5, 0.5], 4);
    await walk.click('#soup-ask', [0.5, 0.5], 4);
  },
};

let service;
/** What really happened, by width. */
const truths = new Map();

before(async () => {
  service = await startService();
});

after(async () => {
  await service?.stop();
});

for (const device of DEVICES) {
  test(`${CLICKS} clicks at ${device.width} px arrive, at their places`, async (t) => {
    const truth = new Truth();
    truths.set(device.width, truth);
    let lastClickAt;
    for (let number = 0; number < VISITORS; number++) {
      lastClickAt = await walkThroughAllPages(t, device, number, truth);
    }
    assert.equal(truth.clicks, CLICKS);
    requireSpotsApart(truth);

    await until('reports and heat maps have every click', REPORT_MS - (performance.now() - lastClickAt), async () => {
      await requireReports();
      for (const path of Object.keys(truth.spots)) await requireNumbers(path, device.width, truth);
      return true;
    });
    t.diagnostic(`complete ${Math.round(performance.now() - lastClickAt)} ms after the last click`);

    const distances = [];
    for (const path of Object.keys(truth.spots)) {
      distances.push(...(await requirePeaks(path, { width: device.width, widths: only(device.width) }, truth)));
    }
    t.diagnostic(`${device.width} px: ${accuracy(distances)}`);
  });
}

test('clicks made at 390 px are on the right elements of the map at 1280 px', async (t) => {
  const [narrow, wide] = [truths.get(390), truths.get(1280)];
  const distances = [];
  for (const path of Object.keys(WALKS)) {
    const params = { path, width: 1280, widths: only(390), underlay: 'none', legend: false };
    const peaks = peaksOf(await service.api.heatmapPicture(DEMO_SITE, params));
    const targets = wide.spotsOf(path).filter((spot) => narrow.spots[path].has(spot.name));
    assert.equal(peaks.length, narrow.spotsOf(path).length, `${path}: one summit for each spot`);
    for (const target of targets) {
      const inside = peaks.filter((peak) => holds(target.box, peak));
      assert.ok(inside.length, `${path}: heat inside ${target.name}, ${JSON.stringify(target)}; heat is at ${JSON.stringify(peaks)}`);
      if (target.anchor !== '.calendar-panel') distances.push(Math.min(...peaks.map((peak) => distance(peak, target))));
    }
    const document = await service.api.heatmap(DEMO_SITE, params);
    assert.deepEqual(
      { clicks: document.clicks, unanchored: document.unanchored },
      { clicks: narrow.clicksOf(path), unanchored: 0 },
      path,
    );
  }
  t.diagnostic(`390 px on 1280 px: ${accuracy(distances)}`);
});

test('a map of all visitors is right at every width', async (t) => {
  for (const [width, truth] of truths) {
    const distances = [];
    // Without the calendar: its rows are clicked in the scrolled panel, which shows others at other widths.
    for (const path of Object.keys(WALKS).filter((walked) => walked !== '/demo/panel.html')) {
      distances.push(...(await requirePeaks(path, { width }, truth)));
    }
    t.diagnostic(`all on ${width} px: ${accuracy(distances)}`);
  }
});

async function walkThroughAllPages(t, device, number, truth) {
  const { browser, page } = await openAs(visitor({ ...device, version: 100 + truths.size * VISITORS + number }));
  t.after(() => browser.close());
  const walk = new Walk(page, service.origin, truth, { touches: device.mobile });
  for (const [path, run] of Object.entries(WALKS)) {
    await walk.open(path);
    await requireLive(path, device);
    await run(walk);
    await walk.layoutSent();
  }
  const lastClickAt = performance.now();
  await page.close();
  return lastClickAt;
}

async function requireLive(path, { mobile }) {
  await until(`the live view has a visitor on ${path}`, LIVE_MS, async () => {
    const live = await service.api.live(DEMO_SITE);
    assert.ok(live.visitors >= 1);
    assert.ok(live.pages.some((page) => page.path === path && page.visitors >= 1));
    return live.sessions.some((session) => session.path === path && session.device === (mobile ? 'mobile' : 'desktop'));
  });
}

/** The reports must have the views, visitors and clicks of all widths up to now. */
async function requireReports() {
  const views = {};
  const clicks = {};
  for (const truth of truths.values()) {
    for (const [path, count] of Object.entries(truth.views)) {
      views[path] = (views[path] ?? 0) + count;
      clicks[path] = (clicks[path] ?? 0) + truth.clicksOf(path);
    }
  }
  assert.deepEqual(await service.api.breakdown(DEMO_SITE, 'pageviews', 'event:page'), views);
  assert.deepEqual(await service.api.totals(DEMO_SITE, ['visitors', 'visits']), {
    visitors: truths.size * VISITORS,
    visits: truths.size * VISITORS,
  });
  const pages = await service.api.pages(DEMO_SITE);
  assert.deepEqual(Object.fromEntries(pages.map((page) => [page.path, page.clicks])), clicks);
}

/** The heat map in numbers must have every click of a width, on its element and at its place. */
async function requireNumbers(path, width, truth) {
  const document = await service.api.heatmap(DEMO_SITE, { path, width, widths: only(width) });
  assert.deepEqual(
    { clicks: document.clicks, views: document.views, unanchored: document.unanchored },
    { clicks: truth.clicksOf(path), views: truth.views[path], unanchored: 0 },
    path,
  );
  for (const spot of truth.spotsOf(path)) {
    const near = document.cells.filter(([x, y]) => distance({ x, y }, spot) <= NEAR_PX);
    const clicks = near.reduce((sum, [, , weight]) => sum + weight, 0);
    assert.equal(clicks, spot.clicks, `${path}: clicks in cells near ${spot.name} at ${spot.x}, ${spot.y}`);
  }
}

/** Every spot must be a summit of the picture, and every summit a spot. Returns the distances. */
async function requirePeaks(path, params, truth) {
  const picture = await service.api.heatmapPicture(DEMO_SITE, { path, underlay: 'none', legend: false, ...params });
  assert.equal(picture.width, params.width);
  assert.ok(Math.abs(picture.height - truth.heights[path]) <= 1, `${path} is ${truth.heights[path]} px high, its map ${picture.height}`);
  const peaks = peaksOf(picture);
  const spots = truth.spotsOf(path);
  const nearest = (place, others) => Math.min(...others.map((other) => distance(place, other)));
  for (const peak of peaks) {
    assert.ok(nearest(peak, spots) <= NEAR_PX, `${path} at ${params.width} px: nobody clicked at ${JSON.stringify(peak)}`);
  }
  return spots.map((spot) => {
    const away = nearest(spot, peaks);
    assert.ok(away <= NEAR_PX, `${path} at ${params.width} px: ${spot.name} at ${spot.x}, ${spot.y} is ${away} px from the next summit`);
    return away;
  });
}

/** Not a test of the product: it says that the demo pages or the walks have changed so that spots would melt into each other. */
function requireSpotsApart(truth) {
  for (const path of Object.keys(truth.spots)) {
    const spots = truth.spotsOf(path);
    for (const [at, spot] of spots.entries()) {
      for (const other of spots.slice(at + 1)) {
        assert.ok(distance(spot, other) >= APART_PX, `${path}: choose spots further apart: ${JSON.stringify([spot, other])}`);
      }
    }
  }
}

const only = (width) => `${width}-${width}`;

const holds = (box, { x, y }) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

const accuracy = (distances) => {
  const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  return `${distances.length} spots, off by at most ${Math.max(...distances).toFixed(2)} px, on average ${mean.toFixed(2)} px`;
};
