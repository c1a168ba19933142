// The short version for CI: one demo page with a dialog and one template, at two widths. The thresholds are those of the whole run,
// `scripts/accuracy`.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { run } from './course.mjs';
import { PAGES } from './pages.mjs';
import { PHASES, shortcomings, sum } from './report.mjs';

test('clicks are drawn on the elements that were clicked, at any width and after a redesign', async (t) => {
  const { results, misplaced } = await run({
    pages: PAGES.filter(({ name }) => ['gallery.html', 'shop'].includes(name)),
    widths: [360, 1440],
    clicks: 60,
    elements: 16,
    seed: 4,
    atOnce: 2,
  });
  for (const { page, made, strays, untold, phases } of results) {
    assert.equal(made, 60, page.title);
    assert.equal(strays, 0, `${page.title}: every press hit what it was aimed at`);
    assert.deepEqual(untold, []);
    for (const [phase, verdicts] of Object.entries(phases)) {
      const [ours, posthog, umami] = ['ours', 'posthog', 'umami'].map((scheme) => (100 * sum(verdicts, scheme).share).toFixed(1));
      t.diagnostic(`${page.title}, ${PHASES[phase].title}: ${ours} % inside, PostHog's scheme ${posthog} %, Umami's ${umami} %`);
    }
  }
  assert.deepEqual(shortcomings(results), []);
  assert.deepEqual(misplaced, []);
});
