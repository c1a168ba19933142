// Owns the period that a page shows: how the address writes it, how the API is asked for it, into what it is cut.

import type { DateRange, Dimension } from './api-types';

export const PRESETS = ['today', '24h', '7d', '30d', '12mo'] as const;

export type Preset = (typeof PRESETS)[number];

export type Range = { kind: 'preset'; preset: Preset } | { kind: 'custom'; from: string; to: string };

export type Interval = 'hour' | 'day' | 'week';

export const DEFAULT_RANGE: Range = { kind: 'preset', preset: '7d' };

const LONGEST_BY_DAY = 92;
const DAY_MS = 86_400_000;

/** Reads `today`, `7d` or `2026-01-01..2026-01-31`; anything else is the default. */
export function parseRange(text: string | null): Range {
  if (text === null) return DEFAULT_RANGE;
  const preset = PRESETS.find((name) => name === text);
  if (preset) return { kind: 'preset', preset };
  const [from, to, more] = text.split('..');
  if (from !== undefined && to !== undefined && more === undefined && isDay(from) && isDay(to) && from <= to) {
    return { kind: 'custom', from, to };
  }
  return DEFAULT_RANGE;
}

/** Writes a range for the address; undefined for the default, which an address need not tell. */
export function rangeParam(range: Range): string | undefined {
  if (range.kind === 'custom') return `${range.from}..${range.to}`;
  return range.preset === '7d' ? undefined : range.preset;
}

export function dateRange(range: Range): DateRange {
  if (range.kind === 'custom') return [range.from, range.to];
  return range.preset === 'today' ? 'day' : range.preset;
}

export function intervalOf(range: Range): Interval {
  if (range.kind === 'preset') {
    if (range.preset === 'today' || range.preset === '24h') return 'hour';
    return range.preset === '12mo' ? 'week' : 'day';
  }
  const days = (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS + 1;
  if (days === 1) return 'hour';
  return days <= LONGEST_BY_DAY ? 'day' : 'week';
}

export function timeDimension(interval: Interval): Dimension {
  return `time:${interval}`;
}

/** Returns the site's date and time now, as `2026-01-31 09:30:00`. A zone that the browser does not know counts as UTC. */
export function wallClock(now: Date, timeZone: string): string {
  const options = { dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' } as const;
  // The Swedish way of writing a date happens to be ISO 8601.
  try {
    return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone }).format(now);
  } catch {
    return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' }).format(now);
  }
}

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text);
}
