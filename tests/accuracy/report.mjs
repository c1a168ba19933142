// Owns the table: what the verdicts add up to, as Markdown for people and as JSON for comparison, and what counts as good enough.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Tally } from './score.mjs';

export const SCHEMES = ['ours', 'posthog', 'umami'];
const NAMES = { ours: 'Heatline', posthog: 'PostHog', umami: 'Umami' };

/** The questions, in the order of the table, and the least share of clicks inside for ours. */
export const PHASES = {
  all: { title: 'all clicks', least: 0.97 },
  own: { title: 'clicks of the same width', least: 0.99 },
  banner: { title: 'all clicks, after a banner of 120 px', least: 0.95 },
};

/** Adds up the tallies of a scheme. */
export const sum = (verdicts, scheme) => verdicts.reduce((total, verdict) => total.plus(verdict[scheme]), new Tally());

/** Returns what is below its threshold, as sentences. Each page counts at each width by itself. */
export function shortcomings(results) {
  const found = [];
  for (const { page, phases } of results) {
    for (const [phase, verdicts] of Object.entries(phases)) {
      const { least } = PHASES[phase];
      for (const { width, ours } of verdicts) {
        const where = `${page.name} at ${width} px, ${PHASES[phase].title}`;
        if (ours.share < least) found.push(`${where}: ${percent(ours)} % of ${ours.clicks} clicks inside, expected ${100 * least} %`);
      }
    }
  }
  return found;
}

export async function writeReport(folder, results, seconds) {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'table.md'), table(results, seconds));
  await writeFile(path.join(folder, 'results.json'), `${JSON.stringify(plain(results), null, 1)}\n`);
}

/** Returns the table as Markdown. */
export function table(results, seconds) {
  const clicks = results.reduce((total, { made }) => total + made, 0);
  const shown = (verdicts) => SCHEMES.map((scheme) => percent(sum(verdicts, scheme)));
  const head = ['', ...Object.values(PHASES).flatMap(({ title }) => SCHEMES.map((scheme) => `${NAMES[scheme]}, ${title}`))];
  const row = (name, of) => [name, ...Object.keys(PHASES).flatMap((phase) => shown(of(phase)))];
  const widths = results[0].phases.all.map(({ width }) => width);
  const everywhere = (phase) => results.flatMap(({ phases }) => phases[phase] ?? []);
  const kinds = [...new Set(everywhere('all').flatMap((verdict) => Object.keys(verdict.kinds)))];
  const rows = [
    ...results.map(({ page, phases }) => row(page.title, (phase) => phases[phase] ?? [])),
    ...widths.map((width) => row(`drawn at ${width} px`, (phase) => everywhere(phase).filter((verdict) => verdict.width === width))),
    ...kinds.map((kind) => row(`${kind} elements`, (phase) => everywhere(phase).flatMap((verdict) => verdict.kinds[kind] ?? []))),
    row('**all**', everywhere),
  ];
  const hidden = sum(everywhere('all'), 'ours').hidden;
  return [
    `Percent of clicks inside the box of their element: ${results.length} pages, ${clicks} clicks, drawn at ${widths.join(', ')} px. ` +
      `${hidden} times the element is not shown at the width, and the click is left out. The run took ${seconds} s.`,
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map((_, at) => (at ? '---:' : '---')).join('|')}|`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
  ].join('\n');
}

const percent = ({ clicks, share }) => (clicks ? (Math.floor(1000 * share) / 10).toFixed(1) : '–');

const plain = (results) =>
  results.map(({ page, made, elements, phases }) => ({
    page: page.title,
    clicks: made,
    elements,
    ...Object.fromEntries(
      Object.entries(phases).map(([phase, verdicts]) => [
        phase,
        verdicts.map(({ width, ours, posthog, umami }) => ({ width, ours, posthog, umami })),
      ]),
    ),
  }));
