// What the tracker tells by itself, and what it does not, from real pages in real Chromium: links, downloads, forms, searches, missing pages
// and web vitals.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './browser.mjs';
import { eventsOf, expectEvents, startSite } from './site.mjs';

let site;
/** A site of another origin, to which links lead. */
let other;
let browser;
let context;
let page;

const event = (name, props) => ({ type: 'event', name, ...(props && { props }) });
const outbound = (url) => event('Outbound Link: Click', { url });
const any = event(() => true);
const sentOf = (type) => eventsOf(site.beacons).filter((sent) => sent.type === type);
const near = (expected, tolerance) => (value) => Math.abs(value - expected) <= tolerance;

/** Opens a page and waits until its automatic events are listened to. */
const visit = async (path) => {
  await page.goto(site.url + path, { waitUntil: 'load' });
  await page.waitForFunction(() => performance.getEntriesByName(`${location.origin}/js/heatline-auto.js`).length);
  await sleep(100);
};

const leave = () => page.goto('about:blank');

before(async () => {
  site = await startSite();
  other = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Elsewhere</h1>'));
  await new Promise((done) => other.listen(0, '127.0.0.1', done));
  other.url = `http://127.0.0.1:${other.address().port}`;
  site.other = other.url;
  browser = await launch();
});

beforeEach(async () => {
  site.clear();
  context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
  page = await context.newPage();
});

afterEach(async () => {
  await context.close();
  for (const { body } of site.requests) assert.doesNotMatch(body, /secret|Some words/, 'no page text, no values of fields');
});

after(async () => {
  await browser.close();
  await site.close();
  other.closeAllConnections();
  await new Promise((done) => other.close(done));
});

describe('links that lead away', () => {
  it('are told, though the page is left by them in the same tab', async () => {
    await visit('/auto');
    await expectEvents(site, {
      action: () => page.click('#away'),
      expected: [outbound(`${other.url}/a?b=c`), { type: 'leave' }, { type: 'vitals' }],
    });
    assert.equal(new URL(page.url()).origin, other.url);
  });

  const ways = [
    ['by key', (link) => page.press(link, 'Enter')],
    ['by the middle button', (link) => page.click(link, { button: 'middle' })],
    ['into another tab', (link) => page.click(link, { modifiers: ['Control'] })],
  ];
  for (const [way, act] of ways) {
    it(`are told ${way}`, async () => {
      await visit('/auto');
      await expectEvents(site, { action: () => act('#away'), expected: [outbound(`${other.url}/a?b=c`)] });
    });
  }

  it('are told where they name another tab, in SVG, in a shadow root, and where a script follows them', async () => {
    await visit('/auto');
    for (const link of ['#tab', '#drawn', '#card a', '#scripted']) {
      await expectEvents(site, { action: () => page.click(link), expected: [outbound(`${other.url}/${link.replace(/\W/g, '')}`)] });
    }
  });

  it('are told once where the page tells them, too', async () => {
    await visit('/auto');
    const sent = await expectEvents(site, { action: () => page.click('#doubled'), expected: [event('Outbound Link: Click')] });
    assert.deepEqual(sent.find(({ type }) => type === 'event').props, { url: `${other.url}/doubled`, place: 'list' });
  });

  it('are not told of the right button, of links of the site, or where the owner wants it so', async () => {
    await visit('/auto');
    await expectEvents(site, {
      action: async () => {
        await page.click('#away', { button: 'right' });
        for (const link of ['#part', '#mail', '#ignored a', '#masked']) await page.click(link);
      },
      expected: [{ type: 'click', element: '#part' }],
      refuted: [any],
      settleMs: 800,
    });
  });

  it('and all else are not told where the tag says none', async () => {
    await visit('/auto-none?q=socks');
    await expectEvents(site, {
      action: async () => {
        await page.click('#tab');
        await page.click('#file');
        await page.click('#send');
        await leave();
      },
      expected: [{ type: 'leave' }],
      refuted: [any, { type: 'vitals' }],
    });
  });
});

describe('downloads', () => {
  it('are told by the ending or the attribute, without their query', async () => {
    await visit('/auto');
    await expectEvents(site, { action: () => page.click('#file'), expected: [event('File Download', { url: `${site.url}/slow.pdf` })] });
    await expectEvents(site, { action: () => page.click('#named'), expected: [event('File Download', { url: `${site.url}/plain` })] });
    await expectEvents(site, { action: () => page.click('#made'), refuted: [any], settleMs: 800 });
  });
});

