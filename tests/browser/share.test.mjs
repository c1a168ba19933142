// Shared dashboards as somebody without an account sees them: by a link, in a frame of another website, behind a password, on paper.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { collectComplaints, launchBrowser, openAs, visitor } from './helpers/browser.mjs';
import { giveAccount, OWNER } from './helpers/dashboard.mjs';
import { html, startHost } from './helpers/host.mjs';
import { requireAccessible, requireNoOverflow, walkDown } from './helpers/looks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const PAGE_MS = 10_000;
const PUSH_MS = 3_000;
const STORE_MS = 5_000;
const PASSWORD = 'open sesame, please';

/** What a link with heat maps and single visitors may be asked for. */
const ALLOWED = [
  /^\/js\/embed\.host\.js$/,
  /^\/share\//,
  /^\/assets\//,
  /^\/api\/v1\/share$/,
  /^\/api\/v2\/query$/,
  new RegExp(`^/api/v1/sites/${DEMO_SITE}/(live(/stream|/history|/visitors|/events)?|goals|segments|props|annotations|funnel|retention|journeys|pages|elements|heatmap\\.(png|json))$`),
];
/** What Chromium itself notes of an answer that says: wrong password, no such link, no clicks here, not signed in yet. */
const NOTES = /^console: Failed to load resource: .* 40[14] .*\/api\/(v1\/(share|session|sites\/.*)|v2\/query)\)$/;
/** And of a frame that the policy refuses. */
const REFUSED = /frame-ancestors/;

let service;
let browser;
let complaints;
/** Everything that any page asked for, with the status of the answer: `[path, status]`. */
let asked;
let friend;
let stranger;
let link;

before(async () => {
  service = await startService();
  browser = await launchBrowser();
  complaints = [];
  asked = [];
  link = await service.api.share(DEMO_SITE, { name: 'all', heatmaps: true, live_feed: true });
  const frame = (more) => html(`<iframe id="framed" src="${link.embed_url}${more}" width="900" height="900" title="shared"></iframe><script async src="${service.origin}/js/embed.host.js"></script>`);
  friend = await startHost({ '/framed': frame('&theme=dark&lang=bg&background=transparent') });
  stranger = await startHost({ '/framed': frame('') });
  await service.api.changeSite(DEMO_SITE, { settings: { live_frame_ancestors: [elsewhere(friend)] } });
  const guest = await openAs();
  await guest.page.goto(`${service.origin}/demo/`);
  await guest.page.mouse.wheel(0, 400);
  await until('the visit is counted', STORE_MS, async () => (await service.api.totals(DEMO_SITE, ['visitors'])).visitors === 1);
  await guest.browser.close();
});

after(async () => {
  await browser?.close();
  friend?.stop();
  stranger?.stop();
  await service?.stop();
});

/** The address of a host that is another site to a browser, which looks at names and not at ports. */
const elsewhere = (host) => host.origin.replace('127.0.0.1', 'localhost');

async function newPage(settings = {}) {
  const context = await browser.newContext({ ...visitor(), ...settings });
  context.setDefaultTimeout(PAGE_MS);
  collectComplaints(context, complaints, new RegExp(`${NOTES.source}|${REFUSED.source}`));
  const page = await context.newPage();
  page.on('response', (response) => {
    const url = new URL(response.url());
    if (url.origin === service.origin) asked.push([url.pathname, response.status()]);
  });
  return page;
}

const overview = (page) => page.getByRole('heading', { name: DEMO_SITE, exact: true });

/** Asserts that nothing was asked for that the link does not open. */
function requireAllowed() {
  for (const [path, status] of asked.splice(0)) {
    assert.ok(ALLOWED.some((allowed) => allowed.test(path)), `${path} is not for who has a link`);
    assert.ok(status < 400 || (status === 404 && path.includes('heatmap')), `${path} answered ${status}`);
  }
}

