// What the tracker tells by itself, on the real service: each deed is an event with its property, and web vitals are no event, no view and
// no visit.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { complaintsOf, openAs } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';
import { expectBeacons, startWire } from './helpers/wire.mjs';

const REPORT_MS = 5_000;
const SITE = 'auto.example';

let service;
let wire;

before(async () => {
  service = await startService();
  wire = await startWire(service.origin);
});

after(async () => {
  wire?.stop();
  await service?.stop();
});

const pageOf = (body, head = '') =>
  html(`${head}<script defer src="${wire.origin}/js/heatline.js" data-site="${SITE}"></script>${body}`);

test('what a visitor does on a page becomes events, each once, and vitals that are none', async (t) => {
  await service.api.addSite({ domain: SITE, settings: { hostnames: ['127.0.0.1'] } });
  const elsewhere = await startHost({ '/to': html('<h1>Elsewhere</h1>') });
  const host = await startHost({
    '/': pageOf(`<h1>Shop</h1><a id="file" href="/list.pdf?key=1" onclick="return false">List</a>
      <form id="order" onsubmit="return false"><input name="mail" value="ivan@example.com"><button id="send">Send</button></form>
      <a id="away" href="${elsewhere.origin}/to?mail=ivan@example.com">Away</a>`),
    '/u/ivan@example.com/gone': pageOf('<h1>Not found</h1>', '<meta name="heatline-404">'),
  });
  t.after(() => [host, elsewhere].forEach((each) => each.stop()));
  const { browser, context, page } = await openAs();
  t.after(() => browser.close());
  const complaints = complaintsOf(context);
  const ready = () => page.waitForFunction((script) => performance.getEntriesByName(script).length, `${wire.origin}/js/heatline-auto.js`);

  const sent = await expectBeacons(wire, {
    action: async () => {
      await page.goto(`${host.origin}/u/ivan@example.com/gone`);
      await ready();
      await page.goto(`${host.origin}/?q=warm+socks`);
      await ready();
      await page.waitForTimeout(100);
      await page.click('#file');
      await page.click('#send');
      await page.click('#away');
      await page.waitForURL(/\/to/);
    },
    expected: [
      { type: 'event', name: '404' },
      { type: 'event', name: 'Site Search', props: { search_query: 'warm socks' } },
      { type: 'event', name: 'File Download', props: { url: `${host.origin}/list.pdf` } },
      { type: 'event', name: 'Form: Submission', props: { path: '/' } },
      { type: 'event', name: 'Outbound Link: Click' },
      { type: 'vitals', path: '/' },
      { type: 'leave', path: '/' },
      { type: 'vitals', path: '/u/ivan@example.com/gone' },
    ],
  });
  for (const { status, dropped } of sent) assert.deepEqual({ status, dropped }, { status: 202, dropped: undefined });

  await until('all is in the report', REPORT_MS, async () => {
    const totals = await service.api.totals(SITE, ['visitors', 'visits', 'pageviews', 'events']);
    assert.deepEqual(totals, { visitors: 1, visits: 1, pageviews: 2, events: 7 });
    const names = { pageview: 2, 404: 1, 'Site Search': 1, 'File Download': 1, 'Form: Submission': 1, 'Outbound Link: Click': 1 };
    assert.deepEqual(await service.api.breakdown(SITE, 'events', 'event:name'), names);
    return true;
  });
  assert.deepEqual(complaints, []);
});
