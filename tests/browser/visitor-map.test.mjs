// Maps of visitors and the live page as websites of others show them: a plain <img>, and a frame.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { requireAccessible, requireNoOverflow } from './helpers/looks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const LIVE_MS = 5_000;
/** Addresses that the geo database knows: Amsterdam, and the United States. */
const DUTCH = '193.0.6.139';
const AMERICAN = '8.8.8.8';

const MAPS = {
  dots: '.svg?range=5m&width=600',
  heat: '.png?range=5m&style=heat&theme=dark&width=300',
  countries: '.svg?range=5m&style=countries&theme=transparent&lang=bg&width=1200',
};

let service;
let readme;
let stranger;

before(async () => {
  service = await startService();
  const image = ([name, rest]) =>
    `<img id="${name}" src="${service.origin}/map/${DEMO_SITE}${rest}" alt="${name}">`.replaceAll('&', '&amp;');
  const frame = `<iframe id="live" src="${service.origin}/live/${DEMO_SITE}?embed=1" width="700" height="700" title="live"></iframe>`;
  readme = await startHost({ '/readme': html(Object.entries(MAPS).map(image).join('\n')), '/framed': html(frame) });
  stranger = await startHost({ '/framed': html(frame) });
  await service.api.changeSite(DEMO_SITE, {
    settings: { public_map: true, public_live: true, public_map_min_visitors: 1, live_frame_ancestors: [readme.origin] },
  });
});

after(async () => {
  readme?.stop();
  stranger?.stop();
  await service?.stop();
});

let views = 0;

/** Sends a pageview as somebody at an address would. */
async function arrive(address, path = '/') {
  views += 1;
  const response = await fetch(`${service.origin}/api/beacon`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'x-forwarded-for': address, 'user-agent': visitor({ version: 100 + views }).userAgent },
    body: JSON.stringify({
      v: 1,
      site: DEMO_SITE,
      url: `https://${DEMO_SITE}${path}`,
      view: views.toString(16).padStart(16, '0'),
      viewport: [1280, 720],
      document: [1280, 4000],
      events: [{ type: 'pageview' }],
    }),
  });
  assert.equal(response.status, 202, await response.text());
}

test('a README of another origin shows maps by plain images', async (t) => {
  await arrive(AMERICAN);
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  await page.goto(`${readme.origin}/readme`);
  const sizes = await page.evaluate(async () => {
    await Promise.all([...document.images].map((image) => image.decode()));
    return Object.fromEntries([...document.images].map(({ id, naturalWidth, naturalHeight }) => [id, [naturalWidth, naturalHeight]]));
  });
  assert.deepEqual(Object.keys(sizes), Object.keys(MAPS));
  assert.deepEqual([sizes.dots[0], sizes.heat[0], sizes.countries[0]], [600, 300, 1200]);
  for (const [name, [width, height]] of Object.entries(sizes)) assert.ok(width > 1.8 * height && width < 2.4 * height, name);
  assert.deepEqual(complaints, []);
});

test('a dot appears on the live page when somebody arrives', async (t) => {
  const { browser, context, page } = await openAs(visitor({ width: 1440, height: 900 }));
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  await page.goto(`${service.origin}/live/${DEMO_SITE}?lang=en`);
  await page.locator('[data-state=live]').waitFor();
  const count = () => page.locator('#visitors').textContent();
  const before = Number(await count());
  const discs = await page.locator('#places .place').count();
  await arrive(DUTCH, '/kaas');
  await until('one more is here', LIVE_MS, async () => Number(await count()) === before + 1);
  assert.equal(await page.locator('#places .place').count(), discs + 1);
  assert.equal(await page.locator('#places .arrival').count(), 1, 'a ring says where');
  assert.ok((await page.locator('#countries').textContent()).includes('Netherlands'));
  assert.ok((await page.locator('#pages').textContent()).includes('/kaas'));
  const { x, y, map } = await page.evaluate(() => {
    const box = (element) => element.getBoundingClientRect();
    const middle = (element) => ({ x: box(element).left + box(element).width / 2, y: box(element).top + box(element).height / 2 });
    const all = [...document.querySelectorAll('#places .place')].map(middle);
    const image = box(document.querySelector('.map img'));
    return { ...all.sort((one, other) => other.x - one.x)[0], map: { left: image.left, top: image.top, width: image.width, height: image.height } };
  });
  // Amsterdam lies a little west of the middle, in the upper third.
  assert.ok((x - map.left) / map.width > 0.44 && (x - map.left) / map.width < 0.5, `${x} of ${JSON.stringify(map)}`);
  assert.ok((y - map.top) / map.height > 0.1 && (y - map.top) / map.height < 0.33, `${y} of ${JSON.stringify(map)}`);
  assert.deepEqual(complaints, []);
});

test('those whom the owner names may frame the live page, others may not', async (t) => {
  const { browser, page } = await openAs();
  t.after(() => browser.close());
  await page.goto(`${readme.origin}/framed`);
  const framed = page.frameLocator('#live');
  await framed.locator('[data-state=live]').waitFor();
  assert.equal(await framed.locator('.head').isVisible(), false, 'no head in a frame');
  await page.goto(`${stranger.origin}/framed`);
  await page.waitForTimeout(1_000);
  assert.equal(await page.frameLocator('#live').locator('#visitors').count(), 0);
});

for (const { width, colorScheme, lang } of [
  { width: 380, colorScheme: 'light', lang: 'bg' },
  { width: 768, colorScheme: 'dark', lang: 'en' },
  { width: 1440, colorScheme: 'light', lang: 'en' },
  { width: 1440, colorScheme: 'dark', lang: 'bg' },
]) {
  test(`the live page fits ${width} px, ${colorScheme}, ${lang}`, async (t) => {
    await arrive(AMERICAN, '/a-page-with-a-path-that-is-much-longer-than-a-narrow-screen-has-room-for/and-then-some');
    const { browser, context, page } = await openAs({ ...visitor({ width, height: 900 }), colorScheme });
    t.after(() => browser.close());
    const complaints = complaintsOf(context);
    await page.goto(`${service.origin}/live/${DEMO_SITE}?lang=${lang}`);
    await page.locator('[data-state=live]').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), lang);
    await requireNoOverflow(page, `${width} px`);
    await requireAccessible(page, `${width} px`);
    assert.deepEqual(complaints, []);
    if (process.env.HEATLINE_TEST_SHOTS) {
      await page.screenshot({ path: `${process.env.HEATLINE_TEST_SHOTS}/live-${width}-${colorScheme}-${lang}.png`, fullPage: true });
    }
  });
}

test('the page comes back after the server was away', async (t) => {
  const { browser, page } = await openAs();
  t.after(() => browser.close());
  await page.goto(`${service.origin}/live/${DEMO_SITE}`);
  await page.locator('[data-state=live]').waitFor();
  await service.restart();
  await arrive(DUTCH, '/again');
  await page.locator('[data-state=live]').waitFor({ timeout: 60_000 });
  await until('it shows what came after', 60_000, async () => (await page.locator('#pages').textContent()).includes('/again'));
});
