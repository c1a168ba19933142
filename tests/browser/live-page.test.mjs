// The live page of the dashboard: who is here, on the map and in the feed; on a desk and on a wall; for as long as a day.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { collectComplaints, launchBrowser, visitor } from './helpers/browser.mjs';
import { OWNER } from './helpers/dashboard.mjs';
import { requireAccessible, requireNoOverflow, walkDown } from './helpers/looks.mjs';
import { startPlayer } from './helpers/player.mjs';
import { startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const SITE = 'busy.example';
const HOSTILE = 'hostile.example';
const PUSH_MS = 3_000;
const PAGE_MS = 15_000;
/** What Chromium itself notes of a server that is away. */
const NOTES = /^console: Failed to load resource/;
/** Addresses that the geo database knows, and the countries that it says. */
const FROM = { Bulgaria: '78.90.1.1', Netherlands: '193.0.6.139', Germany: '85.214.132.117', 'United States': '8.8.8.8' };
/** Whatever of this ran would say so in the title. */
const EVIL = ['/<script>document.title="hit"</script>', '/"><img src=x onerror=document.title="hit">', '/\u202Egnp.exe', `/${'long-name/'.repeat(40)}`];

let service;
let browser;
let context;
let page;
let complaints;

before(async () => {
  service = await startService();
  browser = await launchBrowser();
  context = await newContext(visitor({ width: 1440, height: 900 }));
  const token = new URL(service.setupLink).searchParams.get('token');
  const made = await context.request.post(`${service.origin}/api/v1/setup`, { data: { token, email: OWNER.email, password: OWNER.right } });
  assert.ok(made.ok(), await made.text());
  for (const domain of [SITE, HOSTILE, 'quiet.example']) await service.api.addSite({ domain });
  page = await context.newPage();
});

beforeEach(() => {
  complaints.length = 0;
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

async function newContext(settings) {
  const made = await browser.newContext(settings);
  made.setDefaultTimeout(PAGE_MS);
  complaints ??= [];
  collectComplaints(made, complaints, NOTES);
  return made;
}

let people = 0;

/** Somebody comes to the site and looks at pages, one after the other. */
async function arrive(site, address, paths, { referrer, mobile = false } = {}) {
  people += 1;
  const userAgent = visitor({ version: 100 + (people % 80), mobile }).userAgent;
  for (const [step, path] of paths.entries()) {
    const response = await fetch(`${service.origin}/api/beacon`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-forwarded-for': address, 'user-agent': userAgent },
      body: JSON.stringify({
        v: 1,
        site,
        url: `https://${site}${path}`,
        ...(step === 0 && referrer ? { referrer } : {}),
        view: (people * 100 + step).toString(16).padStart(16, '0'),
        viewport: [1280, 720],
        document: [1280, 4000],
        events: [{ type: 'pageview' }],
      }),
    });
    assert.equal(response.status, 202, await response.text());
  }
}

const liveNumber = async (tab = page) => Number((await tab.locator('.live-number b').innerText()).replace(/\D/g, ''));
const dots = (tab = page) => tab.locator('circle.dot').evaluateAll((all) => all.map((dot) => [dot.cx.baseVal.value, dot.cy.baseVal.value]));

test('a site without visitors says so', async () => {
  await page.goto(`${service.origin}/sites/quiet.example`);
  await page.goto(`${service.origin}/sites/quiet.example/live`);
  await page.getByText('Nobody is on the site at this moment.').first().waitFor();
  assert.equal(await liveNumber(), 0);
  assert.deepEqual(await dots(), []);
  assert.deepEqual(complaints, []);
});

test('who arrives is on the page by push: the number, a ring on the map, the feed', async () => {
  const asked = [];
  const note = (request) => asked.push(new URL(request.url()).pathname);
  page.on('request', note);
  await page.goto(`${service.origin}/sites/${SITE}`);
  await page.getByRole('link', { name: 'Live', exact: true }).click();
  await page.getByRole('heading', { name: 'Live', exact: true }).waitFor();
  await arrive(SITE, FROM.Bulgaria, ['/', '/boots', '/basket'], { referrer: 'https://www.google.com/' });
  await until('the first one is here', PUSH_MS, async () => (await liveNumber()) === 1);
  const feed = page.getByRole('region', { name: 'Who is here' });
  const row = feed.getByRole('listitem').filter({ hasText: '/basket' });
  await row.waitFor();
  const text = (await row.innerText()).replace(/\s+/g, ' ');
  for (const part of ['/basket', '← /boots ← /', 'Bulgaria', 'Desktop', 'Chrome · Windows', 'Google', '3 pages']) assert.ok(text.includes(part), `${part} in ${text}`);
  assert.equal((await dots()).length, 1);

  await arrive(SITE, FROM.Netherlands, ['/kaas'], { mobile: true });
  await until('another one is here', PUSH_MS, async () => (await liveNumber()) === 2);
  await page.locator('circle.ring').last().waitFor({ timeout: PUSH_MS });
  const places = await dots();
  assert.equal(places.length, 2);
  const ring = await page.locator('circle.ring').last().evaluate(({ cx, cy }) => [cx.baseVal.value, cy.baseVal.value]);
  assert.ok(places.some(([x, y]) => x === ring[0] && y === ring[1]), 'the ring is round a dot');
  await until('the ring goes', 5_000, async () => (await page.locator('circle.ring').count()) === 0);
  for (const [panel, name] of [['Pages', '/kaas'], ['Sources', 'Google'], ['Countries', 'Netherlands']]) {
    await page.getByRole('region', { name: panel }).getByRole('row').filter({ hasText: name }).waitFor();
  }
  // Behind the map and the chart there are tables.
  await page.getByRole('figure', { name: 'Where visitors are' }).getByRole('row', { name: /Netherlands/ }).waitFor({ state: 'attached' });
  await page.getByRole('figure', { name: 'At the same time' }).getByRole('table').waitFor({ state: 'attached' });
  page.off('request', note);
  assert.equal(asked.filter((path) => path.endsWith('/live/stream')).length, 2, 'one connection for each page');
  assert.equal(asked.filter((path) => path.endsWith('/live')).length, 0, 'nothing is asked for that is pushed');
  assert.deepEqual(complaints, []);
});

test('dots are where the server draws them', async () => {
  await service.api.changeSite(SITE, { settings: { public_live: true, public_map: true, public_map_min_visitors: 1 } });
  await arrive(SITE, FROM.Germany, ['/brot']);
  await arrive(SITE, FROM['United States'], ['/bread']);
  await until('four are here', PUSH_MS, async () => (await liveNumber()) === 4);
  const stream = await fetch(`${service.origin}/live/${SITE}/stream`);
  let text = '';
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes('\n\n') && /^data: (.*)$/m.test(text)) break;
  }
  const { places, map } = JSON.parse(/^data: (.*)$/m.exec(text)[1]);
  const sorted = (list) => list.toSorted(([a], [b]) => a - b);
  const [theirs, ours] = [sorted(places.map(([x, y]) => [x / 10, y / 10])), sorted(await dots())];
  assert.equal(ours.length, theirs.length);
  ours.forEach(([x, y], index) => assert.ok(Math.hypot(x - theirs[index][0], y - theirs[index][1]) < 0.15, `${[x, y]} and ${theirs[index]}`));
  assert.equal(await page.locator('figure svg').first().getAttribute('viewBox'), `0 0 ${map.join(' ')}`);
});

