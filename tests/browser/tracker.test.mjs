// The tracker on the real service: what a visitor does in a page becomes views, presence and events, each once, and nothing else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs, visitor } from './helpers/browser.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { stays, until } from './helpers/until.mjs';
import { expectBeacons, startWire } from './helpers/wire.mjs';

const REPORT_MS = 5_000;
/** Who leaves is gone after so long. */
const GONE_MS = 3_000;

let service;
let wire;
let visitors = 0;

before(async () => {
  service = await startService();
  wire = await startWire(service.origin);
});

after(async () => {
  wire?.stop();
  await service?.stop();
});

/** Opens the browser of a visitor who was never here; `seen` is the filter for what they did. */
async function newVisitor(t, settings = {}) {
  const version = 100 + visitors++;
  const opened = await openAs(visitor({ version, ...settings }));
  t.after(() => opened.browser.close());
  return { ...opened, complaints: complaintsOf(opened.context), seen: [['is', 'visit:browser_version', [String(version)]]] };
}

const opens = (page, path) => () => page.goto(wire.origin + path);

test('each route of a single-page app is one view', async (t) => {
  const { page, seen, complaints } = await newVisitor(t);
  const [springs, water, help] = ['/demo/app/', '/demo/app/water', '/demo/app/помощ'];
  const route = (from, to, action) =>
    expectBeacons(wire, {
      action,
      expected: [{ type: 'leave', path: from }, { type: 'pageview', path: to }],
      refuted: [{ type: 'pageview', path: from }, { type: 'leave', path: to }],
    });
  await expectBeacons(wire, { action: opens(page, springs), expected: [{ type: 'pageview', path: springs }] });
  await route(springs, water, () => page.click('#app-nav-water'));
  await route(water, help, () => page.click('#app-nav-help'));
  await route(help, water, () => page.goBack());
  await until('the live view follows', GONE_MS, async () => (await service.api.live(DEMO_SITE)).pages[0].path === water);

  // Neither a query, nor a fragment, nor the same place again is another page.
  await expectBeacons(wire, {
    action: async () => {
      await page.evaluate(() => {
        history.replaceState(null, '', '?sort=name');
        history.pushState(null, '', '#end');
        history.pushState(null, '', location.href);
      });
      await page.click('#seconds-more');
    },
    expected: [{ type: 'click', element: '#seconds-more', path: water }],
    refuted: [{ type: 'pageview' }, { type: 'leave' }],
  });

  await until('the report has each view once', REPORT_MS, async () => {
    assert.deepEqual(await service.api.breakdown(DEMO_SITE, 'pageviews', 'event:page', seen), { [springs]: 1, [water]: 2, [help]: 1 });
    assert.deepEqual(await service.api.totals(DEMO_SITE, ['visitors', 'visits'], seen), { visitors: 1, visits: 1 });
    return true;
  });
  assert.deepEqual(complaints, []);
});

test('a page that comes back from the back/forward cache is another view', async (t) => {
  const { page, seen } = await newVisitor(t);
  await page.addInitScript(() => addEventListener('pageshow', (event) => (globalThis.wasKept = event.persisted)));
  const [gallery, article] = ['/demo/gallery.html', '/demo/article.html'];
  await expectBeacons(wire, { action: opens(page, gallery), expected: [{ type: 'pageview', path: gallery }] });
  await expectBeacons(wire, {
    action: () => page.click('#gallery-article'),
    expected: [
      { type: 'click', element: '#gallery-article', path: gallery, status: 202, dropped: undefined },
      { type: 'leave', path: gallery },
      { type: 'pageview', path: article },
    ],
  });
  const [before] = wire.events.filter((event) => event.type === 'pageview' && event.path === gallery);
  const sent = await expectBeacons(wire, {
    // A kept page does not load again, so that is not to be waited for.
    action: () => page.goBack({ waitUntil: 'commit' }),
    expected: [{ type: 'leave', path: article }, { type: 'pageview', path: gallery }],
  });
  assert.equal(await page.evaluate(() => globalThis.wasKept), true, 'the browser kept the page');
  const again = sent.find((event) => event.type === 'pageview');
  assert.notEqual(again.view, before.view);

  await until('the report has both views', REPORT_MS, async () => {
    assert.deepEqual(await service.api.breakdown(DEMO_SITE, 'pageviews', 'event:page', seen), { [gallery]: 2, [article]: 1 });
    assert.deepEqual(await service.api.totals(DEMO_SITE, ['visits'], seen), { visits: 1 });
    return true;
  });
});

