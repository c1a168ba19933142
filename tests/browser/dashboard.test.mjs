// The dashboard from the first start on, as its owner meets it: one story, told in order.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { collectComplaints, complaintsOf, launchBrowser, openAs, visitor } from './helpers/browser.mjs';
import { giveAccount, OWNER, pictureSize, speak } from './helpers/dashboard.mjs';
import { html, startHost } from './helpers/host.mjs';
import { requireAccessible, requireNoOverflow, walkDown } from './helpers/looks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

/** What is pushed is seen so soon. */
const PUSH_MS = 2_000;
/** Who closes the last page may have gone to another one, and is here for a moment more. */
const GOODBYE_MS = 1_500;
/** The list of sites asks every five seconds. */
const LIST_MS = 8_000;
const STORE_MS = 5_000;
/** Reports are asked again while something happens: after three seconds, and after a minute where answers are slow. */
const REFRESH_MS = 70_000;
const PAGE_MS = 10_000;

/** What Chromium itself notes of answers that say: not signed in, no such site, no data. The pages show what they make of it. */
const NOTES = /^console: Failed to load resource: .* (401 .*\/api\/v1\/session|404 .*\/api\/v[12]\/.*)\)$/;

let service;
let browser;
/** The owner's page of the dashboard, and that of somebody who is not signed in. */
let page;
let stranger;
/** Errors in any page of the dashboard; each test must leave it empty. */
let complaints;

