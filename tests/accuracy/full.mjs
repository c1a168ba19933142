// Runs the whole test and writes target/accuracy: the table, the numbers, and what was drawn wrong. Ends with 1 where a threshold is
// missed. Names of pages as arguments choose some of them.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from './course.mjs';
import { PAGES } from './pages.mjs';
import { shortcomings, table, writeReport } from './report.mjs';

const FOLDER = path.join(import.meta.dirname, '../../target/accuracy');
const wanted = process.argv.slice(2);
const started = performance.now();

const seconds = () => Math.round((performance.now() - started) / 1000);

/** Writes what there is: a run that is broken off leaves something, too. */
async function write({ results, misses, misplaced }) {
  await writeReport(FOLDER, results, seconds());
  await writeFile(path.join(FOLDER, 'misses.json'), `${JSON.stringify({ misses, misplaced }, null, 1)}\n`);
}

const outcome = await run({
  pages: PAGES.filter(({ name }) => !wanted.length || wanted.includes(name)),
  widths: [360, 768, 1024, 1440, 1920],
  clicks: Number(process.env.CLICKS ?? 500),
  elements: 40,
  seed: 20,
  atOnce: Number(process.env.AT_ONCE ?? 3),
  pictured: { names: ['shop', 'business', 'detail'], folder: path.join(FOLDER, 'images') },
  say: (line) => console.error(`${seconds()} s  ${line}`),
  done: write,
});

await write(outcome);
const { results, misplaced } = outcome;
console.log(table(results, seconds()));
const short = [
  ...results.flatMap(({ untold }) => untold),
  ...shortcomings(results),
  ...misplaced.map(({ page, phase, width, name, clicks }) => {
    return `${page} at ${width} px, ${phase}: of ${clicks} clicks on ${name}, which is not shown there, some are drawn`;
  }),
];
for (const line of short) console.log(line);
process.exitCode = short.length ? 1 : 0;
