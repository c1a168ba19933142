// The heat map in the dashboard as somebody works in it: the list with small pictures, a page of 20 000 pixels, two maps side by side, and
// the page of elements that leads there.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';

import { collectComplaints, launchBrowser, openAs, visitor } from './helpers/browser.mjs';
import { OWNER, pictureSize } from './helpers/dashboard.mjs';
import { html, startHost } from './helpers/host.mjs';
import { requireAccessible, requireNoOverflow } from './helpers/looks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const HEIGHT = 20_000;
const STORE_MS = 20_000;
const SOON_MS = 10_000;
const NOTES = /^console: Failed to load resource/;
/** Pages with one click each: so many that the list has to be scrolled. */
const OTHERS = 40;

let service;
let host;
let browser;
let context;
let page;
let complaints;

before(async () => {
  service = await startService();
  const script = `<script defer src="${service.origin}/js/heatline.js" data-site="${DEMO_SITE}"></script>`;
  const button = (id, top, left) => `<button id="${id}" style="top:${top}px;left:${left}px">${id}</button>`;
  const style = `<style>body { margin: 0; height: ${HEIGHT}px } button { position: absolute; width: 200px; height: 60px }</style>`;
  host = await startHost({ '/long': html(`${script}${style}<main style="height:${HEIGHT}px">${button('top', 200, 60)}${button('middle', 9_000, 60)}${button('deep', 19_000, 60)}</main>`) });
  await service.api.changeSite(DEMO_SITE, { settings: { hostnames: ['127.0.0.1'] } });
  await visit({ version: 121 }, ['top', 'deep', 'deep', 'deep']);
  await visit({ version: 122, width: 390, height: 844, mobile: true }, ['top', 'top', 'top', 'middle']);
  for (let number = 0; number < OTHERS; number += 1) await view(`/other-${number}`);
  await until('the clicks are in the store', STORE_MS, async () => (await service.api.heatmap(DEMO_SITE, { path: '/long' })).clicks === 8);
  await until('the views are in the store', STORE_MS, async () => (await service.api.pages(DEMO_SITE)).length === OTHERS + 1);

  browser = await launchBrowser();
  context = await browser.newContext({ ...visitor({ width: 1440, height: 900 }), acceptDownloads: true, reducedMotion: 'reduce' });
  context.setDefaultTimeout(SOON_MS);
  complaints = [];
  collectComplaints(context, complaints, NOTES);
  const token = new URL(service.setupLink).searchParams.get('token');
  const made = await context.request.post(`${service.origin}/api/v1/setup`, { data: { token, email: OWNER.email, password: OWNER.right } });
  assert.ok(made.ok(), await made.text());
  page = await context.newPage();
});

beforeEach(() => {
  complaints.length = 0;
});

after(async () => {
  await browser?.close();
  host?.stop();
  await service?.stop();
});

/** Somebody clicks buttons of the long page, one after the other, and leaves. */
async function visit(who, buttons) {
  const guest = await openAs(visitor(who));
  await guest.page.goto(`${host.origin}/long`);
  await guest.page.waitForFunction(() => document.readyState === 'complete');
  for (const id of buttons) {
    await guest.page.click(`#${id}`);
    await guest.page.waitForTimeout(900);
  }
  await guest.page.waitForTimeout(3_500);
  await guest.page.goto('about:blank');
  await guest.browser.close();
}

let views = 0;

async function view(path) {
  views += 1;
  const click = { type: 'click', element: '#other', fraction: [32_768, 32_768], at: [900, 325], size: [200, 50], since: 1_000, flags: 0 };
  const response = await fetch(`${service.origin}/api/beacon`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': visitor().userAgent },
    body: JSON.stringify({ v: 1, site: DEMO_SITE, url: `http://127.0.0.1${path}`, view: (9_000 + views).toString(16).padStart(16, '0'), viewport: [1280, 720], document: [1280, 3_000], events: [{ type: 'pageview' }, click] }),
  });
  assert.equal(response.status, 202, await response.text());
}

const address = (query = {}, name = 'heatmap') => `${service.origin}/sites/${DEMO_SITE}/${name}?${new URLSearchParams(query)}`;
const frames = () => page.getByRole('region', { name: /^Heat map, scrollable/ });
const scrolled = (frame) => frame.evaluate(({ scrollTop }) => scrollTop);
/** Waits until the picture is on the screen. */
const drawn = (index = 0) => until('the picture is drawn', STORE_MS, async () => (await pictureSize(frames().nth(index).locator('img'))).width > 0);
/** Returns a picture in the page as text, small. */
function inSmall(image) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 1_000 });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL();
}

const zoom = (label) => page.getByRole('group', { name: 'Zoom' }).getByRole('radio', { name: label, exact: true }).check();

