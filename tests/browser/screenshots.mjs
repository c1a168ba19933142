// Makes the pictures of the documentation: real visitors in real Chromium on the demo site, looked at through the real service.
// The days before today are copies of today's rows, thinned out, so that charts have something to draw.
// Run with: npm run screenshots -w heatline-browser-tests

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { launchBrowser, visitor } from './helpers/browser.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const IMAGES = path.join(import.meta.dirname, '../../docs/images');
const PASSWORD = 'still water runs deep';

/** Addresses of networks in several countries; the service trusts its own machine to name them. */
const ADDRESSES = ['78.90.1.1', '95.42.10.3', '212.39.90.5', '85.214.132.117', '81.2.69.142', '8.8.8.8', '193.99.144.80', '62.4.0.1', '79.124.7.2', '151.101.1.1'];
const REFERRERS = ['', '', 'https://www.google.com/', 'https://duckduckgo.com/', 'https://github.com/', 'https://dir.bg/', 'https://www.facebook.com/'];
const SCREENS = [
  { width: 1280, height: 800, weight: 5 },
  { width: 768, height: 1024, weight: 2 },
  { width: 390, height: 844, mobile: true, weight: 4 },
];
/** What visitors of the landing page like to press, and how much. */
const LIKED = [
  ['#hero-join', 26], ['#card-1-follow', 9], ['#card-2-follow', 17], ['#card-3-follow', 6], ['#contact-send', 8], ['#contact-email', 7],
  ['#contact-message', 6], ['#help-1-choose', 5], ['#help-2-choose', 9], ['#spring-3', 4], ['#spring-7', 7], ['#spring-8', 5], ['h1', 3], ['#contact-name', 6],
];
const VISITORS = 70;

