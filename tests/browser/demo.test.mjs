// The demo site, which newcomers see first: whole and accessible on any screen, without an error, without a dead link.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { requireAccessible, requireNoOverflow } from './helpers/looks.mjs';
import { startService } from './helpers/service.mjs';

const PAGES = [
  '/demo/',
  '/demo/начало.html',
  '/demo/article.html',
  '/demo/статия.html',
  '/demo/gallery.html',
  '/demo/галерия.html',
  '/demo/panel.html',
  '/demo/календар.html',
  '/demo/app/',
  '/demo/app/water',
  '/demo/app/помощ',
  '/demo/app/nowhere',
];
const SCREENS = [
  { width: 320, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
];

let service;

before(async () => {
  service = await startService();
});

after(async () => {
  await service?.stop();
});

for (const { width, colorScheme } of SCREENS) {
  test(`every page is whole and accessible at ${width} px, ${colorScheme}`, async (t) => {
    const { browser, context, page } = await openAs({ ...visitor({ width }), colorScheme, reducedMotion: 'reduce' });
    t.after(() => browser.close());
    const complaints = complaintsOf(context);
    for (const path of PAGES) {
      await page.goto(service.origin + path);
      await requireNoOverflow(page, path);
      await requireAccessible(page, path);
    }
    assert.deepEqual(complaints, []);
  });
}

test('every link and picture leads somewhere', async (t) => {
  const { browser, page } = await openAs();
  t.after(() => browser.close());
  const found = new Set();
  for (const path of PAGES) {
    await page.goto(service.origin + path);
    const addresses = await page.evaluate(() =>
      [...document.querySelectorAll('[href], [src]')].map((element) => new URL(element.href ?? element.src).href.split('#')[0]),
    );
    addresses.forEach((address) => found.add(address));
  }
  for (const address of found) {
    assert.ok(address.startsWith(service.origin), `${address} is somewhere else`);
    assert.equal((await fetch(address)).status, 200, decodeURI(address));
  }
});