test('the feed can be narrowed, and the address keeps it', async () => {
  const feed = page.getByRole('region', { name: 'Who is here' });
  const rows = feed.getByRole('listitem');
  await until('all are in the feed', PUSH_MS, async () => (await rows.count()) === 4);
  await feed.getByLabel('Country').selectOption({ label: 'Netherlands' });
  await until('one is', PUSH_MS, async () => (await rows.count()) === 1 && (await rows.innerText()).includes('/kaas'));
  await arrive(SITE, FROM.Netherlands, ['/boter']);
  await until('another one from there comes in', PUSH_MS + 2_000, async () => (await rows.count()) === 2);
  await arrive(SITE, FROM.Bulgaria, ['/sirene']);
  await until('six are here', PUSH_MS, async () => (await liveNumber()) === 6);
  await page.reload();
  await until('the address keeps it', PUSH_MS, async () => (await rows.count()) === 2);
  await feed.getByLabel('Device').selectOption({ label: 'Mobile' });
  await until('one of them has a phone', PUSH_MS, async () => (await rows.count()) === 1);
  // A row of a table is the same filter.
  await page.getByRole('region', { name: 'Countries' }).getByRole('button', { name: 'Netherlands' }).click();
  await until('a phone from anywhere', PUSH_MS, async () => new URL(page.url()).searchParams.getAll('f').join() === 'is,device,mobile');
  await feed.getByRole('button', { name: 'Clear all' }).click();
  await until('all again', PUSH_MS, async () => (await rows.count()) === 6);
  // Visitors whose source nobody knows are a choice too.
  await feed.getByLabel('Source').selectOption({ label: 'Direct or unknown' });
  await until('five came directly', PUSH_MS, async () => (await rows.count()) === 5);
  await feed.getByRole('button', { name: 'Clear all' }).click();
  assert.deepEqual(complaints, []);
});