test('who walks on stays, and who closes the last tab is gone', async (t) => {
  const all = async () => (await service.api.live(DEMO_SITE)).visitors;
  // Browsers of other tests ended without a word: their visitors are here for five minutes.
  const others = await all();
  const live = async () => (await all()) - others;
  const { context, page } = await newVisitor(t);
  await page.goto(`${wire.origin}/demo/`);
  const other = await context.newPage();
  await other.goto(`${wire.origin}/demo/panel.html`);
  await until('the visitor is here', GONE_MS, async () => (await live()) === 1);

  await other.close();
  await page.goto(`${wire.origin}/demo/article.html`);
  await stays('one tab is left, on its second page', GONE_MS, async () => assert.equal(await live(), 1));

  await page.close();
  await until('the visitor is gone', GONE_MS, async () => (await live()) === 0);
});

test('a page that is hidden has told everything', async (t) => {
  const { page } = await newVisitor(t, { height: 800 });
  // Nobody else opens this page.
  const path = '/demo/статия.html';
  await page.goto(wire.origin + path);
  await page.evaluate(() => scrollTo({ top: 3000, behavior: 'instant' }));
  const [layout] = await until('the page has settled', 5_000, () => {
    const found = wire.events.filter((event) => event.type === 'layout' && event.path === path);
    return found.length && found;
  });
  assert.equal(layout.complete, true);
  const sent = await expectBeacons(wire, {
    action: async () => {
      await page.mouse.click(640, 400);
      // TRICKY: under the DevTools protocol headless Chromium never hides a page; so the page is made to believe it.
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { value: true });
        Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      });
    },
    expected: [{ type: 'click' }, { type: 'engagement' }, { type: 'scroll' }],
    refuted: [{ type: 'leave' }, { type: 'pageview' }],
  });
  const scroll = sent.find((event) => event.type === 'scroll');
  assert.equal(scroll.depth, 3800);

  await until('the map has how far was scrolled', REPORT_MS, async () => {
    const map = await service.api.heatmap(DEMO_SITE, { path, kind: 'scroll', width: 1280, widths: '1280-1280' });
    const lowest = map.bands.findLast((band) => band.share === 1);
    assert.ok(lowest.y0 < 3800 && 3800 <= lowest.y1, JSON.stringify(lowest));
    assert.equal(map.bands.at(-1).share, 0);
    return map.measured === 1;
  });
});

test('what the page reports by itself is counted with its properties', async (t) => {
  const { page, seen } = await newVisitor(t);
  await expectBeacons(wire, { action: opens(page, '/demo/'), expected: [{ type: 'pageview' }] });
  await expectBeacons(wire, {
    action: () => page.evaluate(() => globalThis.heatline('signup', { props: { plan: 'pro', seats: 3 } })),
    expected: [{ type: 'event', name: 'signup', props: { plan: 'pro', seats: '3' } }],
    refuted: [{ type: 'pageview' }],
  });
  await until('the report has the event', REPORT_MS, async () => {
    assert.deepEqual(await service.api.breakdown(DEMO_SITE, 'events', 'event:name', seen), { pageview: 1, signup: 1 });
    assert.deepEqual(await service.api.totals(DEMO_SITE, ['pageviews', 'events'], seen), { pageviews: 1, events: 2 });
    return true;
  });
});

test('nothing is left on the visitor’s device', async (t) => {
  const { context, page } = await newVisitor(t);
  await expectBeacons(wire, { action: opens(page, '/demo/'), expected: [{ type: 'pageview' }] });
  assert.deepEqual(await context.cookies(), []);
  const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]);
  assert.deepEqual(kept, [0, 0, 0]);
});

test('who has opted out sends nothing, and a bot is not counted', async (t) => {
  const { page } = await newVisitor(t);
  await page.addInitScript(() => localStorage.setItem('heatline_ignore', 'true'));
  await expectBeacons(wire, {
    action: async () => {
      await page.goto(`${wire.origin}/demo/`);
      await page.click('#hero-join');
      await page.goto(`${wire.origin}/demo/gallery.html`);
    },
    refuted: [{}],
  });

  const before = await service.api.totals(DEMO_SITE, ['visitors', 'events']);
  const bot = await openAs({ ...visitor(), userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' });
  t.after(() => bot.browser.close());
  await expectBeacons(wire, { action: opens(bot.page, '/demo/'), expected: [{ type: 'pageview', status: 202, dropped: 'bot' }] });
  assert.deepEqual(await service.api.totals(DEMO_SITE, ['visitors', 'events']), before);
});

test('a page does not notice that the service is away', async (t) => {
  const { context, page } = await newVisitor(t);
  const exceptions = [];
  context.on('weberror', (error) => exceptions.push(error.error().message));
  await context.route('**/api/beacon', (route) => route.abort());
  await page.goto(`${wire.origin}/demo/`);
  await page.click('#hero-join');
  assert.equal(await page.locator('#hero-join').getAttribute('aria-pressed'), 'true');
  await page.goto(`${wire.origin}/demo/gallery.html`);
  assert.deepEqual(exceptions, []);
});