test('a link shows every page of the dashboard and asks for nothing that it may not', async () => {
  const page = await newPage();
  await page.goto(link.url);
  await overview(page).waitFor();
  await walkDown(page);
  await page.getByRole('region', { name: 'Pages' }).getByRole('button', { name: '/demo/', exact: true }).waitFor();
  const header = page.getByRole('banner');
  assert.deepEqual(await header.getByRole('navigation').getByRole('link').allInnerTexts(), [DEMO_SITE, 'Overview', 'Heat map', 'Funnels', 'Retention', 'Journeys']);
  for (const button of ['Note', 'Add goals']) assert.equal(await page.getByRole('button', { name: button, exact: true }).count(), 0, button);
  assert.equal(await page.getByRole('region', { name: 'Bots and drops' }).count(), 0);
  await requireAccessible(page, 'a shared overview');
  requireAllowed();

  for (const [tab, title] of [['Heat map', 'Heat map'], ['Funnels', 'Funnels'], ['Retention', 'Retention'], ['Journeys', 'Journeys']]) {
    await header.getByRole('link', { name: tab }).click();
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await page.waitForLoadState('networkidle').catch(() => {});
    assert.ok(page.url().endsWith(new URL(link.url).hash), 'what opens the link stays in the address');
    await requireAccessible(page, `shared: ${tab}`);
  }
  requireAllowed();
  await page.reload();
  await page.getByRole('heading', { name: 'Journeys', level: 1 }).waitFor();
  await page.goBack();
  await page.getByRole('heading', { name: 'Retention', level: 1 }).waitFor();
  requireAllowed();
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('the number of who is here moves by push, without a cookie', async (t) => {
  const page = await newPage();
  await page.goto(link.url);
  const live = page.getByRole('region', { name: 'Here now' });
  const count = async () => Number.parseInt(await live.locator('.live-number').innerText(), 10);
  const others = await until('the number is there', PUSH_MS, count);
  const guest = await openAs(visitor({ version: 123 }));
  t.after(() => guest.browser.close());
  await guest.page.goto(`${service.origin}/demo/`);
  await until('one more, pushed', PUSH_MS, async () => (await count()) === others + 1);
  assert.deepEqual(await page.context().cookies(), []);
  requireAllowed();
  await page.context().close();
});

test('a filter and a file work as they do for its owner', async () => {
  const page = await newPage();
  await page.goto(link.url);
  const pages = page.getByRole('region', { name: 'Pages' });
  await pages.getByRole('button', { name: '/demo/', exact: true }).click();
  await page.getByRole('list', { name: 'Filters' }).getByText('/demo/').waitFor();
  assert.ok(page.url().includes('f=') && page.url().endsWith(new URL(link.url).hash), page.url());
  await pages.getByRole('button', { name: /^Details/ }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  assert.equal(file.suggestedFilename(), `${DEMO_SITE}.csv`);
  requireAllowed();
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('those whom the owner names may frame it, others may not', async () => {
  const page = await newPage();
  await page.goto(`${elsewhere(friend)}/framed`);
  const framed = page.frameLocator('#framed');
  await framed.getByRole('heading', { name: DEMO_SITE, exact: true }).waitFor();
  await framed.locator('.state.live').waitFor();
  assert.equal(await framed.getByRole('banner').count(), 0, 'no head in a frame');
  const looks = await framed.locator('html').evaluate((root) => [root.lang, root.dataset.theme, getComputedStyle(root).backgroundColor]);
  assert.deepEqual(looks, ['bg', 'dark', 'rgba(0, 0, 0, 0)']);
  assert.deepEqual(await page.context().cookies(), [], 'no cookie is needed');
  const heights = async () => [
    await page.locator('#framed').evaluate((frame) => frame.clientHeight),
    await framed.locator('#app').evaluate((app) => Math.ceil(app.getBoundingClientRect().height)),
  ];
  await until('the frame is as high as what is in it', PAGE_MS, async () => {
    const [frame, content] = await heights();
    return frame > 1500 && frame === content;
  });
  requireAllowed();
  assert.deepEqual(complaints, []);

  await page.goto(`${elsewhere(stranger)}/framed`);
  await until('the frame is refused', PAGE_MS, () => page.frames().some((frame) => frame.url().startsWith('chrome-error:')));
  await page.context().close();
});

test('a password is asked for, once in a tab', async () => {
  const locked = await service.api.share(DEMO_SITE, { name: 'locked', password: PASSWORD });
  const page = await newPage();
  await page.goto(locked.url);
  const field = page.getByLabel('Password');
  await field.fill('open barley');
  await requireAccessible(page, 'the password of a link');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('The password is wrong.').waitFor();
  await field.fill(PASSWORD);
  await page.getByRole('button', { name: 'Open' }).click();
  await overview(page).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Heat map' }).count(), 0, 'this link shows none');
  await page.getByRole('region', { name: 'Pages' }).getByText('/demo/').first().waitFor();
  assert.equal(await page.getByRole('link', { name: /Heat map of/ }).count(), 0);
  await page.reload();
  await overview(page).waitFor();
  assert.equal(await field.count(), 0, 'a reload does not ask again');

  await service.api.removeShare(DEMO_SITE, locked.id);
  await page.getByRole('heading', { name: 'That did not work' }).waitFor();
  assert.equal(await page.getByText('This link opens nothing.').count(), 1, 'nothing else is left on the page');
  assert.deepEqual(complaints, []);
  await page.context().close();
  asked.splice(0);
});

test('a link that is not whole, or of another site, says so', async () => {
  await service.api.addSite({ domain: 'other.example' });
  const page = await newPage();
  await page.goto(link.url.slice(0, -1));
  await page.getByText('This link opens nothing.').waitFor();
  await page.goto(`${service.origin}/share/${DEMO_SITE}`);
  await page.getByText('This link opens nothing.').waitFor();
  const { hash } = new URL(link.url);
  await page.goto(`${service.origin}/share/other.example${hash}`);
  await page.getByText('There is nothing here that you may see.').waitFor();
  await page.goto(`${service.origin}/share/${DEMO_SITE}/settings${hash}`);
  await page.getByRole('heading', { name: 'No such page' }).waitFor();
  assert.deepEqual(complaints, []);
  await page.context().close();
  asked.splice(0);
});

test('on a phone nothing sticks out', async () => {
  const page = await newPage({ viewport: { width: 380, height: 800 }, colorScheme: 'dark' });
  await page.goto(link.url);
  await overview(page).waitFor({ state: 'attached' });
  await walkDown(page);
  await requireNoOverflow(page, 'a shared overview');
  await requireAccessible(page, 'a shared overview in the dark');
  requireAllowed();
  await page.context().close();
});

test('the keys for printing fetch what nobody has scrolled to, and paper is light', async () => {
  const page = await newPage({ colorScheme: 'dark' });
  await page.addInitScript(() => {
    globalThis.printed = 0;
    globalThis.print = () => (globalThis.printed += 1);
  });
  await page.goto(link.url);
  await overview(page).waitFor();
  await page.keyboard.press('Control+p');
  await until('it is printed', PAGE_MS, () => page.evaluate(() => globalThis.printed === 1));
  assert.equal(await page.locator('[aria-busy="true"]').count(), 0);
  const campaigns = page.getByRole('region', { name: 'Campaigns' });
  assert.equal(await campaigns.getByText('Nothing in this period.').count(), 1, 'a panel at the end of the page has its answer');
  const ink = () => page.evaluate(() => getComputedStyle(document.documentElement).color);
  const dark = await ink();
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  assert.notEqual(await ink(), dark);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await ink(), dark);
  requireAllowed();
  await page.context().close();
});

test('an owner makes a link, changes it and removes it', async () => {
  const page = await newPage();
  await page.goto(service.setupLink);
  await giveAccount(page, OWNER.email, OWNER.right, 'Create account');
  await page.getByRole('heading', { name: 'Sites' }).waitFor();
  await page.goto(`${service.origin}/sites/${DEMO_SITE}/settings`);
  const links = page.getByRole('region', { name: 'Shared links' });
  await links.getByLabel('Name').fill('For the board');
  await links.getByLabel('Ends').selectOption({ label: 'In 30 days' });
  await links.getByLabel('Show heat maps, too').check();
  await links.getByRole('button', { name: 'Make a link' }).click();
  const row = links.getByRole('listitem').filter({ hasText: 'For the board' });
  await row.getByText(/Heat maps · Until/).waitFor();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.origin });
  const copied = async (button) => {
    await row.getByRole('button', { name: button }).click();
    await row.getByText('Copied').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    // The next button says the same.
    await row.getByText('Copied').waitFor({ state: 'detached' });
    return text;
  };
  const url = await copied('Copy link');
  assert.ok(url.startsWith(`${service.origin}/share/${DEMO_SITE}#auth=`), url);
  assert.match(await copied('Copy embed code'), /^<iframe src="[^"]+\?auth=[^"]+&amp;embed=true" title="demo.example"[^>]*><\/iframe>\n<script async src="[^"]+\/js\/embed.host.js"><\/script>$/);

  await row.getByRole('button', { name: 'Change' }).click();
  await row.getByLabel('Password').fill(PASSWORD);
  await row.getByLabel('Ends').selectOption({ label: 'Never' });
  await row.getByRole('button', { name: 'Save' }).click();
  await row.getByText('With a password · Heat maps').waitFor();
  await requireAccessible(page, 'the settings with shared links');
  await row.getByRole('button', { name: 'Remove' }).click();
  await links.getByRole('button', { name: 'Remove it' }).click();
  await row.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await page.context().close();
});