let seed = 42;
/** A small generator with a fixed seed, so that the pictures change only when the product does. */
const random = () => ((seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31);
const pick = (list) => list[Math.floor(random() * list.length)];
function pickWeighted(list, weightOf) {
  let rest = random() * list.reduce((sum, item) => sum + weightOf(item), 0);
  return list.find((item) => (rest -= weightOf(item)) < 0) ?? list[0];
}

const PAGES = ['/demo/', '/demo/', '/demo/', '/demo/начало.html', '/demo/article.html', '/demo/статия.html', '/demo/gallery.html', '/demo/panel.html', '/demo/app/'];

async function visit(browser, origin, number) {
  const screen = pickWeighted(SCREENS, (item) => item.weight);
  const context = await browser.newContext({
    ...visitor({ ...screen, version: 120 + (number % 30) }),
    extraHTTPHeaders: { 'x-forwarded-for': pick(ADDRESSES) },
  });
  const page = await context.newPage();
  const views = pickWeighted([1, 2, 3, 4], (count) => 5 - count);
  for (let view = 0; view < views; view++) {
    await page.goto(origin + pick(PAGES), { referer: view === 0 ? pick(REFERRERS) : page.url(), waitUntil: 'load' });
    await page.waitForTimeout(300);
    await look(page);
  }
  return { context, page };
}

/** Clicks about on a landing page, reads on any other. */
async function look(page) {
  if (!(await page.locator('#hero-join').count())) {
    await page.mouse.wheel(0, 300 + random() * 6000);
    await page.waitForTimeout(200);
    return;
  }
  for (let click = 0; click < 4 + Math.floor(random() * 8); click++) {
    const [selector] = pickWeighted(LIKED, ([, weight]) => weight);
    const target = page.locator(selector).first();
    await target.scrollIntoViewIfNeeded();
    const box = await target.boundingBox();
    if (!box) continue;
    // People aim at the middle and miss it a little.
    const around = () => (random() + random() + random()) / 3;
    const [x, y] = [box.x + box.width * around(), box.y + box.height * around()];
    await page.mouse.move(x, y);
    await page.waitForTimeout(random() < 0.2 ? 700 : 30);
    await page.mouse.click(x, y);
  }
  // Pictures that look like buttons, and are none.
  const looksLikeOne = page.locator(pick(['#card-1 img', '#card-3 img', '#spring-map'])).first();
  if (random() > 0.4) return;
  await looksLikeOne.scrollIntoViewIfNeeded();
  for (let click = 0; click < pick([1, 4, 5]); click++) await looksLikeOne.click({ delay: 20 });
  await page.waitForTimeout(2_800);
}

/** Copies today's clicks to the weeks before, when visitors liked other things. */
async function inventPastClicks(folder) {
  for (let day = 1; day < 14; day++) {
    await askEngine(folder, `INSERT INTO clicks SELECT * REPLACE (
      day - ${day} AS day, subtractDays(at, ${day}) AS at, cityHash64(visitor_id, ${day}) AS visitor_id, cityHash64(session_id, ${day}) AS session_id,
      if(${day} >= 7 AND element = '#hero-join' AND cityHash64(view_id, at) % 100 < 65, '#card-1-follow', element) AS element)
      FROM (SELECT * FROM clicks WHERE day = (SELECT max(day) FROM clicks))`);
  }
}

/** Draws every kind of map of the landing page, over its wireframe and over a picture of it. */
async function drawMaps(browser, service) {
  const context = await browser.newContext(visitor({ version: 150 }));
  // Whoever asks not to be counted is not.
  await context.addInitScript(() => localStorage.setItem('heatline_ignore', 'true'));
  const page = await context.newPage();
  await page.goto(`${service.origin}/demo/`, { waitUntil: 'networkidle' });
  await service.api.keepScreenshot(DEMO_SITE, { path: '/demo/', width: 1280 }, await page.screenshot({ fullPage: true }));
  await context.close();
  const folder = path.join(IMAGES, 'heatmaps');
  await mkdir(folder, { recursive: true });
  const keep = async (name, ending, params) => {
    const answer = await service.api.heatmapAnswer(DEMO_SITE, ending, { path: '/demo/', width: 1280, scale: 0.5, ...params });
    if (!answer.ok) throw new Error(`${name}: ${await answer.text()}`);
    await writeFile(path.join(folder, `${name}.${ending}`), Buffer.from(await answer.arrayBuffer()));
  };
  for (const kind of ['click', 'rage', 'dead', 'move', 'scroll', 'attention', 'element']) {
    await keep(kind, 'png', { kind });
    await keep(`${kind}-screenshot`, 'webp', { kind, underlay: 'screenshot', scale: 0.3 });
  }
  await keep('night', 'webp', { palette: 'night' });
  await keep('difference', 'png', { date_range: '7d', compare: 'previous_period' });
  await keep('phones-at-1440', 'png', { widths: '320-480', width: 1440 });
  await keep('phones-at-390', 'png', { widths: '320-480', width: 390 });
  await keep('hours', 'gif', { scale: 0.25 });
  await keep('click', 'svg', {});
}

/** Copies today's rows to the days before, fewer the longer ago, through the engine's own door. */
async function inventPast(folder) {
  for (let day = 1; day < 30; day++) {
    const share = Math.round(100 * (0.95 - day * 0.02 + 0.25 * Math.sin(day * 1.7)));
    const sql = `INSERT INTO events SELECT * REPLACE (
      day - ${day} AS day, subtractDays(at, ${day}) - toIntervalMinute(cityHash64(session_id, ${day}) % 660) AS at,
      subtractDays(session_started_at, ${day}) AS session_started_at,
      cityHash64(visitor_id, ${day}) AS visitor_id, cityHash64(session_id, ${day}) AS session_id)
      FROM (SELECT * FROM events WHERE day = (SELECT max(day) FROM events) AND cityHash64(session_id, ${day}) % 100 < ${share})`;
    await askEngine(folder, sql);
  }
}

async function askEngine(folder, sql) {
  const endpoint = JSON.parse(await readFile(path.join(folder, 'engine/endpoint.json'), 'utf8'));
  const response = await fetch(`${endpoint.url}/?database=${endpoint.database}`, {
    method: 'POST',
    headers: { 'X-ClickHouse-User': endpoint.user, 'X-ClickHouse-Key': endpoint.password, 'X-Heatline-Engine': endpoint.door },
    body: sql,
  });
  if (!response.ok) throw new Error(await response.text());
}

async function signIn(browser, service, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const body = { email: 'owner@example.org', password: PASSWORD };
  const token = new URL(service.setupLink).searchParams.get('token');
  const request = context.request;
  const made = await request.post(`${service.origin}/api/v1/setup`, { data: { ...body, token } });
  if (!made.ok()) await request.post(`${service.origin}/api/v1/session`, { data: body });
  return { context, page };
}

const service = await startService();
const browser = await launchBrowser();
try {
  await mkdir(IMAGES, { recursive: true });
  const open = [];
  for (let number = 0; number < VISITORS; number++) {
    const visited = await visit(browser, service.origin, number);
    // Some stay, so that somebody is here.
    if (number % 4 === 0) open.push(visited);
    else await visited.context.close();
  }
  await until('the events are in the store', 10_000, async () => (await service.api.totals(DEMO_SITE, ['pageviews'])).pageviews >= VISITORS);
  await new Promise((resolve) => setTimeout(resolve, 2500));

  const map = { path: '/demo/', width: '1280' };
  await writeFile(path.join(IMAGES, 'heatmap-full.png'), await service.api.heatmapFile(DEMO_SITE, map));
  await writeFile(path.join(IMAGES, 'heatmap.png'), await service.api.heatmapFile(DEMO_SITE, { ...map, scale: '0.5' }));
  await writeFile(path.join(IMAGES, 'heatmap-390.png'), await service.api.heatmapFile(DEMO_SITE, { ...map, width: '390' }));
  await writeFile(path.join(IMAGES, 'scrollmap.png'), await service.api.heatmapFile(DEMO_SITE, { ...map, kind: 'scroll', scale: '0.5' }));

  await inventPast(service.folder);
  await inventPastClicks(service.folder);
  await drawMaps(browser, service);
  for (const [name, width, height, colorScheme, place] of [
    ['dashboard', 1280, 900, 'light', `/sites/${DEMO_SITE}?range=30d`],
    ['dashboard-dark', 380, 844, 'dark', `/sites/${DEMO_SITE}?range=30d`],
    ['heatmap-page', 1280, 900, 'light', `/sites/${DEMO_SITE}/heatmap?path=%2Fdemo%2F`],
    ['sites', 768, 700, 'light', '/'],
  ]) {
    const { context, page } = await signIn(browser, service, { viewport: { width, height }, colorScheme, locale: 'en-GB' });
    await page.goto(service.origin + place);
    await page.waitForTimeout(2500);
    await page.screenshot({ path: path.join(IMAGES, `${name}.png`) });
    await context.close();
  }
  for (const { context } of open) await context.close();
} finally {
  await browser.close();
  await service.stop();
}