test('the list shows each page small, as soon as it is about to be seen', async () => {
  const asked = new Set();
  const note = (request) => request.url().includes('heatmap.webp') && asked.add(new URL(request.url()).searchParams.get('path'));
  page.on('request', note);
  await page.goto(address());
  await drawn();
  const first = page.getByRole('button', { name: /^\/long/ });
  const size = await pictureSize(first.locator('img'));
  assert.ok(size.width <= 320 && size.width >= 90, `${size.width} px wide for 56 px on the screen`);
  const before = asked.size;
  assert.ok(before < OTHERS, `${before} of ${OTHERS + 1} pictures are asked for before anybody scrolls`);
  await page.getByRole('button', { name: /^\/other-/ }).last().scrollIntoViewIfNeeded();
  await until('more are asked for', SOON_MS, () => asked.size > before);
  page.off('request', note);
  assert.deepEqual(complaints, []);
});

test('a page of 20 000 pixels is zoomed, moved and pointed at', async () => {
  await page.goto(address({ path: '/long', device: 'desktop' }));
  await drawn();
  const frame = frames();
  const { width, height } = await pictureSize(frame.locator('img'));
  assert.equal(width, 1280);
  assert.ok(height >= HEIGHT && height < HEIGHT + 200, `${height} px high`);

  // Zoom: the picture has the size that is asked for, and what was in the middle stays there.
  const shown = () => frame.locator('img').evaluate((image) => image.clientWidth);
  await zoom('100%');
  assert.equal(await shown(), 1280);
  await frame.evaluate((element) => element.scrollTo({ top: 9_000, behavior: 'instant' }));
  const middle = () => frame.evaluate((element) => (element.scrollTop + element.clientHeight / 2) / element.scrollHeight);
  const before = await middle();
  for (const [label, expected] of [['200%', 2560], ['50%', 640]]) {
    await zoom(label);
    assert.equal(await shown(), expected);
    assert.ok(Math.abs((await middle()) - before) < 0.002, `${label}: the middle moved from ${before} to ${await middle()}`);
  }

  // Pan: by the mouse, the wheel, the keyboard.
  await zoom('100%');
  const box = await frame.boundingBox();
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
  await frame.scrollIntoViewIfNeeded();
  const [x, y] = [box.x + box.width / 2, box.y + 200];
  const start = await scrolled(frame);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x, y - 60, { steps: 4 });
  await page.mouse.move(x, y - 120, { steps: 4 });
  await page.mouse.up();
  assert.equal(Math.round((await scrolled(frame)) - start), 120, 'the page goes with the hand');
  await page.mouse.wheel(0, 300);
  await until('the wheel moves it', SOON_MS, async () => (await scrolled(frame)) > start + 200);
  await frame.focus();
  await page.keyboard.press('End');
  await until('a key goes to the end', SOON_MS, () => frame.evaluate(({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight > scrollHeight - 2));

  // Hover: what lies below the pointer is told.
  await frame.evaluate((element) => element.scrollTo({ top: 18_900, left: 0, behavior: 'instant' }));
  const deep = await frame.evaluate((element) => {
    const stage = element.querySelector('.stage').getBoundingClientRect();
    return { x: stage.left + 160, y: stage.top + 19_030 };
  });
  await page.mouse.move(deep.x - 3, deep.y);
  await page.mouse.move(deep.x, deep.y);
  await frame.getByText('#deep').waitFor();
  await frame.getByText(/^3 clicks/).waitFor();
  // A row of the table leads to its element.
  await page.getByRole('button', { name: '#top' }).click();
  await until('the top of the page', SOON_MS, async () => (await scrolled(frame)) < 400);
  assert.deepEqual(complaints, []);
});

test('two kinds of visitors stand side by side, and move together', async () => {
  await page.goto(address({ path: '/long', device: 'desktop', compare: 'segments', with_device: 'mobile' }));
  await drawn();
  await page.getByRole('radio', { name: 'Side by side' }).check();
  await until('there are two', SOON_MS, async () => (await frames().count()) === 2);
  await drawn(0);
  await drawn(1);
  assert.equal(new URL(page.url()).searchParams.get('beside'), '1');
  const sizes = await Promise.all([0, 1].map((index) => pictureSize(frames().nth(index).locator('img'))));
  assert.deepEqual(sizes[0], sizes[1], 'one layout for both');
  const pictures = await Promise.all([0, 1].map((index) => frames().nth(index).locator('img').evaluate(inSmall)));
  assert.notEqual(pictures[0], pictures[1], 'and not the same clicks');
  await frames().nth(0).evaluate((element) => element.scrollTo({ top: 3_000, behavior: 'instant' }));
  await until('the other one follows', SOON_MS, async () => Math.abs((await scrolled(frames().nth(1))) - 3_000) < 3);
  await frames().nth(1).evaluate((element) => element.scrollTo({ top: 500, behavior: 'instant' }));
  await until('and leads', SOON_MS, async () => Math.abs((await scrolled(frames().nth(0))) - 500) < 3);
  const changes = page.getByRole('region', { name: 'What changed' });
  await changes.getByText('#deep').waitFor();
  await requireAccessible(page, 'side by side');
  await page.setViewportSize({ width: 380, height: 800 });
  await requireNoOverflow(page, 'side by side at 380 px');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  await until('the address keeps it', SOON_MS, async () => (await frames().count()) === 2);
  assert.deepEqual(complaints, []);
});

test('the period before stands beside this one', async () => {
  const asked = [];
  const note = (request) => request.url().includes('heatmap.png') && asked.push(new URL(request.url()).searchParams);
  page.on('request', note);
  await page.goto(address({ path: '/long', compare: 'previous_period', beside: '1' }));
  await until('both are asked for', SOON_MS, () => asked.length >= 2);
  page.off('request', note);
  const ranges = asked.map((params) => params.get('date_range'));
  assert.ok(ranges.includes('7d'), ranges.join('; '));
  const days = /^(\d{4}-\d\d-\d\d),(\d{4}-\d\d-\d\d)$/.exec(ranges.find((range) => range !== '7d'));
  assert.ok(days, ranges.join('; '));
  assert.equal((Date.parse(days[2]) - Date.parse(days[1])) / 86_400_000, 6, 'as many days');
  assert.ok(asked.every((params) => params.get('normalise') === 'per_view'), 'by one scale');
});

test('the elements of the site: filters, a file, and the way to the map', async () => {
  await page.goto(address());
  await page.getByRole('link', { name: 'Elements', exact: true }).click();
  await page.getByRole('heading', { name: 'Elements', exact: true }).waitFor();
  const table = page.getByRole('table', { name: 'Elements' });
  await table.getByText('#deep').waitFor();
  assert.deepEqual(await table.locator('tbody code:first-child').allInnerTexts(), ['#other', '#top', '#deep', '#middle']);
  await page.getByRole('radio', { name: 'Dead' }).check();
  await until('those that nothing comes of', SOON_MS, async () => new URL(page.url()).searchParams.get('show') === 'dead');
  await page.getByRole('radio', { name: 'All' }).check();
  await page.getByLabel('Find an element').fill('dee');
  await until('one is found', SOON_MS, async () => (await table.locator('tbody tr').count()) === 1);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const csv = await readFile(await download.path(), 'utf8');
  assert.ok(csv.includes('element,clicks,click_rate') && csv.includes('#deep,3,') && !csv.includes('#top'), csv);
  await page.getByRole('combobox', { name: 'Page', exact: true }).selectOption('/long');
  await until('the page is in the address', SOON_MS, async () => new URL(page.url()).searchParams.get('path') === '/long');
  await page.getByLabel('Device').selectOption('mobile');
  await page.getByText('No element is like that.').waitFor();
  await page.getByLabel('Device').selectOption('');
  await requireAccessible(page, 'elements');
  await table.getByRole('link', { name: /#deep/ }).click();
  await page.getByRole('heading', { name: 'Heat map' }).waitFor();
  await drawn();
  await until('the map is at the element', SOON_MS, async () => (await frames().locator('.mark').count()) === 1 && (await scrolled(frames())) > 1_000);
  assert.deepEqual(complaints, []);
});

for (const { width, colorScheme, language } of [
  { width: 380, colorScheme: 'dark', language: 'bg' },
  { width: 768, colorScheme: 'light', language: 'en' },
  { width: 1440, colorScheme: 'dark', language: 'en' },
  { width: 2560, colorScheme: 'light', language: 'bg' },
]) {
  test(`elements and maps are whole and accessible at ${width} px, ${colorScheme}, ${language}`, async () => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate((code) => localStorage.setItem('heatline.language', code), language);
    for (const [name, place] of Object.entries({
      elements: address({}, 'elements'),
      dead: address({ path: '/long', show: 'dead' }, 'elements'),
      list: address({}),
      beside: address({ path: '/long', device: 'desktop', compare: 'segments', with_device: 'mobile', beside: '1' }),
    })) {
      await page.goto(place);
      await until('nothing is busy', STORE_MS, async () => (await page.locator('[aria-busy=true], .skeleton').count()) === 0 && (await page.locator('h1').count()) > 0);
      await requireNoOverflow(page, `${name} at ${width} px`);
      await requireAccessible(page, `${name} at ${width} px`);
      if (process.env.HEATLINE_TEST_SHOTS) {
        await page.screenshot({ path: `${process.env.HEATLINE_TEST_SHOTS}/maps-${name}-${width}-${colorScheme}-${language}.png` });
      }
    }
    assert.deepEqual(complaints, []);
  });
}