before(async () => {
  service = await startService();
  browser = await launchBrowser();
  complaints = [];
  [page, stranger] = [await newPage(), await newPage()];
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

async function newPage() {
  const context = await browser.newContext(visitor());
  context.setDefaultTimeout(PAGE_MS);
  collectComplaints(context, complaints, NOTES);
  return context.newPage();
}

test('the printed link makes the first user', async () => {
  await page.goto(service.setupLink);
  await page.getByRole('heading', { name: 'Make the first account' }).waitFor();
  await requireAccessible(page, 'set-up');
  await giveAccount(page, OWNER.email, 'short', 'Create account');
  await page.getByRole('alert').getByText('Use at least 10 characters.').waitFor();
  await giveAccount(page, OWNER.email, OWNER.right, 'Create account');
  await page.getByRole('heading', { name: 'Sites' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/');

  // The link works once.
  await page.goto(service.setupLink);
  await page.getByText('This Heatline has its first account already.').waitFor();
  await page.goto(service.origin);
  assert.deepEqual(complaints, []);
});

test('the list of sites says who is here', async (t) => {
  const card = page.getByRole('link', { name: DEMO_SITE });
  await card.getByText('Nobody now').waitFor();
  await visit(t, '/demo/', { version: 121 });
  await card.getByText('1 here now').waitFor({ timeout: LIST_MS });
  await card.click();
  await page.getByRole('heading', { name: DEMO_SITE }).waitFor();
  assert.deepEqual(complaints, []);
});

test('the page of a site moves by push', async (t) => {
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.reload();
  const live = page.getByRole('region', { name: 'Here now' });
  const count = async () => Number.parseInt(await live.locator('.live-number').innerText(), 10);
  const others = await until('the number is there', PUSH_MS, count);

  const guest = await visit(t, '/demo/статия.html', { version: 122, mobile: true, width: 390 });
  await until('one more, pushed', PUSH_MS, async () => (await count()) === others + 1);
  await live.getByText('/demo/статия.html').waitFor();
  await guest.page.close();
  await until('one less, pushed', PUSH_MS + GOODBYE_MS, async () => (await count()) === others);
  assert.equal(asked.filter((path) => path.endsWith('/live/stream')).length, 1, 'one connection');
  assert.equal(asked.filter((path) => path.endsWith('/live')).length, 0, 'nothing is asked for that is pushed');

  await until('both are in the report', STORE_MS, async () => (await service.api.totals(DEMO_SITE, ['visitors'])).visitors === 2);
  await page.reload();
  await wholePage(page);
  for (const [panel, row, visitors] of [
    ['Pages', '/demo/статия.html', '1'],
    ['Pages', '/demo/', '1'],
    ['Technology', 'Mobile', '1'],
    ['Sources', 'Direct or unknown', '2'],
  ]) {
    const cells = page.getByRole('region', { name: panel }).getByRole('row').filter({ has: page.getByRole('button', { name: row, exact: true }) });
    await cells.getByRole('cell', { name: visitors, exact: true }).waitFor();
  }
  assert.deepEqual(complaints, []);
});

test('countries have their names', async () => {
  await service.api.addSite({ domain: 'quiet.example' });
  await sendFrom('78.90.1.1', '/demo/календар.html');
  await until('the country is in the report', STORE_MS, async () => (await service.api.breakdown(DEMO_SITE, 'visitors', 'visit:country')).BG === 1);
  await page.reload();
  await wholePage(page);
  await page.getByRole('region', { name: 'Places' }).getByRole('button', { name: 'Bulgaria' }).waitFor();
});

test('the heat map of a page is a picture, of clicks and of scrolling', async (t) => {
  const guest = await visit(t, '/demo/gallery.html', { version: 123 });
  for (const button of ['#vote-1', '#vote-2', '#vote-2', '#print-ask']) await guest.page.click(button);
  await guest.page.evaluate(() => scrollTo({ top: document.body.scrollHeight, behavior: 'instant' }));
  const path = '/demo/gallery.html';
  await until('clicks and layout are in the store', STORE_MS, async () => {
    const map = await service.api.heatmap(DEMO_SITE, { path });
    return map.clicks === 4 && map.layout.samples === 1;
  });
  await guest.page.close();
  await until('the scrolling is in the store', STORE_MS, async () => (await service.api.heatmap(DEMO_SITE, { path, kind: 'scroll' })).measured === 1);

  await page.reload();
  await page.getByRole('link', { name: 'Heat map of /demo/gallery.html' }).click();
  const clicks = page.getByRole('img', { name: /^Click heat map of \/demo\/gallery.html at 1,280 pixels: 4 clicks/ });
  const { width, height } = await pictureSize(clicks);
  assert.equal(width, 1280);
  assert.ok(height > 1000);
  await page.getByRole('button', { name: '#print-ask' }).waitFor();

  await page.getByRole('radio', { name: 'Scrolling' }).check();
  const scroll = page.getByRole('img', { name: /^Scroll heat map of \/demo\/gallery.html at 1,280 pixels/ });
  assert.deepEqual(await pictureSize(scroll), { width: 1280, height });

  await page.getByRole('spinbutton', { name: 'Width in pixels' }).fill('390');
  await page.keyboard.press('Tab');
  const narrow = page.getByRole('img', { name: /at 390 pixels/ });
  // The old picture stays until the new one is there.
  await until('the narrow picture', STORE_MS, async () => (await pictureSize(narrow)).width === 390);
  assert.deepEqual(complaints, []);
});

test('the copied address of a heat map shows it on any page', async (t) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.origin });
  await page.getByRole('button', { name: 'Copy URL' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.startsWith(`${service.origin}/api/v1/sites/${DEMO_SITE}/heatmap.png?`), copied);
  const host = await startHost({ '/': html(`<img alt="What people press" src="${copied.replaceAll('&', '&amp;')}">`) });
  t.after(() => host.stop());
  const guest = await openAs();
  t.after(() => guest.browser.close());
  await guest.page.goto(host.origin);
  assert.equal((await pictureSize(guest.page.getByRole('img'))).width, 390);
  assert.deepEqual(complaints, []);
});

test('a site that was added is counted by the script tag that is shown', async (t) => {
  await page.goto(service.origin);
  await page.getByRole('button', { name: 'Add a site' }).click();
  await page.getByLabel('Domain').fill('shop.example');
  await page.getByRole('button', { name: 'Add site' }).click();
  await page.getByText('shop.example is ready').waitFor();
  const tag = await page.locator('pre code').innerText();
  assert.equal(tag.replace(/\s+/g, ' '), `<script defer src="${service.origin}/js/heatline.js" data-site="shop.example"></script>`);
  await page.getByRole('link', { name: 'Go to shop.example' }).click();
  await page.getByRole('heading', { name: 'Waiting for the first visit' }).waitFor();

  const host = await startHost({ '/': html(`<h1>Shop</h1>${tag}`) });
  t.after(() => host.stop());
  const guest = await openAs(visitor({ version: 124 }), { hosts: ['shop.example'] });
  t.after(() => guest.browser.close());
  const theirs = complaintsOf(guest.context);
  await guest.page.goto(host.origin.replace('127.0.0.1', 'shop.example'));
  await page.getByRole('region', { name: 'Here now' }).getByText('1 visitor').first().waitFor({ timeout: PUSH_MS });
  await page.getByRole('region', { name: 'Pages' }).getByRole('button', { name: '/', exact: true }).waitFor({ timeout: REFRESH_MS });
  assert.deepEqual(theirs, []);
  assert.deepEqual(complaints, []);
});

test('who signs out must sign in again, and comes back to where they were', async () => {
  await page.goto(`${service.origin}/sites/${DEMO_SITE}`);
  await page.getByRole('button', { name: 'Language, theme and account' }).click();
  await page.getByText(OWNER.email).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();

  await page.goto(`${service.origin}/sites/${DEMO_SITE}/heatmap`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await giveAccount(page, OWNER.email, OWNER.wrong, 'Sign in');
  await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();
  await giveAccount(page, OWNER.email, OWNER.right, 'Sign in');
  await page.getByRole('heading', { name: 'Heat map' }).waitFor();
  assert.equal(new URL(page.url()).pathname, `/sites/${DEMO_SITE}/heatmap`);
  assert.deepEqual(complaints, []);
});

test('it speaks Bulgarian', async () => {
  await page.goto(`${service.origin}/sites/${DEMO_SITE}`);
  await page.getByRole('button', { name: 'Language, theme and account' }).click();
  await page.getByRole('radio', { name: 'Български' }).check();
  await wholePage(page);
  await page.getByRole('region', { name: 'Места' }).getByRole('button', { name: 'България' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Топлинна карта', exact: true }).click();
  await page.getByRole('heading', { name: 'Топлинна карта' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'bg');
  await page.goto(service.origin);
  await page.getByRole('heading', { name: 'Сайтове' }).waitFor();
});

test('an owner sees what was left out, and why', async () => {
  const robot = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' };
  const body = JSON.stringify({ n: 'pageview', u: `https://${DEMO_SITE}/`, d: DEMO_SITE });
  const headers = { 'content-type': 'text/plain', ...robot };
  const response = await fetch(`${service.origin}/api/event`, { method: 'POST', headers, body });
  assert.equal(response.headers.get('x-heatline-dropped'), 'bot');
  await speak(page, 'en');
  await until('the robot is on the page', STORE_MS, async () => {
    await page.goto(`${service.origin}/sites/${DEMO_SITE}/outcomes`);
    await settled(page);
    return (await page.getByRole('row').filter({ hasText: 'Bot' }).count()) > 0;
  });
  await page.getByRole('heading', { name: 'Why are my hits missing?' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('what is stored is told by the settings of the site', async () => {
  await page.goto(`${service.origin}/sites/${DEMO_SITE}/settings`);
  await page.getByLabel('Days that everything is kept').fill('90');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved').waitFor();
  await page.getByRole('link', { name: 'What is stored of visitors, and a text for your privacy policy' }).click();
  await page.getByRole('heading', { name: `What is stored of visitors of ${DEMO_SITE}` }).waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Clicks, scrolling' });
  assert.match(await row.textContent(), /90 days/, 'maps reach back no further');
  assert.match(await page.locator('blockquote').textContent(), /all else for 90 days/);
  await service.api.changeSite(DEMO_SITE, { settings: { retention_days: 0 } });
  await page.reload();
  await page.getByRole('row').filter({ hasText: 'Views of pages' }).getByText('Until erased.').waitFor();
  assert.deepEqual(complaints, []);
});

/** Every page, as an owner may come to it. */
const PAGES = {
  'list of sites': '/',
  overview: `/sites/${DEMO_SITE}`,
  'overview of a new site': '/sites/quiet.example',
  'click map': `/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}`,
  'scroll map': `/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}&kind=scroll`,
  'map of nothing': `/sites/${DEMO_SITE}/heatmap?path=/nothing`,
  'missing hits': `/sites/${DEMO_SITE}/outcomes`,
  'missing hits of a new site': '/sites/quiet.example/outcomes',
  funnel: `/sites/${DEMO_SITE}/funnels?step=${encodeURIComponent('page:/demo/')}&step=${encodeURIComponent('page:/demo/**')}&split=source`,
  'funnel of nothing': `/sites/quiet.example/funnels`,
  retention: `/sites/${DEMO_SITE}/retention`,
  journeys: `/sites/${DEMO_SITE}/journeys?from=${encodeURIComponent('page:/demo/')}`,
  'whole table': `/sites/${DEMO_SITE}?details=pages&compare=previous_period`,
  'filtered overview': `/sites/${DEMO_SITE}?f=is_not,country,DE&f=contains,page,demo%7Cis,source,Google`,
  settings: `/sites/${DEMO_SITE}/settings`,
  'what is stored': `/sites/${DEMO_SITE}/stored`,
  'site that is not there': '/sites/none.example',
  'page that is not there': '/nowhere',
};
/** Every page, as somebody may come to it who is not signed in. */
const PAGES_OF_STRANGERS = { 'sign-in': '/login', 'used set-up link': '/setup?token=used' };
const SCREENS = [
  { width: 380, height: 800, colorScheme: 'light' },
  { width: 380, height: 800, colorScheme: 'dark' },
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 1280, height: 800, colorScheme: 'dark' },
];

for (const screen of SCREENS) {
  test(`every page is whole and accessible at ${screen.width} px, ${screen.colorScheme}`, async () => {
    await requireGoodLooks(page, PAGES, screen);
    await requireGoodLooks(stranger, PAGES_OF_STRANGERS, screen);
    assert.deepEqual(complaints, []);
  });
}

async function requireGoodLooks(tab, pages, { width, height, colorScheme }) {
  await tab.setViewportSize({ width, height });
  // What fades in has too little contrast for a moment.
  await tab.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await tab.goto(service.origin);
  await settled(tab);
  for (const language of ['bg', 'en']) {
    await speak(tab, language, { account: tab !== stranger });
    for (const [name, path] of Object.entries(pages)) {
      await tab.goto(service.origin + path);
      await settled(tab);
      await requireNoOverflow(tab, `${name}, ${language}`);
      if (language === 'en') await requireAccessible(tab, name);
    }
  }
}

/** Scrolls through a page that has its name. */
async function wholePage(tab) {
  await tab.locator('main h1').first().waitFor({ state: 'attached' });
  await tab.locator('main section').first().waitFor();
  await walkDown(tab);
}

/** Waits until nothing is being loaded or drawn. */
async function settled(tab) {
  await tab.locator('h1').first().waitFor({ state: 'attached' });
  await walkDown(tab);
  await until('nothing is busy', PAGE_MS, async () => (await tab.locator('[aria-busy=true], .skeleton').count()) === 0);
}

/** Opens a page of the demo site as somebody else. */
async function visit(t, path, who) {
  const guest = await openAs(visitor(who));
  t.after(() => guest.browser.close());
  await guest.page.goto(service.origin + path);
  return guest;
}

/** Counts a view from an address; the service believes its own machine who is asking. */
async function sendFrom(address, path) {
  const response = await fetch(`${service.origin}/api/event`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'user-agent': visitor().userAgent, 'x-forwarded-for': address },
    body: JSON.stringify({ n: 'pageview', u: `https://${DEMO_SITE}${path}`, d: DEMO_SITE }),
  });
  assert.deepEqual([response.status, response.headers.get('x-heatline-dropped')], [202, null]);
}
