// The people of a site, as they meet the dashboard: who invites, who is invited, and what each of them sees.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { collectComplaints, launchBrowser, openAs, visitor } from './helpers/browser.mjs';
import { giveAccount, OWNER, speak } from './helpers/dashboard.mjs';
import { requireAccessible, requireNoOverflow, walkDown } from './helpers/looks.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const PAGE_MS = 10_000;
const STORE_MS = 5_000;
const HIDDEN_SITE = 'hidden.example';
const VIEWER = { email: 'viewer@example.org', password: 'quiet rivers run far' };
/** What Chromium itself notes of answers that say: not signed in yet, no such site, no data. The pages show what they make of it. */
const NOTES = /^console: Failed to load resource: .* (401 .*\/api\/v1\/session|404 .*\/api\/v[12]\/.*|40[39] .*\/api\/v1\/(account|sites|invitation).*)\)$/;

let service;
let browser;
/** The owner's page, and that of somebody who is invited. */
let owner;
let viewer;
let complaints;

before(async () => {
  service = await startService();
  browser = await launchBrowser();
  complaints = [];
  [owner, viewer] = [await newPage(), await newPage()];
});

after(async () => {
  await browser?.close();
  await service?.stop();
});

async function newPage(settings = {}) {
  const context = await browser.newContext({ ...visitor(), ...settings });
  context.setDefaultTimeout(PAGE_MS);
  collectComplaints(context, complaints, NOTES);
  return context.newPage();
}

const settingsOf = (site) => `${service.origin}/sites/${site}/settings`;
const card = (page, name) => page.getByRole('region', { name, exact: true });

/** Waits until nothing is being loaded or drawn. */
async function settled(page) {
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await walkDown(page);
  await until('nothing is busy', PAGE_MS, async () => (await page.locator('[aria-busy=true], .skeleton').count()) === 0);
}

/** Invites somebody in the settings of the demo site; returns the link. */
async function invite(role, email = '') {
  await owner.goto(settingsOf(DEMO_SITE));
  const people = card(owner, 'People');
  await people.getByRole('radio', { name: role }).check();
  await people.getByLabel('E-mail').fill(email);
  await people.getByRole('button', { name: 'Make a link' }).click();
  return people.getByRole('status').locator('code').innerText();
}

test('an owner makes a link, and somebody comes in by it', async () => {
  await owner.goto(service.setupLink);
  await giveAccount(owner, OWNER.email, OWNER.right, 'Create account');
  await owner.getByRole('heading', { name: 'Sites' }).waitFor();
  await service.api.addSite({ domain: HIDDEN_SITE });

  const link = await invite('Viewer');
  assert.ok(link.startsWith(`${service.origin}/invitation#`), link);
  await card(owner, 'Open invitations').getByText('Whoever has the link').waitFor();

  const asked = [];
  viewer.on('request', (request) => asked.push(request.url()));
  await viewer.goto(link);
  await viewer.getByText(`To ${DEMO_SITE}, as Viewer.`).waitFor();
  await requireAccessible(viewer, 'an invitation');
  await giveAccount(viewer, VIEWER.email, 'short', 'Create account and accept');
  await viewer.getByRole('alert').getByText('Use at least 10 characters.').waitFor();
  await giveAccount(viewer, VIEWER.email, VIEWER.password, 'Create account and accept');
  await viewer.getByRole('heading', { name: DEMO_SITE }).or(viewer.getByRole('heading', { name: 'Waiting for the first visit' })).waitFor();
  assert.equal(viewer.url(), `${service.origin}/sites/${DEMO_SITE}`, 'the token is out of the address');
  const token = link.split('#')[1];
  assert.ok(asked.length > 3 && !asked.some((url) => new URL(url).pathname.includes(token)), 'no address had the token');

  await owner.reload();
  await card(owner, 'People').getByText(VIEWER.email).waitFor();
  assert.equal(await card(owner, 'Open invitations').count(), 0);
  const late = await newPage();
  await late.goto(link);
  await late.getByText('This invitation was used, taken back or has ended.').waitFor();
  await late.goto(`${service.origin}/invitation`);
  await late.getByText('This page needs the whole invitation link').waitFor();
  await late.context().close();
  assert.deepEqual(complaints, []);
});

