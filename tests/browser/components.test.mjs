// Every component of the dashboard in every state of its story: it stands there without an error, nothing of a stranger's text runs, and
// axe finds nothing, in both themes.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { collectComplaints, launchBrowser, visitor } from './helpers/browser.mjs';
import { axeFindings } from './helpers/looks.mjs';

const DASHBOARDS = path.join(import.meta.dirname, '../../dashboards');
/** Answers of the made-up server that say: this failed. The components show what they make of it. */
const NOTES = /^console: Failed to load resource/;
/** Rules about whole pages, of which a component is a part. */
const OF_PAGES = ['landmark-one-main', 'region', 'page-has-heading-one', 'heading-order'];
/** Rules about what is around a component, and numbers that are pale on purpose, for newer ones are on their way. */
const EXCEPT = {
  'funnels/StepRow': ['listitem'],
  'live/LiveCard, lost': ['color-contrast'],
  'heatmap/Numbers, compared': ['color-contrast'],
  'outcomes/StackedBars, long': ['color-contrast'],
};

let folder;
let server;
let browser;
let page;
let complaints;
let origin;
let stories;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'heatline-components-'));
  const vite = createRequire(path.join(DASHBOARDS, 'package.json')).resolve('vite');
  const { build, preview } = await import(pathToFileURL(vite));
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
    const findings = [];
    let shown = 0;
    for (const [component, state] of allStates()) {
      const find = (what) => findings.push(`${component}, ${state}: ${typeof what === 'string' ? what : JSON.stringify(what)}`);
      complaints.length = 0;
      await show(component, state, theme);
      complaints.forEach(find);
      for (const broken of await page.locator('[data-failed]').allInnerTexts()) find(`it broke: ${broken}`);
      if ((await page.title()) === 'hit') find('a name ran');
      for (const finding of await axeFindings(page, [...OF_PAGES, ...(EXCEPT[component] ?? []), ...(EXCEPT[`${component}, ${state}`] ?? [])])) find(finding);
      shown += 1;
    }
    t.diagnostic(`${stories.length} components, ${shown} states`);
    assert.deepEqual(findings, []);
  });
}

test('nothing sticks out on a small screen', async () => {
  await page.setViewportSize({ width: 380, height: 800 });
  const findings = [];
  for (const [component, state] of allStates()) {
    await show(component, state, 'light');
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    if (width > 380) findings.push(`${component}, ${state}: ${width} px`);
  }
  assert.deepEqual(findings, []);
});

const allStates = () => stories.flatMap(({ component, states }) => states.map((state) => [component, state]));

/** Shows one state, with what the made-up server answers, as it is drawn then. */
async function show(component, state, theme) {
  const shown = await page.evaluate(async (address) => {
    document.title = 'Components';
    globalThis.showStory(address);
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(resolve)), 30));
    return document.querySelector('[data-story]')?.dataset.shown;
  }, { component, state, theme });
  assert.equal(shown, '1', `${component} has a state ${state}`);
}
