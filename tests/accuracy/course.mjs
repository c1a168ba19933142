// Owns the course of a whole run: all pages, several at a time; each is visited, judged, and judged again when later
// visitors have seen the banner. It knows no thresholds.

import { launchBrowser } from '../browser/helpers/browser.mjs';
import { startService } from '../browser/helpers/service.mjs';
import { takePictures } from './pictures.mjs';
import { PageRun } from './run.mjs';

/** Visits are numbered, and by their number have an address: this many for each page. */
const VISITS_A_PAGE = 2_000;

/**
 * Runs the test on pages, `atOnce` of them at a time. Returns results `{page, made, elements, phases: {all, own, banner}}` and all
 * that was drawn wrong. Writes the pictures of the pages `pictured.names` to `pictured.folder`;
 * after each page `done` is told what there is so far.
 */
export async function run({ pages, widths, clicks, elements, seed, atOnce, pictured, say = () => {}, done = () => {} }) {
  const service = await startService();
  const browser = await launchBrowser();
  const runs = [];
  let failed;
  try {
    await each(pages, atOnce, async (page, at) => {
      const one = await PageRun.start({ browser, service, page, widths, seed: seed + at, firstVisit: at * VISITS_A_PAGE });
      runs.push(one);
      await one.visit({ clicks, elements });
      one.phases = { all: await one.judge({ phase: 'all' }), own: await one.judge({ phase: 'own', own: true }) };
      if (pictured?.names.includes(page.name)) await takePictures({ run: one, service, browser, folder: pictured.folder, from: widths[0], at: 1440 });
      say(`${page.title}: visited and judged`);
      await one.addBanner();
      one.phases.banner = await one.judge({ phase: 'banner' });
      done(outcomeOf(runs));
      say(`${page.title}: judged with the banner`);
    });
  } catch (error) {
    failed = error;
  }
  for (const one of runs) one.stop();
  await browser.close();
  // What went wrong first is what is told.
  await service.stop().catch((error) => (failed ??= error));
  if (failed) throw failed;
  return outcomeOf(runs);
}

/** Returns the results of the pages that are judged, and all that was drawn wrong on them. */
function outcomeOf(runs) {
  const judged = runs.filter(({ phases }) => phases?.banner);
  return {
    results: judged.map(({ page, walk, elements, phases }) => {
      return { page, untold: walk.untold, made: walk.clicks.length, strays: walk.strays, elements: elements.length, phases };
    }),
    misses: judged.flatMap(({ misses }) => misses),
    misplaced: judged.flatMap(({ misplaced }) => misplaced),
  };
}

async function each(list, atOnce, work) {
  const left = [...list.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