/** Every page, as a viewer may come to it, also by an address that was meant for somebody else. */
const PAGES_OF_A_VIEWER = {
  live: `/sites/${DEMO_SITE}/live`,
  elements: `/sites/${DEMO_SITE}/elements`,
  'list of sites': '/',
  overview: `/sites/${DEMO_SITE}`,
  'overview, compared and filtered': `/sites/${DEMO_SITE}?compare=previous_period&f=is_not,country,DE`,
  'whole table': `/sites/${DEMO_SITE}?details=pages`,
  'click map': `/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}`,
  'scroll map': `/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}&kind=scroll`,
  'map over a screenshot': `/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}&underlay=screenshot`,
  'map of nothing': `/sites/${DEMO_SITE}/heatmap?path=/nothing`,
  funnel: `/sites/${DEMO_SITE}/funnels?step=${encodeURIComponent('page:/demo/')}&step=${encodeURIComponent('page:/demo/**')}&split=source`,
  retention: `/sites/${DEMO_SITE}/retention`,
  journeys: `/sites/${DEMO_SITE}/journeys?from=${encodeURIComponent('page:/demo/')}`,
  'missing hits': `/sites/${DEMO_SITE}/outcomes`,
  settings: `/sites/${DEMO_SITE}/settings`,
  'what is stored': `/sites/${DEMO_SITE}/stored`,
  account: '/account',
  'all accounts': '/users',
  'sign-in': '/login',
  'site of others': `/sites/${HIDDEN_SITE}`,
  'settings of others': `/sites/${HIDDEN_SITE}/settings`,
  'page that is not there': '/nowhere',
};

test('a viewer sees every page, and none of them asks for what a viewer may not', async (t) => {
  const guest = await openAs(visitor({ version: 141 }));
  t.after(() => guest.browser.close());
  await guest.page.goto(`${service.origin}/demo/gallery.html`);
  await guest.page.click('#vote-1');
  await until('the click is in the store', STORE_MS, async () => (await service.api.heatmap(DEMO_SITE, { path: '/demo/gallery.html' })).clicks === 1);

  const [refused, asked] = [[], new Set()];
  viewer.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/api/')) return;
    asked.add(`${response.request().method()} ${pathname}`);
    if ([401, 403].includes(response.status())) refused.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  for (const [name, path] of Object.entries(PAGES_OF_A_VIEWER)) {
    await viewer.goto(service.origin + path);
    await settled(viewer);
    assert.deepEqual(refused, [], name);
  }
  // By the menus, too, and with everything open that opens.
  await viewer.goto(`${service.origin}/sites/${DEMO_SITE}`);
  const tabs = viewer.getByRole('navigation', { name: 'Site' }).locator('.tabs a');
  assert.deepEqual(await tabs.allInnerTexts(), ['Overview', 'Live', 'Heat map', 'Elements', 'Funnels', 'Retention', 'Journeys', 'Missing hits']);
  for (let tab = 0; tab < (await tabs.count()); tab++) {
    await tabs.nth(tab).click();
    await settled(viewer);
    for (const button of await viewer.locator('main button[aria-expanded=false]').all()) {
      if (!(await button.isVisible()) || !(await button.isEnabled())) continue;
      await button.click();
      await viewer.keyboard.press('Escape');
    }
  }
  assert.deepEqual(refused, []);
  for (const route of [`GET /api/v1/sites/${DEMO_SITE}`, 'POST /api/v2/query', `GET /api/v1/sites/${DEMO_SITE}/heatmap.json`, 'GET /api/v1/account/sessions'])
    assert.ok(asked.has(route), `${route} was asked, so that this test sees what pages ask`);
  assert.ok(![...asked].some((route) => /\/(people|keys|users)$/.test(route)), 'nothing of owners was asked');
  assert.deepEqual(complaints, []);
});

