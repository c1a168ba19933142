// Who is here, as real browsers make it: a tab that closes is gone at once, one that idles after five minutes.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { openAs, visitor } from './helpers/browser.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';
import { stays, until } from './helpers/until.mjs';

const ARRIVAL_MS = 5_000;
/** A second and a half between two pages, and a second until it is noticed; as much again for a busy machine. */
const GOODBYE_MS = 2 * (1_500 + 1_000);
const FADE_MS = 3_000;

let service;
let clock;

before(async () => {
  clock = await startClock();
  service = await startService({ env: clock.env });
});

after(async () => {
  await service?.stop();
  await clock?.stop();
});

/** A clock that can be set forward, for the service alone: what measures how long something takes goes on as it does. */
async function startClock() {
  const folder = await mkdtemp(path.join(tmpdir(), 'heatline-clock-'));
  const file = path.join(folder, 'clock');
  const set = (text) => writeFile(file, text);
  await set('+0');
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const env = {
    LD_PRELOAD: `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { env, forward: (seconds) => set(`+${seconds}s`), stop: () => rm(folder, { recursive: true, force: true }) };
}

const paths = async () => (await service.api.live(DEMO_SITE)).pages.map((page) => page.path).sort();

test('who closes the tab is gone at once, and who idles after five minutes', async (t) => {
  const reader = await openAs(visitor({ version: 131 }));
  t.after(() => reader.browser.close());
  const idler = await openAs(visitor({ version: 132 }));
  t.after(() => idler.browser.close());
  await reader.page.goto(`${service.origin}/demo/article.html`);
  await idler.page.goto(`${service.origin}/demo/gallery.html`);
  await until('both are here', ARRIVAL_MS, async () => (await paths()).length === 2);
  assert.deepEqual(await paths(), ['/demo/article.html', '/demo/gallery.html']);

  await reader.page.close({ runBeforeUnload: true });
  const closed = performance.now();
  await until('the tab that was closed is gone', GOODBYE_MS, async () => (await paths()).length === 1);
  t.diagnostic(`gone ${Math.round(performance.now() - closed)} ms after the tab was closed`);
  assert.deepEqual(await paths(), ['/demo/gallery.html']);

  await clock.forward(285);
  await stays('fifteen seconds before the five minutes are over somebody idle is here', 2_500, async () => {
    assert.deepEqual(await paths(), ['/demo/gallery.html']);
  });
  await clock.forward(305);
  await until('somebody idle fades', FADE_MS, async () => (await paths()).length === 0);

  await idler.page.goto(`${service.origin}/demo/`);
  await until('they come back', ARRIVAL_MS, async () => (await paths()).length === 1);
  const [back] = (await service.api.live(DEMO_SITE)).sessions;
  assert.deepEqual([back.path, back.returning], ['/demo/', false], 'it is the same visit');
});
