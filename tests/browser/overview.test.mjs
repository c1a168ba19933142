// What people do with the reports of a site: narrow them, compare them, keep and share what they see; and what they see when something fails.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';

import { collectComplaints, launchBrowser, visitor } from './helpers/browser.mjs';
import { giveAccount, OWNER } from './helpers/dashboard.mjs';
import { requireAccessible, walkDown } from './helpers/looks.mjs';
import { startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const SITE = 'busy.example';
const HOSTILE = 'hostile.example';
const STORE_MS = 10_000;
const PAGE_MS = 15_000;
const SOON_MS = 10_000;
/** What Chromium itself notes of the failures that the tests bring about. */
const NOTES = /^console: Failed to load resource/;
/** Where visitors come from, and with what. */
const ADDRESSES = ['78.90.1.1', '85.214.132.117', '8.8.8.8'];
const AGENTS = [visitor().userAgent, visitor({ mobile: true }).userAgent];
/** Whatever of this ran would say so in the title. */
const EVIL = ['<script>document.title="hit"</script>', '"><img src=x onerror=document.title="hit">', "'-document.title='hit'-'", '{@html "<b>hit</b>"}', '</title><svg onload=document.title="hit">', 'javascript:document.title="hit"', '\u202Egnp.exe'];

let service;
let browser;
let context;
let page;
let complaints;

before(async () => {
  service = await startService();
  browser = await launchBrowser();
  context = await browser.newContext({ ...visitor(), acceptDownloads: true });
  context.setDefaultTimeout(PAGE_MS);
  complaints = [];
  collectComplaints(context, complaints, NOTES);
  const token = new URL(service.setupLink).searchParams.get('token');
  const made = await context.request.post(`${service.origin}/api/v1/setup`, { data: { token, email: OWNER.email, password: OWNER.right } });
  assert.ok(made.ok(), await made.text());
  for (const domain of [SITE, HOSTILE]) await service.api.addSite({ domain });
  await send(SITE, usualEvents());
  await send(HOSTILE, evilEvents());
  await post(`/api/v1/sites/${SITE}/goals`, { event_name: 'Signup' });
  await context.request.put(`${service.origin}/api/v1/sites/${SITE}/props`, { data: { props: ['plan'] } });
  await until('the events are in the reports', STORE_MS, async () => (await service.api.totals(SITE, ['events'])).events > 100);
  page = await context.newPage();
});

beforeEach(() => {
  complaints.length = 0;
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

/** Some visitors of the last days, from everywhere, who do everything that has a panel. */
function usualEvents() {
  const events = [];
  for (let number = 0; number < 40; number += 1) {
    const start = Date.now() - (number % 6) * 86_400_000 - 3_600_000 - number * 10_000;
    const who = { visitor: `v${number}`, ip: ADDRESSES[number % 3], user_agent: AGENTS[number % 2], referrer: number % 2 ? 'https://www.google.com/' : 'https://news.example/story' };
    const add = (seconds, name, path, more = {}) =>
      events.push({ ...who, timestamp: new Date(start + seconds * 1_000).toISOString(), name, url: `https://${SITE}${path}`, ...more });
    add(0, 'pageview', `/?utm_source=letter&utm_medium=email&utm_campaign=spring&utm_content=top&utm_term=heat`);
    if (number % 2) add(20, 'pageview', '/pricing');
    if (number % 4 === 1) add(40, 'Signup', '/pricing', { props: { plan: number % 3 ? 'pro' : 'free' } });
    add(50, 'Outbound Link: Click', '/', { props: { url: 'https://partner.example/' } });
    add(51, 'File Download', '/', { props: { url: 'https://busy.example/a.pdf' } });
    add(52, 'Form: Submission', '/', { props: { path: '/contact' } });
    add(53, 'Site Search', '/', { props: { search_query: 'heat' } });
    add(54, '404', '/gone', { props: { path: '/gone' } });
  }
  return events;
}

/** Every text that a visitor can choose, chosen badly. */
function evilEvents() {
  return EVIL.flatMap((text, number) => {
    const tag = encodeURIComponent(text);
    const who = { visitor: `e${number}`, ip: ADDRESSES[0], user_agent: `${AGENTS[0]} ${text}`, timestamp: new Date(Date.now() - 60_000).toISOString() };
    const url = `https://${HOSTILE}/${tag}?utm_source=${tag}&utm_medium=${tag}&utm_campaign=${tag}&utm_content=${tag}&utm_term=${tag}`;
    return [
      { ...who, name: 'pageview', url, referrer: `https://evil.example/${tag}` },
      { ...who, name: text.slice(0, 100), url, props: { plan: text, url: text, path: text, search_query: text } },
      { ...who, name: 'Outbound Link: Click', url, props: { url: text } },
    ];
  });
}

async function send(site, events) {
  const answer = await post(`/api/v1/sites/${site}/events`, events);
  assert.equal(answer.rejected, 0, JSON.stringify(answer.errors));
}

async function post(path, data) {
  const answer = await context.request.post(service.origin + path, { data });
  assert.ok(answer.ok(), `${path}: ${await answer.text()}`);
  return answer.json();
}

/** Opens the overview, scrolled through and with every number there. */
async function open(query = '', site = SITE, tab = page) {
  await tab.goto(`${service.origin}/sites/${site}${query}`);
  await settled(tab);
}

async function settled(tab = page) {
  await tab.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
  await tab.locator('main section').first().waitFor();
  await walkDown(tab);
  await until('nothing is busy', SOON_MS, async () => (await tab.locator('main [aria-busy=true]').count()) === 0);
}

const filtersOf = () => new URL(page.url()).searchParams.getAll('f');
const panel = (name) => page.getByRole('region', { name, exact: true });
const chips = () => page.getByRole('list', { name: 'Filters' }).getByRole('listitem');

/** Each panel with its tabs, and what a click on the first row narrows to. */
const PANELS = {
  Pages: { Top: 'page', Entry: 'entry_page', Exit: 'exit_page', Hosts: 'hostname' },
  Sources: { Sources: 'source', Channels: 'channel', Referrers: 'referrer' },
  Places: { Countries: 'country', Regions: 'region', Cities: 'city' },
  Technology: { Device: 'device', Browser: 'browser', System: 'os' },
  'Goals and events': { Goals: 'goal', Events: 'event' },
  Campaigns: { Campaign: 'utm_campaign', Source: 'utm_source', Medium: 'utm_medium', Content: 'utm_content', Term: 'utm_term' },
  'Links, files, forms, searches': { Outbound: 'prop:url', Downloads: 'prop:url', Forms: 'prop:path', Searches: 'prop:search_query', 404: 'prop:path' },
};

for (const [name, tabs] of Object.entries(PANELS)) {
  test(`every row of “${name}” filters, and back takes the filter away`, async () => {
    await open();
    for (const [tab, field] of Object.entries(tabs)) {
      await panel(name).getByRole('radio', { name: tab, exact: true }).check();
      const row = panel(name).getByRole('row').nth(1).getByRole('button').first();
      await until(`${tab} has its rows`, SOON_MS, async () => (await panel(name).getAttribute('aria-busy')) === 'false' && (await row.count()) > 0);
      await row.click();
      await until(`${tab} is a filter`, SOON_MS, () => filtersOf().some((filter) => filter.startsWith(`is,${field},`)));
      await chips().first().waitFor();
      await page.goBack();
      await until('the filter is gone', SOON_MS, async () => filtersOf().length === 0 && (await chips().count()) === 0);
    }
    assert.deepEqual(complaints, []);
  });
}

test('a filter narrows every number, and stays over a reload', async () => {
  const everybody = (await service.api.totals(SITE, ['visitors'])).visitors;
  await open();
  await panel('Pages').getByRole('button', { name: '/pricing', exact: true }).click();
  const fewer = (await service.api.totals(SITE, ['visitors'], [['is', 'event:page', ['/pricing']]])).visitors;
  assert.ok(fewer > 0 && fewer < everybody);
  const shown = () => page.getByRole('group', { name: 'What the chart shows' }).getByRole('button').first().innerText();
  await until('the total is that of the page', SOON_MS, async () => (await shown()).includes(`\n${fewer}`));
  const address = page.url();
  await page.reload();
  await settled();
  assert.equal(page.url(), address);
  assert.ok((await shown()).includes(`\n${fewer}`));
  assert.equal(await panel('Pages').getByRole('button', { name: '/pricing', exact: true }).getAttribute('aria-pressed'), 'true');
  assert.deepEqual(complaints, []);
});

test('a filter of “not” and “or” is made, changed and kept as a segment that others can open', async () => {
  await open();
  await page.locator('h1').click();
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog', { name: 'Add a filter' });
  await dialog.getByLabel('Dimension').selectOption('country');
  await dialog.getByLabel('Operator').selectOption('is_not');
  await dialog.getByRole('textbox', { name: 'Value' }).fill('germany');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Remove Germany' }).waitFor();
  await dialog.getByRole('button', { name: 'or another condition' }).click();
  await dialog.getByLabel('Dimension').last().selectOption('page');
  await dialog.getByLabel('Operator').last().selectOption('contains');
  await dialog.getByRole('textbox', { name: 'Value' }).last().fill('pricing');
  await dialog.getByRole('button', { name: 'Apply' }).click();
  await until('the address says it', SOON_MS, () => filtersOf()[0] === 'is_not,country,DE|contains,page,pricing');
  await chips().getByText('Country is not').waitFor();

  await page.getByRole('button', { name: 'Segments' }).click();
  await page.getByLabel('Keep these filters as').fill('Buyers <b>abroad</b>');
  await page.getByRole('button', { name: 'Keep as a segment' }).click();
  await until('the segment is in force', SOON_MS, () => /^is,segment,\d+$/.test(filtersOf()[0] ?? ''));
  await chips().getByText('Buyers <b>abroad</b>').waitFor();

  const other = await browser.newContext(visitor());
  const tab = await other.newPage();
  await tab.goto(page.url());
  await giveAccount(tab, OWNER.email, OWNER.right, 'Sign in');
  await tab.getByText('Buyers <b>abroad</b>').first().waitFor();
  await other.close();
  assert.deepEqual(complaints, []);
});

test('keys choose the period, compare, and tell themselves', async () => {
  await open();
  await page.locator('h1').click();
  const range = () => new URL(page.url()).searchParams.get('range');
  for (const [key, expected] of [['d', 'today'], ['m', 'month'], ['y', 'year'], ['a', 'all'], ['w', null]]) {
    await page.keyboard.press(key);
    assert.equal(range(), expected, key);
  }
  await page.keyboard.press('ArrowLeft');
  assert.match(range(), /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d$/);
  await page.keyboard.press('w');
  await page.keyboard.press('x');
  await until('the totals are compared', SOON_MS, async () => (await page.locator('.totals .change').count()) > 3);
  await page.keyboard.press('x');
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Last month').waitFor();
  await page.keyboard.press('d');
  assert.equal(range(), null, 'keys are not for the page while a window is over it');
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('a panel opens to a table that is searched, put in order, and saved', async () => {
  await open();
  await panel('Pages').getByRole('button', { name: /^Details/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Page' });
  await dialog.getByRole('button', { name: '/pricing', exact: true }).waitFor();
  await page.reload();
  await dialog.getByRole('button', { name: '/pricing', exact: true }).waitFor();

  await dialog.getByRole('button', { name: 'Visitors' }).click();
  await until('fewest first', SOON_MS, async () => (await dialog.getByRole('row').nth(1).innerText()).startsWith('/gone') || (await dialog.getByRole('row').nth(1).innerText()).startsWith('/pricing'));
  await dialog.getByRole('searchbox').fill('PRIC');
  await until('one row', SOON_MS, async () => (await dialog.getByRole('row').count()) === 2);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('link', { name: 'CSV' }).click()]);
  const csv = await readFile(await download.path(), 'utf8');
  assert.match(csv, /^"?event:page"?,"?visitors"?/);
  assert.ok(csv.includes('/pricing') && csv.trim().split('\n').length === 2, csv);
  await dialog.getByRole('button', { name: '/pricing', exact: true }).click();
  await until('it is a filter', SOON_MS, () => filtersOf()[0] === 'is,page,/pricing');
  assert.equal(await page.getByRole('dialog').count(), 0);
  assert.deepEqual(complaints, []);
});

test('a note stands on the chart and in the settings, and goes', async () => {
  await open();
  await page.getByRole('button', { name: 'Note', exact: true }).click();
  await page.getByLabel('What happened').fill('New prices');
  await page.getByRole('button', { name: 'Put it on the chart' }).click();
  await page.getByRole('list', { name: 'Notes' }).getByText('New prices').waitFor();
  await page.goto(`${service.origin}/sites/${SITE}/settings`);
  await panel('Notes').getByText('New prices').waitFor();
  await panel('Notes').getByRole('button', { name: 'Remove New prices' }).click();
  await panel('Notes').getByText('No note yet.').waitFor();
  assert.deepEqual(complaints, []);
});

test('goals and properties are added and removed in the settings', async () => {
  await page.goto(`${service.origin}/sites/${SITE}/settings`);
  const goals = panel('Goals');
  await goals.getByText('event Signup').waitFor();
  await goals.getByRole('radio', { name: 'Page seen' }).check();
  await goals.getByLabel(/^Path/).fill('/pricing');
  await goals.getByRole('button', { name: 'Add the goal' }).click();
  await goals.getByText('Visit /pricing').waitFor();
  await goals.getByRole('button', { name: 'Remove Visit /pricing' }).click();
  await goals.getByText('Visit /pricing').waitFor({ state: 'detached' });
  const properties = panel('Properties of events');
  await properties.getByLabel('Name of a property').fill('author');
  await properties.getByRole('button', { name: 'Add', exact: true }).click();
  await properties.getByText('author').waitFor();
  await properties.getByText('plan').waitFor();
  await properties.getByRole('button', { name: 'Remove author' }).click();
  await properties.getByText('author').waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
});

test('a funnel is its address, and says how many go all the way', async () => {
  await page.goto(`${service.origin}/sites/${SITE}/funnels`);
  await page.getByLabel('Step 1', { exact: true }).fill('/');
  await page.getByLabel('Step 2', { exact: true }).fill('/pricing');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await page.getByLabel('Step 3: kind').selectOption('goal');
  await page.getByRole('button', { name: 'Show the funnel' }).click();
  const rows = page.getByRole('region', { name: 'The funnel' }).first().getByRole('row');
  await rows.filter({ hasText: 'Signup' }).waitFor();
  const answer = await post(`/api/v1/sites/${SITE}/funnel`, { date_range: '7d', steps: [{ page: '/' }, { page: '/pricing' }, { goal: 'Signup' }] });
  const { visits, conversion_rate: rate } = answer.steps[2];
  assert.ok(visits > 0 && rate > 0);
  assert.match(await rows.filter({ hasText: 'Signup' }).innerText(), new RegExp(`\\b${visits}\\b`));
  await page.reload();
  await rows.filter({ hasText: 'Signup' }).waitFor();
  assert.equal(await page.getByLabel('Step 2', { exact: true }).inputValue(), '/pricing');
  assert.deepEqual(complaints, []);
});

test('journeys lead from page to page', async () => {
  await page.goto(`${service.origin}/sites/${SITE}/journeys`);
  const following = page.locator('section', { has: page.getByRole('heading', { name: 'After /' }) });
  await following.getByRole('button', { name: '/pricing' }).first().click();
  await page.getByRole('heading', { name: 'Before /pricing' }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'After /', exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('an API that fails is told where it fails, and asked again', async () => {
  await page.route('**/api/v2/query', (route) => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"status":500,"code":"internal"}' }));
  await page.goto(`${service.origin}/sites/${SITE}`);
  const told = page.getByRole('alert').getByText('The server met an error of its own.');
  await told.first().waitFor();
  await page.unroute('**/api/v2/query');
  await panel('Pages').getByRole('button', { name: 'Try again' }).click();
  await panel('Pages').getByRole('button', { name: '/pricing', exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('an API that says nothing for half a minute is told, and asked again', async () => {
  await page.route('**/api/v2/query', () => {});
  await page.goto(`${service.origin}/sites/${SITE}`);
  await page.locator('main .skeleton').first().waitFor();
  await page.getByRole('alert').getByText('The server took too long to answer.').first().waitFor({ timeout: 40_000 });
  await page.unroute('**/api/v2/query');
  await panel('Pages').getByRole('button', { name: 'Try again' }).click();
  await panel('Pages').getByRole('button', { name: '/pricing', exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test('a session that ends leads to the sign-in page, and back to where one was', async () => {
  await open('?range=30d&f=is,page,%2Fpricing');
  const address = page.url();
  await context.clearCookies();
  await page.locator('h1').click();
  await page.keyboard.press('x');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await giveAccount(page, OWNER.email, OWNER.right, 'Sign in');
  await chips().getByText('/pricing').waitFor();
  assert.equal(decodeURIComponent(page.url()), `${decodeURIComponent(address)}&compare=previous_period`);
});

test('everything on the overview is reached by the keyboard, and seen where it is', async () => {
  await open();
  const seen = [];
  await page.evaluate(() => document.body.focus());
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press('Tab');
    const spot = await page.evaluate(() => {
      const { activeElement: at } = document;
      if (!at || at === document.body) return undefined;
      // A radio button is drawn by what stands beside it.
      const drawn = at.type === 'radio' ? at.nextElementSibling : at;
      const { outlineStyle, outlineWidth } = getComputedStyle(drawn);
      at.dataset.reached = 'true';
      return { what: at.outerHTML.slice(0, 100), visible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2 };
    });
    if (!spot) break;
    seen.push(spot);
  }
  assert.deepEqual(seen.filter(({ visible }) => !visible), []);
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll('main :is(a[href], button:not(:disabled), input, select)')]
      // Of radio buttons with one name the arrow keys reach the others.
      .filter((element) => !element.dataset.reached && !(element.type === 'radio' && document.querySelector(`[name="${element.name}"][data-reached]`)))
      .map((element) => element.outerHTML.slice(0, 120)),
  );
  assert.deepEqual(missed, []);
  assert.ok(seen.length > 50, `${seen.length}`);
});

test('nothing that visitors write runs, on any page', async () => {
  const tab = await context.newPage();
  for (const [name, value] of [['goals', { event_name: EVIL[0] }], ['goals', { page_path: `/${EVIL[1]}`, name: EVIL[1] }], ['segments', { name: EVIL[1], filters: [['is', 'event:page', [EVIL[0]]]] }], ['annotations', { at: new Date().toISOString().slice(0, 10), text: EVIL[1] }]]) {
    await post(`/api/v1/sites/${HOSTILE}/${name}`, value);
  }
  const put = await context.request.put(`${service.origin}/api/v1/sites/${HOSTILE}/props`, { data: { props: ['plan', EVIL[0]] } });
  assert.ok(put.ok(), await put.text());
  const evil = encodeURIComponent(EVIL[1].replaceAll('"', ''));
  const tabs = '&pages=exit_pages&sources=referrers&goals=events&technology=browser_versions&campaigns=utm_terms&automatic=searches';
  for (const path of [
    `?compare=previous_period&f=contains,page,hit`,
    `?f=is,page,${evil}&f=is,prop:${evil},${evil}`,
    `?x${tabs}`,
    `?details=pages`,
    `?details=prop:${evil}`,
    `/funnels?step=page:/${evil}&step=event:${evil}&split=page`,
    `/retention?property=plan`,
    `/journeys?from=page:/${evil}`,
    '/heatmap',
    '/outcomes',
    '/settings',
  ]) {
    await open(path, HOSTILE, tab);
    const found = await tab.evaluate(() => ({
      title: document.title,
      foreign: document.querySelectorAll('main img[src="x"], main svg[onload], main script, main b b, [onerror], [onload]').length,
    }));
    assert.ok(!/^hit/.test(found.title) && found.foreign === 0, `${path}: ${JSON.stringify(found)}`);
  }
  await open('', HOSTILE, tab);
  await tab.getByText(EVIL[0], { exact: false }).first().waitFor();
  await requireAccessible(tab, 'hostile names');
  await tab.close();
  assert.deepEqual(complaints, [], 'no policy was broken, and nothing was thrown');
});

test('a site that waits says why what comes is left out, and opens with the first visit', async () => {
  await service.api.addSite({ domain: 'new.example' });
  await page.goto(`${service.origin}/sites/new.example`);
  await page.getByRole('heading', { name: 'Waiting for the first visit' }).waitFor();
  await page.getByText('Nothing has come from this site today.').waitFor();
  const visit = (agent) =>
    fetch(`${service.origin}/api/event`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'user-agent': agent },
      body: JSON.stringify({ n: 'pageview', u: 'https://new.example/', d: 'new.example' }),
    });
  await visit('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)');
  await page.getByText('Something arrives, but is left out: Bot').waitFor();
  for (const [place, line] of [['WordPress', 'wp_head'], ['Next.js', 'next/script'], ['CSP', 'connect-src'], ['nginx proxy', 'proxy_pass']]) {
    await page.getByRole('radio', { name: place }).check();
    await page.locator('pre').getByText(line).first().waitFor();
  }
  await visit(AGENTS[0]);
  await page.getByRole('region', { name: 'Here now' }).waitFor();
  assert.deepEqual(complaints, []);
});