test('what a viewer may not do is not offered', async () => {
  const map = `${service.origin}/sites/${DEMO_SITE}/heatmap?path=${encodeURIComponent('/demo/gallery.html')}`;
  for (const [page, offered] of [[viewer, 0], [owner, 1]]) {
    await page.goto(map);
    await settled(page);
    await page.getByRole('button', { name: 'Download' }).waitFor();
    for (const name of ['Copy URL', 'Show on page']) assert.equal(await page.getByRole('button', { name }).count(), offered, name);
    await page.goto(`${service.origin}/sites/${DEMO_SITE}`);
    await settled(page);
    assert.equal(await page.getByRole('link', { name: 'Settings', exact: true }).count(), offered);
    assert.equal(await page.getByRole('button', { name: 'Note', exact: true }).count(), offered);
  }
  await viewer.goto(settingsOf(DEMO_SITE));
  await viewer.getByText('Editors and owners of this site change its settings.').waitFor();
  assert.equal(await viewer.locator('form').count(), 0);
  await viewer.goto(`${service.origin}/sites/${HIDDEN_SITE}`);
  await viewer.getByText('There is nothing here that you may see.').waitFor();
});

test('a role that is changed is in force at once', async () => {
  await owner.goto(settingsOf(DEMO_SITE));
  const role = card(owner, 'People').getByLabel(`Role of ${VIEWER.email}`);
  await role.selectOption('Editor');
  await until('the role is kept', STORE_MS, async () => {
    await viewer.goto(settingsOf(DEMO_SITE));
    await settled(viewer);
    return (await viewer.getByRole('heading', { name: 'Script tag' }).count()) === 1;
  });
  assert.equal(await card(viewer, 'People').count() + (await card(viewer, 'API keys').count()), 0, 'editors decide on settings only');
  await role.selectOption('Viewer');
  await until('the role is taken', STORE_MS, async () => {
    await viewer.reload();
    await settled(viewer);
    return (await viewer.getByText('Editors and owners of this site').count()) === 1;
  });
  assert.deepEqual(complaints, []);
});

test('a key is made, shown once, opens the site and is revoked', async () => {
  await owner.goto(settingsOf(DEMO_SITE));
  const keys = card(owner, 'API keys');
  await keys.getByLabel('What it is for').fill('build server');
  await keys.getByRole('checkbox', { name: 'Read reports' }).uncheck();
  await keys.getByRole('button', { name: 'Make a key' }).click();
  await keys.getByText('Choose at least one.').waitFor();
  await keys.getByRole('checkbox', { name: 'Read reports' }).check();
  await keys.getByRole('button', { name: 'Make a key' }).click();
  const key = await keys.getByRole('status').locator('code').innerText();
  const live = async () => (await fetch(`${service.origin}/api/v1/sites/${DEMO_SITE}/live`, { headers: { authorization: `Bearer ${key}` } })).status;
  assert.equal(await live(), 200);
  await owner.reload();
  await keys.getByText('build server').waitFor();
  assert.ok(!(await owner.content()).includes(key), 'it cannot be seen again');

  await keys.getByRole('button', { name: 'Remove build server' }).click();
  await keys.getByRole('button', { name: 'Cancel' }).click();
  assert.equal(await live(), 200);
  await keys.getByRole('button', { name: 'Remove build server' }).click();
  await keys.getByRole('button', { name: 'Revoke' }).click();
  await keys.getByText('No key yet.').waitFor();
  assert.equal(await live(), 401);
  assert.deepEqual(complaints, []);
});

