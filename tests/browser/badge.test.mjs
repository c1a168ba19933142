// Badges as a website of somebody else shows them: a plain <img>, whatever the writing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const LIVE_MS = 3_000;

const BADGES = {
  latin: 'show=online&lang=en',
  cyrillic: `show=online&label=${encodeURIComponent('на линия')}&lang=bg`,
  today: 'show=today&lang=bg&color=green',
  total: `show=total&label=${encodeURIComponent('посещения')}`,
};

let service;
let host;

before(async () => {
  service = await startService();
  const address = (query) => `${service.origin}/badge/${DEMO_SITE}.svg?${query}`.replaceAll('&', '&amp;');
  const images = Object.entries(BADGES).map(([name, query]) => `<img id="${name}" src="${address(query)}" alt="${name}">`);
  host = await startHost({ '/forum': html(images.join('\n')) });
});

after(async () => {
  host?.stop();
  await service?.stop();
});

test('badges are drawn in Latin and in Cyrillic', async (t) => {
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  await page.goto(`${host.origin}/forum`);
  const sizes = await page.evaluate(async () => {
    const images = [...document.images];
    await Promise.all(images.map((image) => image.decode()));
    return Object.fromEntries(images.map(({ id, naturalWidth, naturalHeight }) => [id, [naturalWidth, naturalHeight]]));
  });
  assert.deepEqual(Object.keys(sizes), Object.keys(BADGES));
  for (const [name, [width, height]] of Object.entries(sizes)) {
    assert.ok(width > 40 && width < 300 && height >= 16 && height <= 40, `${name} is ${width} × ${height}`);
  }
  assert.deepEqual(complaints, []);
});

test('no letter sticks out of its badge', async (t) => {
  const { browser, page } = await openAs();
  t.after(() => browser.close());
  for (const [name, query] of Object.entries(BADGES)) {
    await page.goto(`${service.origin}/badge/${DEMO_SITE}.svg?${query}`);
    const { picture, texts } = await page.evaluate(() => {
      const sides = (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left, right, top, bottom };
      };
      const texts = [...document.querySelectorAll('text')].map((text) => ({ text: text.textContent, ...sides(text) }));
      return { picture: sides(document.documentElement), texts };
    });
    assert.ok(texts.length >= 2, `${name} has a label and a number`);
    for (const { text, left, right } of texts) {
      const isInside = left >= picture.left + 2 && right <= picture.right - 2;
      assert.ok(isInside, `${name}: “${text}” is from ${left} to ${right} in ${JSON.stringify(picture)}`);
    }
  }
});

test('the number is that of the visitors who are here', async (t) => {
  const numberNow = async () => {
    const svg = await (await fetch(`${service.origin}/badge/${DEMO_SITE}.svg?${BADGES.latin}`)).text();
    return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map((match) => match[1]).at(-1);
  };
  assert.equal(await numberNow(), '0');
  for (const count of [1, 2]) {
    const { browser, page } = await openAs(visitor({ version: 120 + count }));
    t.after(() => browser.close());
    await page.goto(`${service.origin}/demo/`);
    await until(`the badge says ${count}`, LIVE_MS, async () => (await numberNow()) === String(count));
  }
});