test('what visitors do appears as they do it', async () => {
  const feed = page.getByRole('region', { name: 'Who is here' });
  await feed.getByRole('radio', { name: 'What they do' }).check();
  await feed.getByText('What visitors do appears here as they do it.').waitFor();
  await until('the stream is open', PUSH_MS, async () => {
    await arrive(SITE, FROM.Germany, ['/now']);
    return (await feed.getByRole('listitem').filter({ hasText: '/now' }).count()) > 0;
  });
  await feed.getByRole('radio', { name: 'Visitors' }).check();
  assert.deepEqual(complaints, []);
});

test('a site that does not show single visitors shows the numbers alone', async () => {
  await service.api.changeSite(SITE, { settings: { live_feed: false } });
  const feed = page.getByRole('region', { name: 'Who is here' });
  await feed.getByText('Single visitors are not listed').waitFor();
  assert.equal(await feed.getByRole('listitem').count(), 0);
  assert.ok((await liveNumber()) > 0);
  await service.api.changeSite(SITE, { settings: { live_feed: true } });
  await until('they are back', PUSH_MS, async () => (await feed.getByRole('listitem').count()) > 0);
});

test('names of strangers are text', async () => {
  for (const path of EVIL) await arrive(HOSTILE, FROM.Germany, [path], { referrer: 'https://evil.example/<b>' });
  await page.goto(`${service.origin}/sites/${HOSTILE}/live`);
  await until('all are here', PUSH_MS, async () => (await liveNumber()) === EVIL.length);
  await requireNoOverflow(page, 'hostile names');
  await page.goto(`${service.origin}/sites/${HOSTILE}/live?tv=1`);
  await until('and on the wall', PUSH_MS, async () => (await liveNumber()) === EVIL.length);
  assert.ok(!(await page.title()).includes('hit'));
  assert.deepEqual(complaints, []);
});

test('on a wall there is the page alone, dark, awake and large', async () => {
  const own = await newContext(visitor({ width: 1920, height: 1080 }));
  await own.addInitScript(() => {
    globalThis.locks = { asked: 0, released: 0 };
    const request = async () => {
      globalThis.locks.asked += 1;
      return { released: false, release: async () => void (globalThis.locks.released += 1) };
    };
    Object.defineProperty(navigator, 'wakeLock', { value: { request } });
  });
  await own.addCookies(await context.cookies());
  const wall = await own.newPage();
  await wall.emulateMedia({ colorScheme: 'light' });
  await wall.goto(`${service.origin}/sites/${SITE}/live`);
  await wall.getByRole('button', { name: 'TV mode' }).click();
  await wall.getByRole('button', { name: 'Leave TV mode' }).waitFor();
  assert.equal(new URL(wall.url()).searchParams.get('tv'), '1');
  assert.equal(await wall.getByRole('navigation').count(), 0, 'nothing leads away');
  assert.equal(await wall.evaluate(() => document.documentElement.dataset.theme), 'dark');
  await until('the screen is kept awake', PUSH_MS, async () => (await wall.evaluate(() => globalThis.locks.asked)) === 1);
  await until('the number is there', PUSH_MS, async () => (await liveNumber(wall)) > 0);

  // Letters for people have at least a twenty-eighth of the height of the screen; those of the axes are decoration.
  const small = await wall.evaluate(() => {
    const letters = [...document.querySelectorAll('.wall *')].filter((element) => {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
      return own && element.checkVisibility() && !element.closest('.visually-hidden, button, .uplot, .keys');
    });
    return letters.filter((element) => Number.parseFloat(getComputedStyle(element).fontSize) < innerHeight / 40).map((element) => element.outerHTML.slice(0, 90));
  });
  assert.deepEqual(small, []);
  await requireNoOverflow(wall, 'wall');
  const { scrollHeight, clientHeight } = await wall.locator('.wall').evaluate(({ scrollHeight, clientHeight }) => ({ scrollHeight, clientHeight }));
  assert.ok(scrollHeight <= clientHeight, `${scrollHeight} px on a screen of ${clientHeight}: a wall does not scroll`);
  await requireAccessible(wall, 'wall');

  await wall.keyboard.press('Escape');
  await wall.getByRole('button', { name: 'TV mode' }).waitFor();
  assert.equal(await wall.evaluate(() => document.documentElement.dataset.theme), undefined, 'the theme is that of before');
  assert.equal(await wall.evaluate(() => globalThis.locks.released), 1);
  await wall.goto(`${service.origin}/sites/${SITE}/live?tv=1&theme=light`);
  await wall.getByRole('button', { name: 'Leave TV mode' }).waitFor();
  assert.equal(await wall.evaluate(() => document.documentElement.dataset.theme), 'light');
  assert.deepEqual(complaints, []);
  await own.close();
});