test('what one chooses is at once in force, and in the next browser after signing in', async () => {
  await viewer.goto(`${service.origin}/account`);
  const times = card(viewer, 'Signed-in browsers').locator('.soft').first();
  await viewer.getByRole('radio', { name: '12 hours' }).check();
  await until('12 hours', STORE_MS, async () => /\d (am|pm)\b/i.test(await times.innerText()));
  await viewer.getByRole('radio', { name: '24 hours' }).check();
  await until('24 hours', STORE_MS, async () => !/\d (am|pm)\b/i.test(await times.innerText()));
  await viewer.getByRole('radio', { name: 'Dark' }).check();
  await viewer.getByRole('radio', { name: 'Български' }).check();
  await viewer.getByRole('heading', { name: 'Вашият профил' }).waitFor();

  const elsewhere = await newPage();
  await elsewhere.goto(`${service.origin}/account`);
  await giveAccount(elsewhere, VIEWER.email, VIEWER.password, 'Sign in');
  await elsewhere.getByRole('heading', { name: 'Вашият профил' }).waitFor();
  assert.deepEqual(await elsewhere.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]), ['bg', 'dark']);
  assert.equal(await elsewhere.getByRole('radio', { name: '24 часа' }).isChecked(), true);
  await elsewhere.getByRole('radio', { name: 'English' }).check();
  await elsewhere.getByRole('radio', { name: 'System' }).check();
  await elsewhere.getByRole('heading', { name: 'Your account' }).waitFor();
  await viewer.reload();
  await viewer.getByRole('heading', { name: 'Your account' }).waitFor();
  await elsewhere.context().close();
  assert.deepEqual(complaints, []);
});