describe('forms', () => {
  it('are told when they are sent, whether the page prevents it or not', async () => {
    await visit('/auto');
    const submission = event('Form: Submission', { path: '/auto' });
    await expectEvents(site, { action: () => page.click('#send'), expected: [submission] });
    await expectEvents(site, { action: () => page.press('#mail-field', 'Enter'), expected: [submission] });
    await expectEvents(site, { action: () => page.evaluate(() => document.querySelector('#prevented').requestSubmit()), expected: [submission] });
    await expectEvents(site, { action: () => page.press('#card input', 'Enter'), expected: [submission] });
    await expectEvents(site, { action: () => page.click('#post'), expected: [submission, { type: 'leave' }] });
  });

  it('are not told where they are not valid, of a dialog, or ignored', async () => {
    await visit('/auto');
    await expectEvents(site, {
      action: async () => {
        await page.click('#invalid');
        await page.click('#open');
        await page.click('#close');
        await page.click('#private');
      },
      expected: [{ type: 'click', element: '#close' }],
      refuted: [any],
      settleMs: 800,
    });
  });
});

describe('searches', () => {
  it('are told by the address', async () => {
    await expectEvents(site, { action: () => visit('/auto?q=warm+socks'), expected: [event('Site Search', { search_query: 'warm socks' })] });
    await expectEvents(site, { action: () => visit('/auto?q=ivan%40example.com'), expected: [event('Site Search', { search_query: ':email' })] });
  });

  it('of a single-page app are told once', async () => {
    await visit('/spa');
    const go = (url) => page.evaluate((to) => history.pushState(null, '', to), url);
    await expectEvents(site, {
      action: async () => {
        for (const text of ['h', 'ha', 'hat', 'hats']) {
          await go(`/spa/find?q=${text}`);
          await sleep(150);
        }
        await sleep(2_500);
        await go('/spa/find/2?q=hats&page=2');
        await sleep(2_500);
      },
      expected: [event('Site Search', { search_query: 'hats' })],
      refuted: [event('Site Search', { search_query: (text) => text !== 'hats' })],
    });
  });
});

describe('a page that is not there', () => {
  for (const path of ['/missing', '/auto-404', '/auto-404-tag']) {
    it(`is told, as ${path} says it`, async () => {
      await expectEvents(site, { action: () => visit(path), expected: [event('404', { path })], settleMs: 2_500 });
    });
  }

  it('is not told of others', async () => {
    await expectEvents(site, { action: () => visit('/auto'), refuted: [any], settleMs: 2_500 });
  });
});

describe('web vitals', () => {
  it('tell a known shift and a slow answer to a click, once, when the page is left', async () => {
    await visit('/vitals');
    await page.click('#slow');
    await sleep(200);
    await page.waitForFunction(() => window.shifted);
    const sent = await expectEvents(site, { action: leave, expected: [{ type: 'vitals' }, { type: 'leave' }] });
    const { lcp, inp, cls, fcp, ttfb } = sent.find(({ type }) => type === 'vitals');
    // The box is 360 of 720 pixels high, as wide as the page, and falls by 72: 0.6 of the page is touched, by a tenth of its longer side, 1,280.
    assert.ok(near((432 / 720) * (72 / 1_280), 0.002)(cls), `cls is ${cls}`);
    assert.ok(inp >= 300 && inp < 1_500, `inp is ${inp}`);
    assert.ok(ttfb >= 150 && ttfb <= fcp, `ttfb is ${ttfb}, fcp ${fcp}`);
    assert.ok(lcp >= fcp, `lcp is ${lcp}, fcp ${fcp}`);
    for (const ms of [lcp, inp, fcp, ttfb]) assert.ok(Number.isInteger(ms));
  });

  it('tell of a steady page that it never shifted', async () => {
    await visit('/plain');
    await expectEvents(site, { action: leave, expected: [{ type: 'vitals', cls: 0, inp: undefined, lcp: (ms) => ms > 0 }] });
  });

  it('of the loading are those of the first route only', async () => {
    await visit('/spa');
    await page.evaluate(() => history.pushState(null, '', '/spa/next'));
    await sleep(700);
    await leave();
    await sleep(300);
    const [first, second, ...rest] = sentOf('vitals');
    assert.deepEqual(rest, []);
    assert.deepEqual([first.in.path, second.in.path], ['/spa', '/spa/next']);
    assert.ok(first.ttfb >= 0);
    assert.deepEqual(Object.keys(second).sort(), ['ago', 'cls', 'in', 'type']);
  });

  it('go when the tab is hidden, and not again', async () => {
    await visit('/plain');
    await expectEvents(site, {
      action: async () => {
        for (const hidden of [true, false, true]) {
          await page.evaluate((value) => {
            Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
            document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
          }, hidden);
          await sleep(100);
        }
        await leave();
      },
      expected: [{ type: 'vitals' }],
    });
  });
});
