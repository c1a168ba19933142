// The live widget on a website of somebody else, under the content security policy that docs/badges.md gives.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { startHost } from './helpers/host.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const LIVE_MS = 5_000;

let service;
let host;
let policy;

before(async () => {
  service = await startService();
  const docs = await readFile(new URL('../../docs/badges.md', import.meta.url), 'utf8');
  policy = /^Content-Security-Policy: (.*)$/m.exec(docs)[1].replaceAll('https://stats.example.org', service.origin);
  const head = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const script = (site) => `<script defer src="${service.origin}/js/heatline-live.js" data-site="${site}"></script>`;
  const page = (site, body) =>
    `<!doctype html><html lang="bg"><head><meta charset="utf-8">${head}<title>A page</title><link rel="icon" href="data:,">` +
    `${script(site)}</head><body>${body}</body></html>`;
  const widgets =
    '<p><heatline-live id="all">на линия</heatline-live></p><p><heatline-live id="page" page="/demo/">на тази страница</heatline-live></p>';
  host = await startHost({ '/': page(DEMO_SITE, widgets), '/none': page('none.example', widgets) });
});

after(async () => {
  host?.stop();
  await service?.stop();
});

const shown = (page, id) => page.locator(`#${id}`).getAttribute('count');

test('the widget follows who comes and goes, under a strict policy', async (t) => {
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  await page.goto(`${host.origin}/`);
  await until('it says that nobody is here', LIVE_MS, async () => (await shown(page, 'all')) === '0');
  assert.ok(await page.locator('#all').isVisible());

  const first = await openAs(visitor({ version: 121 }));
  t.after(() => first.browser.close());
  await first.page.goto(`${service.origin}/demo/`);
  await until('one is here', LIVE_MS, async () => (await shown(page, 'all')) === '1' && (await shown(page, 'page')) === '1');
  const second = await openAs(visitor({ version: 122 }));
  t.after(() => second.browser.close());
  await second.page.goto(`${service.origin}/demo/article.html`);
  await until('two are here', LIVE_MS, async () => (await shown(page, 'all')) === '2');
  assert.equal(await shown(page, 'page'), '1', 'the other is on another page');
  await first.page.goto('about:blank');
  await until('one has left', LIVE_MS, async () => (await shown(page, 'all')) === '1');

  const size = await page.locator('#all').boundingBox();
  assert.ok(size.width > 40 && size.height > 10, `${JSON.stringify(size)}`);
  assert.equal(await page.evaluate(() => document.querySelector('#all').shadowRoot), null, 'its inside is its own');
  assert.deepEqual(complaints, [], 'the policy of the docs is enough');
});

test('the widget of a site that shows nothing stays out of sight', async (t) => {
  const { browser, page } = await openAs();
  t.after(() => browser.close());
  const asked = page.waitForRequest((request) => request.url().includes('/live/none.example/count'));
  await page.goto(`${host.origin}/none`);
  await asked;
  assert.equal((await fetch(`${service.origin}/live/none.example/count`)).status, 404);
  await page.waitForTimeout(500);
  assert.equal(await shown(page, 'all'), null);
  assert.equal(await page.locator('#all').isVisible(), false);
});