test('signed-in browsers are seen and ended, by hand and by a new password', async () => {
  const others = [await newPage(), await newPage()];
  for (const other of others) {
    await other.goto(`${service.origin}/account`);
    await giveAccount(other, VIEWER.email, VIEWER.password, 'Sign in');
    await other.getByRole('heading', { name: 'Your account' }).waitFor();
  }
  await viewer.goto(`${service.origin}/account`);
  const sessions = card(viewer, 'Signed-in browsers');
  await sessions.getByText('this browser').waitFor();
  await sessions.getByText('Chrome on Windows').first().waitFor();
  const before = await sessions.getByRole('listitem').count();
  await sessions.getByRole('button', { name: 'Sign Chrome on Windows out' }).first().click();
  await until('one less', STORE_MS, async () => (await sessions.getByRole('listitem').count()) === before - 1);

  await viewer.getByLabel('Old password').fill('something else');
  await viewer.getByLabel('New password').fill('a longer song at night');
  await viewer.getByRole('button', { name: 'Change password' }).click();
  await viewer.getByRole('alert').getByText('The old password is wrong.').waitFor();
  await viewer.getByLabel('Old password').fill(VIEWER.password);
  await viewer.getByRole('button', { name: 'Change password' }).click();
  await viewer.getByText('Changed. All other browsers are signed out.').waitFor();
  VIEWER.password = 'a longer song at night';
  await until('only this browser', STORE_MS, async () => (await sessions.getByRole('listitem').count()) === 1);
  for (const other of others) {
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
    await other.context().close();
  }
  await viewer.reload();
  await viewer.getByRole('heading', { name: 'Your account' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('who has an account accepts with it, leaves, and is told when somebody else is meant', async () => {
  const other = await invite('Owner', 'somebody@example.org');
  await viewer.goto(other);
  await viewer.getByText(`This invitation is for somebody@example.org. You are signed in as ${VIEWER.email}.`).waitFor();
  const link = await invite('Editor', VIEWER.email);
  // In the same tab, so that only the fragment changes.
  await viewer.goto(link);
  await viewer.getByRole('button', { name: `Accept as ${VIEWER.email}` }).waitFor();
  await viewer.getByRole('button', { name: 'Use another account' }).click();
  await viewer.getByRole('radio', { name: 'I have an account' }).check();
  assert.equal(await viewer.getByLabel('E-mail').inputValue(), VIEWER.email);
  await giveAccount(viewer, VIEWER.email, VIEWER.password, 'Sign in and accept');
  await viewer.getByRole('link', { name: 'Settings', exact: true }).waitFor();

  await viewer.goto(`${service.origin}/account`);
  await viewer.getByRole('button', { name: `Leave ${DEMO_SITE}` }).click();
  await card(viewer, 'Your sites').getByRole('button', { name: 'Leave', exact: true }).click();
  await viewer.getByText('No site is shared with you yet.').waitFor();
  await viewer.goto(`${service.origin}/sites/${DEMO_SITE}`);
  await viewer.getByText('There is nothing here that you may see.').waitFor();
  assert.deepEqual(complaints, []);
});

test('an invitation is made and taken back with the keyboard alone', async () => {
  await owner.goto(settingsOf(DEMO_SITE));
  await settled(owner);
  const people = card(owner, 'People');
  await people.getByRole('radio', { name: 'Viewer' }).focus();
  await owner.keyboard.press('ArrowRight');
  assert.equal(await people.getByRole('radio', { name: 'Editor' }).isChecked(), true);
  await owner.keyboard.press('Tab');
  await owner.keyboard.type('keys@example.org');
  await owner.keyboard.press('Enter');
  const open = card(owner, 'Open invitations');
  await open.getByText('keys@example.org').waitFor();
  await open.getByRole('button', { name: 'Remove keys@example.org' }).focus();
  await owner.keyboard.press('Enter');
  await owner.keyboard.press('Tab');
  assert.equal(await owner.evaluate(() => document.activeElement.textContent.trim()), 'Take back');
  await owner.keyboard.press('Enter');
  await until('it is gone', STORE_MS, async () => (await open.getByText('keys@example.org').count()) === 0);
  assert.deepEqual(complaints, []);
});

test('an administrator adds an account, which is told its password once, and removes it', async () => {
  await owner.goto(service.origin);
  await owner.getByRole('button', { name: 'Language, theme and account' }).click();
  await owner.getByRole('link', { name: 'All accounts' }).click();
  const users = card(owner, 'Who can sign in');
  await users.getByLabel('E-mail').fill('new@example.org');
  await users.getByRole('button', { name: 'Add', exact: true }).click();
  const password = await users.getByRole('status').locator('code').innerText();
  const fresh = await newPage();
  await fresh.goto(`${service.origin}/login`);
  await giveAccount(fresh, 'new@example.org', password, 'Sign in');
  await fresh.getByText('No site is shared with you yet.').waitFor();
  assert.equal(await users.getByRole('button', { name: `Remove ${OWNER.email}` }).count(), 0, 'nobody removes themselves');
  await users.getByRole('button', { name: 'Remove new@example.org' }).click();
  await users.getByRole('button', { name: 'Remove', exact: true }).click();
  await until('they are gone', STORE_MS, async () => (await users.getByText('new@example.org', { exact: true }).count()) === 0);
  await fresh.reload();
  await fresh.getByRole('heading', { name: 'Sign in' }).waitFor();
  await fresh.context().close();
  assert.deepEqual(complaints, []);
});

const SCREENS = [
  { width: 380, colorScheme: 'light' },
  { width: 380, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
];

for (const { width, colorScheme } of SCREENS) {
  test(`pages about people are whole and accessible at ${width} px, ${colorScheme}`, async () => {
    const link = await invite('Viewer', `a-very-long-address-that-goes-on-and-on.${width}.${colorScheme}@subdomain.of.a.long.example.org`);
    const stranger = await newPage();
    for (const page of [owner, viewer, stranger]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    }
    for (const language of ['bg', 'en']) {
      for (const [page, name, path] of [
        [owner, 'settings', `/sites/${DEMO_SITE}/settings`],
        [owner, 'account of an administrator', '/account'],
        [owner, 'all accounts', '/users'],
        [viewer, 'account', '/account'],
        [viewer, 'settings of others', `/sites/${DEMO_SITE}/settings`],
        [viewer, 'invitation for somebody else', link.slice(service.origin.length)],
        [stranger, 'invitation', link.slice(service.origin.length)],
        [stranger, 'half an invitation', '/invitation'],
      ]) {
        await page.goto(service.origin);
        await settled(page);
        await speak(page, language, { account: page !== stranger });
        await page.goto(service.origin + path);
        await page.reload();
        await settled(page);
        assert.equal(await page.evaluate(() => document.documentElement.lang), language, name);
        await requireNoOverflow(page, `${name}, ${language}`);
        if (language === 'en') await requireAccessible(page, name);
        await picture(page, `${name}-${width}-${colorScheme}-${language}`);
      }
    }
    await stranger.context().close();
    assert.deepEqual(complaints, []);
  });
}

/** Keeps a picture for whoever wants to look, in the folder of `HEATLINE_PICTURES`. */
async function picture(page, name) {
  const folder = process.env.HEATLINE_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/${name.replaceAll(/[ ,]+/g, '-')}.png`, fullPage: true });
}
