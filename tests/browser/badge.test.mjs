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

/** A README of a repository, as another site shows it: plain pictures of every style, as SVG and as PNG. */
const README = ['svg', 'png'].flatMap((ending) =>
  [
    'show=online',
    'show=total&style=pill',
    'show=views&style=retro&seed=18815',
    'show=today&style=digits',
    'show=month&style=sparkline&theme=dark',
    'show=week&style=flags',
    `label=${encodeURIComponent('الزوار الآن')}`,
    `label=${encodeURIComponent('在线访客 🔥')}&scale=2`,
  ].map((query) => `${ending}?${query}`),
);

let service;
let host;

before(async () => {
  service = await startService();
  const address = (query) => `${service.origin}/badge/${DEMO_SITE}.svg?${query}`.replaceAll('&', '&amp;');
  const images = Object.entries(BADGES).map(([name, query]) => `<img id="${name}" src="${address(query)}" alt="${name}">`);
  const picture = (ending) => `<img src="${service.origin}/badge/${DEMO_SITE}.${ending}" alt="${ending}">`.replaceAll('&', '&amp;');
  const of = {
    hits: `${service.origin}/hits/${DEMO_SITE}/readme.svg?view=today-total`,
    seeyoufarm: `${service.origin}/api/count/keep/badge.svg?url=https://${DEMO_SITE}/readme`,
    goatcounter: `${service.origin}/counter/TOTAL.png?site=${DEMO_SITE}`,
  };
  const foreign = Object.entries(of).map(([name, url]) => `<img src="${url}" alt="${name}">`);
  const readme = html(['<h1>A repository</h1>', ...README.map(picture), ...foreign].join('\n'));
  host = await startHost({ '/forum': html(images.join('\n')), '/readme': readme });
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

test('a README on another origin shows every style by a plain img', async (t) => {
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  await page.goto(`${host.origin}/readme`);
  const sizes = await page.evaluate(async () => {
    const images = [...document.images];
    await Promise.all(images.map((image) => image.decode()));
    return images.map(({ alt, naturalWidth, naturalHeight }) => ({ alt, naturalWidth, naturalHeight }));
  });
  assert.equal(sizes.length, README.length + 3);
  for (const { alt, naturalWidth, naturalHeight } of sizes) {
    assert.ok(naturalWidth > 20 && naturalHeight >= 20, `${alt} is ${naturalWidth} × ${naturalHeight}`);
  }
  // One layout for both: a PNG is as large as the SVG of the same address.
  const half = README.length / 2;
  for (let index = 0; index < half - 1; index += 1) {
    assert.equal(sizes[index].naturalWidth, sizes[index + half].naturalWidth, sizes[index].alt);
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