test('numbers that are old say so, and a dead connection is made anew', async (t) => {
  const player = await startPlayer(service.origin);
  t.after(() => player.stop());
  const own = await newContext(visitor({ width: 1280, height: 720 }));
  t.after(() => own.close());
  await own.addCookies(await context.cookies());
  const tab = await own.newPage();
  await tab.clock.install();
  player.send(played(0));
  await tab.goto(`${player.origin}/sites/${SITE}/live?tv=1`);
  await until('the number is there', PUSH_MS, async () => (await liveNumber(tab)) === played(0).visitors);
  assert.equal(await tab.getByRole('status').innerText(), 'Live');
  const before = player.opened;
  // The network is there and says nothing, as behind a proxy that has forgotten us.
  player.mute(true);
  for (let step = 0; step < 16; step += 1) await tab.clock.runFor(5_000);
  await until('it is tried again', PUSH_MS, async () => player.opened > before);
  await tab.getByText(/^No connection\. Numbers of \d\d:\d\d:\d\d$/).waitFor();
  assert.ok((await liveNumber(tab)) > 0, 'the last numbers stay');
  player.mute(false);
  player.send(played(7));
  await tab.clock.runFor(6_000);
  await until('new ones come', PUSH_MS, async () => (await liveNumber(tab)) === played(7).visitors);
  await until('and are live', PUSH_MS, async () => (await tab.getByRole('status').innerText()) === 'Live');
  assert.deepEqual(complaints, []);
});

test('the page comes back by itself after the server was away', async () => {
  await page.goto(`${service.origin}/sites/${SITE}/live?tv=1`);
  const isLive = () => page.getByRole('status').filter({ hasText: /^Live$/ }).waitFor({ timeout: 60_000 });
  await isLive();
  await service.restart();
  await arrive(SITE, FROM.Germany, ['/after-the-restart']);
  await page.getByText('/after-the-restart').waitFor({ timeout: 60_000 });
  await isLive();
});

for (const { width, height, colorScheme, language } of [
  { width: 380, height: 800, colorScheme: 'light', language: 'bg' },
  { width: 380, height: 800, colorScheme: 'dark', language: 'en' },
  { width: 768, height: 1024, colorScheme: 'dark', language: 'bg' },
  { width: 1440, height: 900, colorScheme: 'light', language: 'en' },
  { width: 2560, height: 1440, colorScheme: 'dark', language: 'en' },
]) {
  test(`the live page is whole and accessible at ${width} px, ${colorScheme}, ${language}`, async () => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate((code) => localStorage.setItem('heatline.language', code), language);
    for (const place of [`/sites/${SITE}/live`, `/sites/${HOSTILE}/live`, '/sites/quiet.example/live', `/sites/${SITE}/live?tv=1`, `/sites/${HOSTILE}/live?tv=1`]) {
      await page.goto(service.origin + place);
      await page.locator('.live-number .number:not(.unknown)').waitFor();
      await walkDown(page);
      await requireNoOverflow(page, `${place} at ${width} px`);
      await requireAccessible(page, `${place} at ${width} px`);
      if (process.env.HEATLINE_TEST_SHOTS) {
        const name = place.replace(/\W+/g, '-');
        await page.screenshot({ path: `${process.env.HEATLINE_TEST_SHOTS}/page${name}-${width}-${colorScheme}-${language}.png`, fullPage: true });
      }
    }
    assert.deepEqual(complaints, []);
  });
}

