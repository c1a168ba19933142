// Every component of the dashboard in every state of its story: it stands there without an error, nothing of a stranger's text runs, and
// axe finds nothing, in both themes.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { collectComplaints, launchBrowser, visitor } from './helpers/browser.mjs';
import { requireAccessible, requireNoOverflow } from './helpers/looks.mjs';

const DASHBOARDS = path.join(import.meta.dirname, '../../dashboards');
/** Answers of the made-up server that say: this failed. The components show what they make of it. */
const NOTES = /^console: Failed to load resource/;

let folder;
let server;
let browser;
let page;
let complaints;
let origin;
let stories;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heatline-components-'));
  const { build, preview } = await import(pathToFileURL(path.join(DASHBOARDS, '../node_modules/vite/dist/node/index.js')));
  const settings = { configFile: path.join(DASHBOARDS, 'vite.components.config.ts'), logLevel: 'warn', build: { outDir: folder } };
  await build(settings);
  server = await preview({ ...settings, preview: { port: 0, host: '127.0.0.1' } });
  origin = server.resolvedUrls.local[0];
  browser = await launchBrowser();
  const context = await browser.newContext({ ...visitor({ width: 1024, height: 768 }), reducedMotion: 'reduce' });
  complaints = [];
  collectComplaints(context, complaints, NOTES);
  page = await context.newPage();
  await page.goto(origin);
  await page.getByRole('heading', { name: 'Components' }).waitFor();
  stories = await page.evaluate(() => globalThis.stories);
});

after(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

test('every component has a story', async () => {
  assert.deepEqual(await page.evaluate(() => globalThis.untold), []);
  assert.ok(stories.length > 70, `${stories.length} stories`);
});

for (const theme of ['light', 'dark']) {
  test(`every state stands without an error, and axe finds nothing, ${theme}`, async (t) => {
    let shown = 0;
    for (const { component, states } of stories) {
      for (const state of states) {
        const where = `${component}, ${state}, ${theme}`;
        complaints.length = 0;
        await page.goto(`${origin}?${new URLSearchParams({ component, state, theme })}`);
        const story = page.locator('[data-story]');
        await story.waitFor({ state: 'attached' });
        // What the made-up server answers, and what is drawn then.
        await page.evaluate(() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(resolve)), 30)));
        assert.equal(await story.getAttribute('data-shown'), '1', where);
        assert.deepEqual(await page.locator('[data-failed]').allInnerTexts(), [], `${where}: it broke`);
        assert.notEqual(await page.title(), 'hit', `${where}: a name ran`);
        assert.deepEqual(complaints, [], where);
        await requireAccessible(page, where);
        shown += 1;
      }
    }
    t.diagnostic(`${stories.length} components, ${shown} states`);
  });
}

test('nothing sticks out on a small screen', async () => {
  await page.setViewportSize({ width: 380, height: 800 });
  for (const { component, states } of stories) {
    for (const state of states.filter((name) => ['long', 'hostile', 'much'].some((mood) => name.includes(mood)))) {
      await page.goto(`${origin}?${new URLSearchParams({ component, state, theme: 'light' })}`);
      await page.locator('[data-story]').waitFor({ state: 'attached' });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30)));
      await requireNoOverflow(page, `${component}, ${state}`);
    }
  }
});
