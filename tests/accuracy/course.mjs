// Owns the course of a whole run: all pages one after the other or several at a time, then later visitors see the banner. It knows no thresholds.

import { launchBrowser } from '../browser/helpers/browser.mjs';
import { startService } from '../browser/helpers/service.mjs';
import { takePictures } from './pictures.mjs';
import { PageRun } from './run.mjs';

/** Visits are numbered, and by their number have an address: this many for each page. */
const VISITS_A_PAGE = 2_000;

/**
 * Runs the test on pages, `atOnce` of them at a time. Returns results `{page, made, elements, phases: {all, own, banner}}` and all
 * that was drawn wrong. Writes the pictures of the pages `pictured.names` to `pictured.folder`.
 */
export async function run({ pages, widths, clicks, elements, seed, atOnce, pictured, say = () => {} }) {
  const service = await startService();
  const browser = await launchBrowser();
  const runs = [];
  try {
    await each(pages, atOnce, async (page, at) => {
      const one = await PageRun.start({ browser, service, page, widths, seed: seed + at, firstVisit: at * VISITS_A_PAGE });
      runs[at] = one;
      await one.visit({ clicks, elements });
      one.phases = { all: await one.judge({ phase: 'all' }), own: await one.judge({ phase: 'own', own: true }) };
      if (pictured?.names.includes(page.name)) await takePictures({ run: one, service, browser, folder: pictured.folder, from: widths[0], at: 1440 });
      say(`${page.title}: visited and judged`);
    });
    await each(runs, atOnce, async (one) => {
      await one.addBanner();
      one.phases.banner = await one.judge({ phase: 'banner' });
      say(`${one.page.title}: judged with the banner`);
    });
  } finally {
    for (const one of runs) one?.stop();
    await browser.close();
    await service.stop();
  }
  return {
    results: runs.map(({ page, walk, elements: chosen, phases }) => {
      return { page, made: walk.clicks.length, strays: walk.strays, elements: chosen.length, phases };
    }),
    misses: runs.flatMap(({ misses }) => misses),
    misplaced: runs.flatMap(({ misplaced }) => misplaced),
  };
}

async function each(list, atOnce, work) {
  const left = [...list.entries()];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift()) await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
