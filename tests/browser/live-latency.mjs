// Measures from a click in one browser to the change on an open dashboard in another; and from a beacon with a click to its cell in
// the stream of a heat map, read by a page. `node live-latency.mjs [samples]` prints a table. Not a test: it tells, and a person judges.

import { openAs, visitor } from './helpers/browser.mjs';
import { giveAccount, OWNER } from './helpers/dashboard.mjs';
import { html, startHost } from './helpers/host.mjs';
import { DEMO_SITE, startService } from './helpers/service.mjs';

const SAMPLES = Number(process.argv[2] ?? 500);
const LIMIT_MS = 5_000;
const POLLED = { Umami: 10_000, Plausible: 30_000 };

const service = await startService();
let host;
const browsers = [];
try {
  await service.api.changeSite(DEMO_SITE, { settings: { hostnames: ['*'] } });
  const script = `<script defer src="${service.origin}/js/heatline.js" data-site="${DEMO_SITE}"></script>`;
  const walk = `<button id="next">Next page</button><script>
    let page = 0;
    next.addEventListener('click', () => {
      window.clicked = performance.timeOrigin + performance.now();
      history.pushState(null, '', '/page/' + ++page);
    });
  </script>`;
  host = await startHost({ '/': html(script + walk) });
  const guest = await openAs(visitor({ version: 141 }));
  const owner = await openAs(visitor({ version: 142 }));
  browsers.push(guest.browser, owner.browser);
  await owner.page.goto(service.setupLink);
  await giveAccount(owner.page, OWNER.email, OWNER.right, 'Create account');
  await owner.page.getByRole('heading', { name: 'Sites' }).waitFor();
  await owner.page.getByRole('link', { name: DEMO_SITE }).click();
  await owner.page.getByRole('region', { name: 'Here now' }).waitFor();
  await guest.page.goto(`${host.origin}/`);
  await guest.page.waitForTimeout(3_000);

  const walked = [];
  for (let sample = 1; sample <= SAMPLES; sample += 1) {
    const shown = owner.page.evaluate(
      ([path, limit]) =>
        new Promise((resolve, reject) => {
          const region = [...document.querySelectorAll('section, [role=region]')].find((one) => one.textContent.includes('Here now'));
          const look = () => region.textContent.includes(path) && (observer.disconnect(), resolve(performance.timeOrigin + performance.now()));
          const observer = new MutationObserver(look);
          observer.observe(region, { childList: true, subtree: true, characterData: true });
          setTimeout(() => reject(new Error(`${path} was not shown`)), limit);
          look();
        }),
      [`/page/${sample}`, LIMIT_MS],
    );
    await guest.page.click('#next');
    const at = await shown;
    walked.push(at - (await guest.page.evaluate(() => window.clicked)));
    await guest.page.waitForTimeout(300 + Math.random() * 300);
  }
  tell('click to the page on an open dashboard', walked);

  // A click goes with the next beacon of its page, which is the tracker's to choose; from there on it is measured.
  await owner.page.evaluate((site) => {
    window.cells = [];
    const stream = new EventSource(`/api/v1/sites/${site}/heatmap/stream?path=/page&width=1280`);
    stream.addEventListener('clicks', () => window.cells.push(performance.timeOrigin + performance.now()));
    return new Promise((resolve) => stream.addEventListener('page', resolve, { once: true }));
  }, DEMO_SITE);
  const clicked = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sent = performance.timeOrigin + performance.now();
    const answer = await fetch(`${service.origin}/api/beacon`, { method: 'POST', headers: { 'user-agent': visitor().userAgent }, body: aClick() });
    if (answer.status !== 202) throw new Error(`a click was answered with ${answer.status}: ${await answer.text()}`);
    const shown = await owner.page.waitForFunction((seen) => window.cells[seen], sample, { timeout: LIMIT_MS, polling: 20 });
    clicked.push((await shown.jsonValue()) - sent);
    await guest.page.waitForTimeout(300 + Math.random() * 300);
  }
  tell('beacon with a click to its cell in the stream of the heat map', clicked);
  for (const [name, ms] of Object.entries(POLLED)) console.log(`| ${name}, which asks every ${ms / 1000} s | ${ms / 2} | ${ms * 0.99} |`);
} finally {
  for (const browser of browsers) await browser.close();
  host?.stop();
  await service.stop();
}

function aClick() {
  const [viewport, size] = [[1280, 720], [200, 50]];
  const click = { type: 'click', element: '#buy', fraction: [100, 100], at: [900, 325], size, since: 4_000, flags: 0, ago: 0 };
  const page = { v: 1, site: DEMO_SITE, view: 'abcdef0123456789', url: 'https://demo.example/page', viewport, document: [1280, 900] };
  return JSON.stringify({ ...page, referrer: '', events: [click] });
}

function tell(what, samples) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  console.log(`| ${what}, ${samples.length} samples | p50 ${at(0.5)} ms | p99 ${at(0.99)} ms |`);
}
