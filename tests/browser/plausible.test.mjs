// Plausible's own trackers, unmodified from npm, on a website that points them to our host: all is counted, and counted right.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { build } from 'esbuild';

import { complaintsOf, openAs } from './helpers/browser.mjs';
import { html, startHost } from './helpers/host.mjs';
import { startService } from './helpers/service.mjs';
import { until } from './helpers/until.mjs';

const REPORT_MS = 5_000;
const EVENT_PATH = '/api/event';

/** How a website sets up each package, and what it reports with it. */
const PACKAGES = [
  {
    name: 'plausible-tracker',
    site: 'old.example',
    script: (origin, site) => `
      import Plausible from 'plausible-tracker';
      const plausible = Plausible({ domain: '${site}', apiHost: '${origin}', trackLocalhost: true });
      plausible.enableAutoPageviews();
      globalThis.signUp = (done) => plausible.trackEvent('Signup', { props: { plan: 'pro', seats: 3 }, callback: done });
    `,
  },
  {
    name: '@plausible-analytics/tracker',
    site: 'new.example',
    script: (origin, site) => `
      import { init, track } from '@plausible-analytics/tracker';
      init({ domain: '${site}', endpoint: '${origin}${EVENT_PATH}', captureOnLocalhost: true });
      globalThis.signUp = (done) => track('Signup', { props: { plan: 'pro', seats: '3' }, callback: done });
    `,
  },
];

let service;

before(async () => {
  service = await startService();
});

after(async () => {
  await service?.stop();
});

for (const { name, site, script } of PACKAGES) {
  test(`${name} is counted`, async (t) => {
    await service.api.addSite({ domain: site, settings: { hostnames: ['127.0.0.1'] } });
    const bundled = await bundle(script(service.origin, site));
    const page = html(`<h1>Shop</h1><div style="height: 3000px"></div><script>${bundled}</script>`);
    const host = await startHost({ '/shop': page, '/cart': page });
    t.after(() => host.stop());
    const { browser, context, page: tab } = await openAs();
    t.after(() => browser.close());
    const complaints = complaintsOf(context);
    const answers = [];
    context.on('response', (response) => {
      if (new URL(response.url()).pathname !== EVENT_PATH) return;
      answers.push({ status: response.status(), dropped: response.headers()['x-heatline-dropped'] });
    });

    await tab.goto(`${host.origin}/shop?utm_source=letter&utm_medium=email&utm_campaign=spring`);
    // Two requests on their way at once may overtake each other.
    await until('the first view is answered', REPORT_MS, () => answers.length === 1);
    await tab.evaluate(() => history.pushState(null, '', '/cart'));
    await tab.evaluate(() => new Promise((resolve) => globalThis.signUp(resolve)));

    await until('all is in the report', REPORT_MS, async () => {
      assert.deepEqual(await service.api.totals(site, ['visitors', 'visits', 'pageviews', 'events', 'views_per_visit', 'bounce_rate']), {
        visitors: 1,
        visits: 1,
        pageviews: 2,
        events: 3,
        views_per_visit: 2,
        bounce_rate: 0,
      });
      assert.deepEqual(await service.api.breakdown(site, 'events', 'event:name'), { pageview: 2, Signup: 1 });
      assert.deepEqual(await service.api.breakdown(site, 'pageviews', 'event:page'), { '/shop': 1, '/cart': 1 });
      assert.deepEqual(await service.api.breakdown(site, 'visits', 'visit:utm_campaign'), { spring: 1 });
      assert.deepEqual(await service.api.breakdown(site, 'visits', 'visit:browser'), { Chrome: 1 });
      return true;
    });
    const live = await service.api.live(site);
    assert.equal(live.visitors, 1);
    assert.deepEqual(live.pages, [{ path: '/cart', visitors: 1 }]);
    assert.ok(answers.length >= 3);
    for (const answer of answers) assert.deepEqual(answer, { status: 202, dropped: undefined });
    assert.deepEqual(complaints, []);
  });
}

/** Returns the script with its packages, as a website's build would make it. */
async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'iife',
    logLevel: 'error',
  });
  return outputFiles[0].text.replaceAll('</script', '<\\/script');
}
