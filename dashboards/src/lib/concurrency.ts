// Owns the way from the history of presence to the points of its chart: the last hours in steps, beside the week before. Pure.

import type { LiveHistory } from './api-types';

export const HOURS = [3, 12, 24] as const;

export type Hours = (typeof HOURS)[number];

/** What a point stands for, so that a chart has some hundred and fifty, and the table behind it too. */
const STEP_MINUTES: Record<Hours, number> = { 3: 1, 12: 5, 24: 10 };

export interface Concurrency {
  at: Date;
  /** Most at one moment of the step. */
  peak: number;
  weekAgo: number;
}

/** Returns the range of the API for the last hours, to whole minutes. */
export function rangeOf(hours: Hours, now: Date): string {
  const to = Math.floor(now.getTime() / 60_000) * 60_000;
  const write = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return `${write(to - hours * 3_600_000)},${write(to)}`;
}

/** Puts the points of an answer together to the steps of the chart. */
export function steps(history: LiveHistory, hours: Hours): Concurrency[] {
  const length = STEP_MINUTES[hours] * 60_000;
  const made: Concurrency[] = [];
  for (const point of history.points) {
    const start = Math.floor(Date.parse(point.at) / length) * length;
    const last = made.at(-1);
    if (last && last.at.getTime() === start) {
      last.peak = Math.max(last.peak, point.peak);
      last.weekAgo = Math.max(last.weekAgo, point.week_ago);
    } else made.push({ at: new Date(start), peak: point.peak, weekAgo: point.week_ago });
  }
  return made;
}
