// Heat maps with everything real: what the tracker calls rage, dead and an error is drawn as that, an uploaded picture lies behind the
// heat, and the owner's own page shows its map.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

/** A verdict on a click takes the tracker 2.5 s. */
const VERDICT_MS = 20_000;

let service;
let host;
let versions = 100;

before(async () => {
  service = await startService();
  const script = `<script defer src="${service.origin}/js/heatline.js" data-site="${DEMO_SITE}" data-move></script>`;
  const page = (path, body) => [path, html(`${script}<style>body { margin: 0; height: 2400px } button { position: absolute; width: 200px; height: 60px }</style>${body}`)];
  host = await startHost(
    Object.fromEntries([
      page('/shop', `<main style="height:2400px">
        <button id="alive" style="left:100px;top:100px" onclick="this.dataset.pressed = Date.now()">Alive</button>
        <button id="nothing" style="left:400px;top:100px">Nothing</button>
        <button id="broken" style="left:700px;top:100px" onclick="missing()">Broken</button>
        <button id="opener" style="left:100px;top:300px" onclick="document.getElementById('offer').showModal()">Offer</button>
        <dialog id="offer"><button id="accept" style="position:static">Accept</button></dialog></main>`),
    ]),
  );
  await service.api.changeSite(DEMO_SITE, { settings: { hostnames: ['127.0.0.1'] } });
});

after(async () => {
  host?.stop();
  await service?.stop();
});

async function newVisitor(t, settings = {}) {
  const opened = await openAs(visitor({ version: versions++, ...settings }));
  t.after(() => opened.browser.close());
  return { ...opened, complaints: complaintsOf(opened.context) };
}

/** Returns the map in numbers; an empty one while the page has no data yet. */
async function map(params = {}) {
  const answer = await service.api.heatmapAnswer(DEMO_SITE, 'json', { path: '/shop', width: 1280, ...params });
  return answer.ok ? answer.json() : { clicks: 0, elements: [], views: 0 };
}

const clicksOf = async (kind) =>
  Object.fromEntries((await map({ kind })).elements.map(({ element, clicks }) => [element, clicks]));

test('each click is on the map of what became of it', async (t) => {
  const { page } = await newVisitor(t);
  await page.goto(`${host.origin}/shop`);
  await page.waitForFunction(() => document.readyState === 'complete');
  // The module that records clicks comes when the page is idle; the first clicks are kept for it.
  await page.click('#alive', { position: { x: 50, y: 30 } });
  await page.click('#broken');
  for (let time = 0; time < 4; time++) await page.click('#nothing', { delay: 20 });
  // Whatever changes meanwhile could be what came of it.
  await page.waitForTimeout(3_000);
  await page.click('#opener');
  await page.click('#accept');
  await until('every click is on its map', VERDICT_MS, async () => {
    assert.deepEqual(await clicksOf('click'), { '#nothing': 4, '#alive': 1, '#broken': 1, '#opener': 1, '#accept': 1 });
    assert.deepEqual(await clicksOf('rage'), { '#nothing': 4 });
    assert.deepEqual(Object.keys(await clicksOf('error')), ['#broken']);
    return true;
  });
  await until('a click that nothing comes of is dead', VERDICT_MS, async () => {
    const dead = await clicksOf('dead');
    assert.ok(dead['#nothing'] >= 1, JSON.stringify(dead));
    assert.ok(!('#alive' in dead) && !('#opener' in dead), JSON.stringify(dead));
    return true;
  });
  const { states } = await map();
  assert.deepEqual(states.map(({ element, clicks }) => [element, clicks]), [['#offer', 1]]);
  const open = await map({ state: states[0].id });
  assert.deepEqual(open.elements.map(({ element }) => element), ['#accept']);
});

test('rests of the pointer and the parts that were looked at are told', async (t) => {
  const { page } = await newVisitor(t);
  await page.goto(`${host.origin}/shop`);
  // What watches the pointer comes when the page is idle.
  await page.waitForTimeout(2_000);
  await page.mouse.move(500, 130);
  await page.waitForTimeout(1_500);
  await page.mouse.move(900, 600);
  await page.waitForTimeout(500);
  await page.evaluate(() => scrollTo(0, 900));
  await page.waitForTimeout(1_000);
  await page.goto('about:blank');
  await until('the pointer rested on the button', VERDICT_MS, async () => {
    const moves = await map({ kind: 'move' });
    assert.ok(moves.elements.some(({ element, clicks }) => element === '#nothing' && clicks >= 500), JSON.stringify(moves.elements));
    return true;
  });
  await until('the parts that were looked at are told', VERDICT_MS, async () => {
    const { bands, landmarks } = await map({ kind: 'attention' });
    assert.equal(bands?.length, 100);
    assert.ok(bands[0].seconds_per_view > bands[99].seconds_per_view);
    assert.ok(landmarks.some(({ element, seconds_per_view: seconds }) => element.endsWith('main') && seconds > 0), JSON.stringify(landmarks));
    return true;
  });
});

test("the owner's own page shows its map, and counts nothing meanwhile", async (t) => {
  const { token } = await service.api.openOverlay(DEMO_SITE, '/shop');
  const before = (await map()).views;
  const { page, complaints } = await newVisitor(t);
  const sent = [];
  page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(`${host.origin}/shop#heatline-overlay=${token}`);
  await until('the overlay has its numbers', 15_000, () => sent.some((line) => line.endsWith('/heatmap.json')));
  await page.waitForTimeout(1_500);
  const shot = await page.screenshot();
  assert.ok(await isColoured(page, shot, { x: 400, y: 100, width: 200, height: 60 }), 'heat lies on the button that was clicked most');
  assert.ok(!(await isColoured(page, shot, { x: 640, y: 640, width: 40, height: 40 })), 'and none where nobody clicked');
  assert.deepEqual(sent.filter((line) => line.includes('/api/beacon')), []);
  assert.deepEqual(complaints, []);
  assert.equal((await map()).views, before, 'the owner is no visitor');
});

test('a picture of the page lies behind the heat', async (t) => {
  const { page } = await newVisitor(t);
  // Whoever asks not to be counted is not.
  await page.addInitScript(() => localStorage.setItem('heatline_ignore', 'true'));
  await page.goto(`${host.origin}/shop`);
  const body = await page.screenshot({ fullPage: true });
  const params = { path: '/shop', underlay: 'screenshot' };
  const missing = await service.api.heatmapAnswer(DEMO_SITE, 'png', params);
  assert.equal((await missing.json()).code, 'no_screenshot');
  await service.api.keepScreenshot(DEMO_SITE, { path: '/shop', width: 1280 }, body);
  for (const ending of ['png', 'webp', 'svg']) {
    const drawn = await service.api.heatmapAnswer(DEMO_SITE, ending, params);
    assert.equal(drawn.status, 200, ending);
    const bytes = Buffer.from(await drawn.arrayBuffer());
    const size = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    }, `data:${drawn.headers.get('content-type')};base64,${bytes.toString('base64')}`);
    assert.deepEqual(size, [1280, 2400], ending);
  }
});

/** Tells whether most of a place of a screenshot has a colour, for the page itself is grey. */
async function isColoured(page, shot, { x, y, width, height }) {
  const share = await page.evaluate(
    async ({ url, place }) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(...place);
      let coloured = 0;
      for (let at = 0; at < data.length; at += 4) {
        const [red, green, blue] = data.slice(at, at + 3);
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 24) coloured++;
      }
      return coloured / (data.length / 4);
    },
    { url: `data:image/png;base64,${shot.toString('base64')}`, place: [x, y, width, height] },
  );
  return share > 0.2;
}
