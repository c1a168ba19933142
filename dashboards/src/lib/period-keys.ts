// Owns the keys of the overview: those of Plausible where it has one. Knows no event and no page.

import { lastMonthOf, shifted, yesterdayOf, type Preset, type Range } from './range';

type PeriodName = Preset | 'yesterday' | 'last_month';

const PERIODS: Record<string, PeriodName> = {
  d: 'today',
  e: 'yesterday',
  h: '24h',
  w: '7d',
  f: '28d',
  t: '30d',
  n: '91d',
  m: 'month',
  p: 'last_month',
  y: 'year',
  l: '12mo',
  a: 'all',
};

/** Every key with the name of its text, for the list of keys. */
export const KEYS = [
  ...Object.entries(PERIODS).map(([key, name]) => ({ key: key.toUpperCase(), text: `range.${name}` as const })),
  { key: '← →', text: 'keys.shift' },
  { key: 'X', text: 'keys.compare' },
  { key: '/', text: 'keys.filter' },
  { key: '?', text: 'keys.help' },
] as const;

/** Returns the key of a period, as it stands on the keyboard. */
export function keyOf(name: string): string | undefined {
  return Object.entries(PERIODS)
    .find(([, known]) => known === name)?.[0]
    .toUpperCase();
}

/** Returns the period that a key asks for; undefined for a key that asks for none. */
export function rangeByKey(key: string, range: Range, today: string): Range | undefined {
  if (key === 'ArrowLeft') return shifted(range, today, -1);
  if (key === 'ArrowRight') return shifted(range, today, 1);
  const lower = key.toLowerCase();
  const name = Object.hasOwn(PERIODS, lower) ? PERIODS[lower] : undefined;
  if (name === undefined) return undefined;
  if (name === 'yesterday') return yesterdayOf(today);
  if (name === 'last_month') return lastMonthOf(today);
  return { kind: 'preset', preset: name };
}