/** Of a site where something changes every three seconds. */
const MESSAGES_PER_ROUND = 100;
const ROUND_MS = 300_000;
const ROUNDS = (8 * 3_600_000) / ROUND_MS;
/** Until then caches fill: formatters, compiled code, the history of the chart. */
const WARM_ROUNDS = 12;
const GROWTH_BYTES = 1_000_000;
const GROWTH_NODES = 200;

test('it stays open for eight hours of pushes and does not grow', async (t) => {
  const player = await startPlayer(service.origin);
  t.after(() => player.stop());
  const own = await newContext(visitor({ width: 1440, height: 900 }));
  t.after(() => own.close());
  await own.addCookies(await context.cookies());
  const tab = await own.newPage();
  await tab.clock.install();
  player.send(played(0));
  await tab.goto(`${player.origin}/sites/${SITE}/live`);
  await until('the number is there', PUSH_MS, async () => (await liveNumber(tab)) === played(0).visitors);
  const devtools = await own.newCDPSession(tab);
  for (const domain of ['HeapProfiler', 'Performance']) await devtools.send(`${domain}.enable`);

  let sent = 0;
  const measured = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (let message = 0; message < MESSAGES_PER_ROUND; message += 1) player.send(played((sent += 1)));
    await until('the last message of the round is shown', 30_000, async () => (await liveNumber(tab)) === played(sent).visitors);
    await tab.clock.runFor(ROUND_MS);
    if (round === WARM_ROUNDS || round === ROUNDS) measured.push(await weigh(tab, devtools));
  }
  const [start, end] = measured;
  t.diagnostic(`${sent} messages; heap ${start.heap} then ${end.heap} bytes, ${start.nodes} then ${end.nodes} nodes, ${start.listeners} then ${end.listeners} listeners`);
  assert.ok(end.heap - start.heap < GROWTH_BYTES, `the heap grew from ${start.heap} to ${end.heap} bytes`);
  assert.ok(end.nodes - start.nodes < GROWTH_NODES, `${start.nodes} nodes became ${end.nodes}`);
  assert.ok(end.listeners - start.listeners < GROWTH_NODES, `${start.listeners} listeners became ${end.listeners}`);
  assert.deepEqual(complaints, []);
});

/** What the page holds on to, when all that it does not is gone. The same moment is shown each time. */
async function weigh(tab, devtools) {
  for (let time = 0; time < 3; time += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return { heap: usedSize, nodes: of('Nodes'), listeners: of('JSEventListeners') };
}

/** A moment of a busy day: what is pushed as message `number`. Nothing of it is by chance, and names come that were never there before. */
function played(number) {
  const CITIES = [['BG', 'Sofia', 42.7, 23.3], ['DE', 'Berlin', 52.5, 13.4], ['US', 'Austin', 30.3, -97.7], ['JP', 'Tokyo', 35.7, 139.7], ['BR', 'Recife', -8.1, -34.9], ['ZA', 'Durban', -29.9, 31]];
  const at = (list, index) => list[index % list.length];
  const wave = (index) => 3 + ((number * 7 + index * 13) % 11);
  const paths = [...Array.from({ length: 12 }, (_, index) => `/page-${(index * 5 + (number % 4)) % 30}`), `/only-once-${number}`];
  return {
    visitors: 40 + (number % 97),
    views_last_minute: number % 60,
    pages: [...new Set(paths)].map((path, index) => ({ path, visitors: wave(index) })),
    countries: CITIES.map(([country], index) => ({ country, visitors: wave(index) })),
    cities: CITIES.map(([country, city, latitude, longitude], index) => ({ country, city, latitude, longitude, visitors: wave(index) })),
    sources: ['', 'Google', 'GitHub', `campaign ${number % 500}`].map((source, index) => ({ source, visitors: wave(index) })),
    devices: [{ device: 'desktop', visitors: 30 }, { device: 'mobile', visitors: 10 }],
    live_feed: true,
    sessions: Array.from({ length: 20 }, (_, index) => {
      const who = number + index;
      const [country, city] = at(CITIES, who);
      return {
        id: who.toString(16).padStart(12, '0'),
        ...{ country, city, browser: at(['Chrome', 'Firefox', 'Safari'], who), os: at(['Windows', 'Linux'], who), device: at(['desktop', 'mobile'], who) },
        ...{ source: at(['', 'Google'], who), path: at(paths, who), before: who % 3 === 0 ? ['/', '/page-1'] : [], pages: 1 + (who % 5) },
        ...{ since: new Date(1_790_000_000_000 + who * 1_000).toISOString(), returning: who % 4 === 0 },
      };
    }),
  };
}
