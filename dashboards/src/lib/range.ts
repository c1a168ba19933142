// Owns the period that a page shows: how the address writes it, how the API is asked for it, into what it is cut, what it is
// compared with.

import type { DateRange, Query } from './api-types';

export const PRESETS = ['today', '24h', '7d', '28d', '30d', '91d', 'month', 'year', '12mo', 'all'] as const;

export type Preset = (typeof PRESETS)[number];

export type Range = { kind: 'preset'; preset: Preset } | { kind: 'custom'; from: string; to: string };

export const INTERVALS = ['minute', 'hour', 'day', 'week', 'month'] as const;

export type Interval = (typeof INTERVALS)[number];

export const COMPARISONS = ['previous_period', 'year_over_year'] as const;

export type Comparison = { mode: 'none' } | { mode: (typeof COMPARISONS)[number]; sameWeekday: boolean } | { mode: 'custom'; from: string; to: string; sameWeekday: boolean };

export const DEFAULT_RANGE: Range = { kind: 'preset', preset: '7d' };

const DAY_MS = 86_400_000;

/** Reads `today`, `7d` or `2026-01-01..2026-01-31`; anything else is the default. */
export function parseRange(text: string | null): Range {
  if (text === null) return DEFAULT_RANGE;
  const preset = PRESETS.find((name) => name === text);
  if (preset) return { kind: 'preset', preset };
  const days = parseDays(text);
  return days ? { kind: 'custom', ...days } : DEFAULT_RANGE;
}

function parseDays(text: string): { from: string; to: string } | undefined {
  const [from, to, more] = text.split('..');
  if (from === undefined || to === undefined || more !== undefined) return undefined;
  return isDay(from) && isDay(to) && from <= to ? { from, to } : undefined;
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

/** Returns about how many days a range has; those of `all` depend on the site. */
export function daysOf(range: Range): number {
  if (range.kind === 'custom') return (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS + 1;
  const days: Record<Preset, number> = { today: 1, '24h': 1, '7d': 7, '28d': 28, '30d': 30, '91d': 91, month: 31, year: 366, '12mo': 366, all: 3_660 };
  return days[range.preset];
}

/** Returns the intervals that a range can be cut into so that a chart of it can be read. */
export function intervalsOf(range: Range): Interval[] {
  const days = daysOf(range);
  if (range.kind === 'preset' && range.preset === 'all') return ['day', 'week', 'month'];
  if (days <= 1) return ['minute', 'hour'];
  if (days <= 14) return ['hour', 'day'];
  if (days <= 92) return ['day', 'week'];
  return ['day', 'week', 'month'];
}

/** Returns the chosen interval if the range can be cut so; undefined for the usual one. */
export function parseInterval(text: string | null, range: Range): Interval | undefined {
  return intervalsOf(range).find((interval) => interval === text);
}

/** Returns the interval that a range is cut into by itself; undefined where the server shall choose. */
export function usualInterval(range: Range): Interval | undefined {
  if (range.kind === 'preset' && range.preset === 'all') return undefined;
  const days = daysOf(range);
  if (days <= 1) return 'hour';
  return days <= 92 ? 'day' : 'week';
}

/** Reads `previous_period`, `year_over_year~weekday`, `2026-01-01..2026-01-31`. */
export function parseComparison(text: string | null): Comparison {
  const [what = '', weekday] = (text ?? '').split('~');
  const sameWeekday = weekday === 'weekday';
  const mode = COMPARISONS.find((name) => name === what);
  if (mode) return { mode, sameWeekday };
  const days = parseDays(what);
  return days ? { mode: 'custom', ...days, sameWeekday } : { mode: 'none' };
}

export function comparisonParam(comparison: Comparison): string | undefined {
  if (comparison.mode === 'none') return undefined;
  const what = comparison.mode === 'custom' ? `${comparison.from}..${comparison.to}` : comparison.mode;
  return comparison.sameWeekday ? `${what}~weekday` : what;
}

/** Returns the comparison for the API; everything there is has nothing to be compared with. */
export function comparisonClause(comparison: Comparison, range: Range): Query['compare'] {
  if (comparison.mode === 'none' || (range.kind === 'preset' && range.preset === 'all')) return undefined;
  const match_day_of_week = comparison.sameWeekday;
  if (comparison.mode !== 'custom') return { mode: comparison.mode, match_day_of_week };
  return { mode: 'custom', date_range: [comparison.from, comparison.to], match_day_of_week };
}

/** Returns the days from the first to the last that a range has; undefined where only the server knows. */
export function daysBetween(range: Range, today: string): { from: string; to: string } | undefined {
  if (range.kind === 'custom') return range;
  switch (range.preset) {
    case 'all':
      return undefined;
    case 'today':
    case '24h':
      return { from: today, to: today };
    case 'month':
      return { from: `${today.slice(0, 8)}01`, to: today };
    case 'year':
      return { from: `${today.slice(0, 5)}01-01`, to: today };
    case '12mo':
      return { from: addMonths(`${today.slice(0, 8)}01`, -11), to: today };
    default:
      return { from: addDays(today, 1 - Number.parseInt(range.preset, 10)), to: today };
  }
}

/** Returns the period of the same length right before or after; undefined where it would lie in the future. */
export function shifted(range: Range, today: string, direction: -1 | 1): Range | undefined {
  const days = daysBetween(range, today);
  if (!days) return undefined;
  const whole = wholeMonth(days, today);
  if (whole) {
    const from = addMonths(whole.from, direction);
    return from > today ? undefined : monthOf(from, today);
  }
  const length = (Date.parse(days.to) - Date.parse(days.from)) / DAY_MS + 1;
  const from = addDays(days.from, direction * length);
  if (from > today) return undefined;
  const to = addDays(days.to, direction * length);
  return { kind: 'custom', from, to: to > today ? today : to };
}

/** A month goes to a month, though it has other days. */
function wholeMonth({ from, to }: { from: string; to: string }, today: string): { from: string } | undefined {
  return from.endsWith('-01') && (to === lastOfMonth(from) || (to === today && from.slice(0, 7) === today.slice(0, 7))) ? { from } : undefined;
}

/** Returns the month that begins on a day, as far as it is over. */
export function monthOf(from: string, today: string): Range {
  const last = lastOfMonth(from);
  return { kind: 'custom', from, to: last > today ? today : last };
}

export function yesterdayOf(today: string): Range {
  const day = addDays(today, -1);
  return { kind: 'custom', from: day, to: day };
}

export function lastMonthOf(today: string): Range {
  return monthOf(addMonths(`${today.slice(0, 8)}01`, -1), today);
}

/** Returns a span that the API names by its first and last second, as the API is asked for it: by days where it has only whole ones. */
export function daysOrMoments([from, to]: readonly [string, string]): string {
  const whole = from.includes('T00:00:00') && to.includes('T23:59:59');
  return whole ? `${from.slice(0, 10)},${to.slice(0, 10)}` : `${from},${to}`;
}

function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Takes the first day of a month. */
function addMonths(day: string, months: number): string {
  const at = new Date(day);
  at.setUTCMonth(at.getUTCMonth() + months);
  return at.toISOString().slice(0, 10);
}

function lastOfMonth(day: string): string {
  return addDays(addMonths(`${day.slice(0, 8)}01`, 1), -1);
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
