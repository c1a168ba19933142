// The page that describes the API: all routes, on any screen, light and dark, for everybody, and nothing from elsewhere.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { requireAccessible, requireNoOverflow } from './helpers/looks.mjs';
import { startService } from './helpers/service.mjs';

let service;

before(async () => {
  service = await startService();
});

after(async () => {
  await service?.stop();
});

for (const { width, colorScheme } of [
  { width: 380, colorScheme: 'light' },
  { width: 1440, colorScheme: 'dark' },
]) {
  test(`the API is described at ${width} px, ${colorScheme}`, async (t) => {
    const { browser, context, page } = await openAs({ ...visitor({ width, height: 900 }), colorScheme });
    t.after(() => browser.close());
    const complaints = complaintsOf(context);
    const elsewhere = [];
    context.on('request', (request) => {
      if (!request.url().startsWith(service.origin)) elsewhere.push(request.url());
    });
    await page.goto(`${service.origin}/api/docs#post_v2_query`);
    await page.locator('article').first().waitFor();
    const description = await (await fetch(`${service.origin}/api/openapi.json`)).json();
    const routes = Object.values(description.paths).flatMap((methods) => Object.keys(methods)).length;
    assert.equal(await page.locator('article').count(), routes);
    const query = page.locator('#post_v2_query');
    await assert.doesNotReject(query.getByRole('heading', { name: 'Ask a question' }).waitFor());
    assert.ok(await query.evaluate((article) => article.getBoundingClientRect().top < innerHeight), 'the address names a place');
    await requireNoOverflow(page, `${width} px`);
    await requireAccessible(page, `${width} px, ${colorScheme}`);
    assert.deepEqual({ complaints, elsewhere }, { complaints: [], elsewhere: [] });
  });
}

test('routes are found by words, and their commands copied', async (t) => {
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.origin });
  await page.goto(`${service.origin}/api/docs`);
  await page.locator('article').first().waitFor();
  await page.getByRole('searchbox').fill('breakdown stats');
  assert.equal(await page.locator('article:visible').count(), 1);
  assert.equal(await page.locator('#list a:visible').count(), 1);
  await page.getByRole('button', { name: 'Copy request' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl 'http:\/\/127\.0\.0\.1:\d+\/api\/v1\/stats\/breakdown\?site_id=demo\.example&/);
  assert.match(command, /-H "Authorization: Bearer \$HEATLINE_KEY"$/);
  await page.getByRole('searchbox').fill('nothing like this');
  assert.equal(await page.getByRole('status').textContent(), 'No route has these words.');
});
