// Owns what the difference of two maps says of an element, in numbers and as a verdict.

import type { ElementChange } from './api-types';

/** More than this many times more or less is written as "× n" rather than in percent. */
const MANY_TIMES = 3;

export type Verdict = 'more' | 'less' | 'chance';

export interface ChangeRow {
  element: string;
  /** Clicks per view, of the map that is shown and of what it is compared with. */
  rate: number;
  before: number;
  /** Share by which the rate grew; undefined where there was nothing before. */
  growth: number | undefined;
  verdict: Verdict;
  /** Share of false alarms among all differences that are as clear as this one. */
  q: number;
}

export function changeRows(changes: readonly ElementChange[]): ChangeRow[] {
  const rows = changes.map((change): ChangeRow => {
    const { element, rate_a: rate, rate_b: before, q } = change;
    const verdict = !change.changed ? 'chance' : rate > before ? 'more' : 'less';
    return { element, rate, before, growth: before > 0 ? rate / before - 1 : undefined, verdict, q };
  });
  return rows.sort((a, b) => Number(a.verdict === 'chance') - Number(b.verdict === 'chance') || a.q - b.q || difference(b) - difference(a));
}

export type Growth = { kind: 'percent'; share: number } | { kind: 'times'; factor: number } | { kind: 'new' } | { kind: 'gone' };

/** Tells how a change is best said: a part more or less, so many times as much, out of nothing, to nothing. */
export function growthOf({ growth, rate }: Pick<ChangeRow, 'growth' | 'rate'>): Growth {
  if (growth === undefined) return { kind: 'new' };
  if (rate === 0) return { kind: 'gone' };
  return growth + 1 >= MANY_TIMES ? { kind: 'times', factor: growth + 1 } : { kind: 'percent', share: growth };
}

const difference = (row: ChangeRow): number => Math.abs(row.rate - row.before);
