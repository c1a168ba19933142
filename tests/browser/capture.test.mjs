// `heatline capture` with the real Chromium, of pages of the real service: the whole page, at the width asked for, counted by nobody.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { PNG } from 'pngjs';

import { openAs, visitor } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { DEMO_SITE, environment, startService } from './helpers/service.mjs';
import { BINARY } from './helpers/tools.mjs';
import { until } from './helpers/until.mjs';
import { startWire } from './helpers/wire.mjs';

const WIDTHS = [390, 1280];
/** Pages taller than what graphics memory holds in one piece. */
const TALL = 24_000;

const run = promisify(execFile);
let service;
let host;

before(async () => {
  service = await startService();
  const stripe = (at) => `<div style="height:100px;background:rgb(${at % 256},${at >> 8},200)"></div>`;
  const late = '<img loading="lazy" width="60" height="60" src="/late.svg" style="display:block">';
  const flying = '<style>@media (prefers-reduced-motion: no-preference) { main { opacity: 0 } }</style>';
  host = await startHost({
    '/tall': html(`<style>body{margin:0}</style>${Array.from({ length: TALL / 100 }, (_, at) => stripe(at)).join('')}`),
    '/late': html(`${flying}<style>body{margin:0}</style><main style="height:4000px;background:lime"></main>${late}`),
    '/late.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="60"><rect width="60" height="60" fill="red"/></svg>',
    '/asks': html('<script>alert("wait"); document.title = confirm("go on?")</script><p>asked'),
  });
});

after(async () => {
  host?.stop();
  await service?.stop();
});

/** Runs the command on the data folder of the service; `args` are added. */
function capture(url, width, args) {
  return run(BINARY, ['capture', url, '--width', `${width}`, '--data-dir', service.folder, ...args], { env: environment() });
}

/** Takes a picture into a file and returns its pixels. */
async function picture(url, width, args = []) {
  const file = path.join(service.folder, 'picture.png');
  const { stdout } = await capture(url, width, ['-o', file, ...args]);
  assert.match(stdout, /^Captured \S+ in [\d.]+ s: \d+ × \d+ px\n$/);
  return PNG.sync.read(await readFile(file));
}

const colourAt = ({ width, data }, x, y) => [...data.subarray(4 * (y * width + x)).subarray(0, 3)];

for (const width of WIDTHS) {
  test(`a page is captured whole at ${width} px, kept, and counted by nobody`, async (t) => {
    const wire = await startWire(service.origin);
    t.after(() => wire.stop());
    const page = `${wire.origin}/demo/gallery.html`;
    const { stdout, stderr } = await capture(page, width, ['--upload', '--site', DEMO_SITE]);
    assert.match(stdout, /kept for \/demo\/gallery.html of demo.example\n$/);
    assert.match(stderr, /taking a picture/);
    assert.deepEqual(wire.events, [], 'the capture told the service something');

    const all = await service.api.screenshots(DEMO_SITE, { path: '/demo/gallery.html' });
    const [kept] = all.filter((one) => one.width === width);
    const height = await heightForVisitors(t, page, width);
    assert.ok(Math.abs(kept.height - height) <= 2, `${kept.height} px, and visitors have ${height}`);
    await until('a visitor is told of, so the wire works', 5_000, () => wire.events.length > 0);

    const shown = await service.api.screenshot(DEMO_SITE, { path: '/demo/gallery.html', width });
    assert.ok(shown.length > 10_000 && shown.length === kept.size_bytes, `${shown.length} bytes`);
  });
}

/** Returns how high a page is in the browser of a visitor. */
async function heightForVisitors(t, url, width) {
  const { browser, page } = await openAs(visitor({ width }));
  t.after(() => browser.close());
  await page.goto(url);
  return page.evaluate(() => document.documentElement.scrollHeight);
}

test('a picture is sent to a service elsewhere with a key', async () => {
  const key = await service.createKey('sites');
  const args = ['capture', `${service.origin}/demo/`, '--width', '768', '--upload', '--site', DEMO_SITE, '--server', service.origin];
  const { stdout } = await run(BINARY, args, { env: { ...environment(), HEATLINE_KEY: key } });
  assert.match(stdout, /kept for \/demo\/ of demo.example/);
  assert.equal((await service.api.screenshots(DEMO_SITE, { path: '/demo/' })).length, 1);
  const refused = run(BINARY, args, { env: { ...environment(), HEATLINE_KEY: 'wrong' } });
  await assert.rejects(refused, { stderr: /the server refused the picture \(401\)/ });
});

test('what is loaded late is there, and what comes flying in too', async () => {
  const page = await picture(`${host.origin}/late`, 390);
  assert.deepEqual([page.width, page.height], [390, 4060]);
  assert.deepEqual(colourAt(page, 30, 4030), [255, 0, 0]);
  assert.deepEqual(colourAt(page, 30, 30), [0, 255, 0]);
});

test('a tall page has no seam', async () => {
  const page = await picture(`${host.origin}/tall`, 300);
  assert.deepEqual([page.width, page.height], [300, TALL]);
  for (let at = 0; at < TALL / 100; at++) {
    assert.deepEqual(colourAt(page, 150, 100 * at + 50), [at % 256, at >> 8, 200], `stripe ${at}`);
  }
});

test('a page that asks is answered', async () => {
  assert.equal((await picture(`${host.origin}/asks`, 390)).width, 390);
});

test('what cannot be captured says why in one line', async () => {
  const out = ['-o', path.join(service.folder, 'none.png')];
  for (const [url, says] of [
    [`${host.origin}/nowhere`, 'answers with status 404'],
    [`${service.origin}/demo/nowhere.html`, 'answers with status 404'],
    ['http://127.0.0.1:9/', 'the page cannot be opened'],
  ]) {
    await assert.rejects(capture(url, 390, out), (error) => {
      assert.equal(error.code, 1);
      assert.match(error.stderr.trim().split('\n').at(-1), new RegExp(`^heatline: .*${says}`));
      return true;
    });
  }
});
