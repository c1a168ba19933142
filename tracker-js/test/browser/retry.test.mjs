// What the tracker sends again from real pages in real Chromium when the server cannot take it, and what it does not.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './browser.mjs';
import { expectEvents, startSite } from './site.mjs';

let site;
let browser;
let context;
let page;

const rest = (retryAfter) => ({ status: 503, retryAfter });
const open = (path) => page.goto(site.url + path);
const triggered = (name) => page.evaluate((event) => heatline(event), name);
/** The requests, each as the number of its batch and the answer that it got. */
const requests = () => site.requests.map(({ body, status }) => [JSON.parse(body).n, status]);
/** Milliseconds from one request to the next. */
const gaps = () => site.requests.slice(1).map(({ at }, i) => at - site.requests[i].at);

before(async () => {
  site = await startSite();
  browser = await launch();
});

beforeEach(async () => {
  site.clear();
  context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  page = await context.newPage();
});

afterEach(() => context.close());

after(async () => {
  await browser.close();
  await site.close();
});

describe('a server that a batch did not get through to', () => {
  it('gets it again when it asked for, until it is accepted, and not after that', async () => {
    site.refusals = [rest(1), rest(1)];
    const sent = await expectEvents(site, {
      action: () => open('/plain'),
      expected: [{ type: 'pageview', in: { n: 0 } }],
      refuted: [{ in: { n: (n) => n > 0 } }],
      withinMs: 8_000,
      settleMs: 3_000,
    });
    assert.deepEqual(requests(), [
      [0, 503],
      [0, 503],
      [0, 202],
    ]);
    for (const ms of gaps()) assert.ok(ms >= 990 && ms < 3_000, `after ${ms} ms`);
    const [first, ...others] = site.requests.map(({ body }) => JSON.parse(body));
    for (const { events, ...beacon } of others) assert.deepEqual({ ...beacon, events: first.events }, first);
    // The pageview is as old as it is.
    const waitedMs = site.requests[2].at - site.requests[0].at;
    assert.ok(Math.abs(sent[0].ago - waitedMs) < 500, `${sent[0].ago} ms ago, sent again after ${waitedMs} ms`);
  });

  it('gets nothing else meanwhile, and then all in order', async () => {
    site.refusals = [rest(2)];
    await open('/plain');
    await triggered('a');
    await sleep(1_200);
    await triggered('b');
    await expectEvents(site, {
      action: () => {},
      expected: [{ type: 'pageview' }, { type: 'event', name: 'a' }, { type: 'event', name: 'b' }],
      withinMs: 6_000,
      settleMs: 2_000,
    });
    assert.deepEqual(requests().slice(0, 3), [
      [0, 503],
      [0, 202],
      [1, 202],
    ]);
    assert.ok(gaps()[0] >= 1_990, `after ${gaps()[0]} ms`);
  });

  it('is understood on another origin, too', async () => {
    // Without a time to wait it would come back within two seconds.
    site.refusals = [rest(3)];
    await expectEvents(site, { action: () => open('/other-origin'), expected: [{ type: 'pageview' }], withinMs: 8_000 });
    assert.deepEqual(requests().slice(0, 2), [
      [0, 503],
      [0, 202],
    ]);
    assert.ok(gaps()[0] >= 2_990, `after ${gaps()[0]} ms`);
  });

  it('gets what waits when the page is left', async () => {
    site.refusals = [rest(60)];
    await open('/plain');
    await triggered('a');
    await sleep(1_200);
    await expectEvents(site, {
      action: () => page.goto('about:blank'),
      expected: [{ type: 'pageview' }, { type: 'event', name: 'a' }, { type: 'leave' }],
    });
  });

  it('does not get again what it refuses for good', async () => {
    site.refusals = [{ status: 400 }];
    await expectEvents(site, { action: () => open('/plain'), refuted: [{}], settleMs: 3_000 });
    assert.deepEqual(requests(), [[0, 400]]);
  });

  it('gets in turn what is more than a browser sends at one time', async () => {
    await expectEvents(site, { action: () => open('/plain'), expected: [{ type: 'pageview' }], settleMs: 0 });
    const names = Array.from({ length: 20 }, (_, i) => `big-${i}`);
    await expectEvents(site, {
      action: () =>
        page.evaluate((all) => {
          const props = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`text-${i}`, 'x'.repeat(1_600)]));
          for (const name of all) heatline(name, { props });
        }, names),
      expected: names.map((name) => ({ type: 'event', name })),
      withinMs: 15_000,
    });
  });

  it('gets it again when the network is back', async () => {
    const lost = [];
    await page.route('**/api/beacon', (route) => {
      lost.push(route.request().postDataJSON().n);
      return route.abort();
    }, { times: 1 });
    await expectEvents(site, { action: () => open('/plain'), expected: [{ type: 'pageview' }], withinMs: 5_000, settleMs: 2_000 });
    assert.deepEqual(lost, [0]);
    assert.deepEqual(requests(), [[0, 202]]);
  });
});
