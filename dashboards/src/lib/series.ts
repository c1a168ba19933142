// Owns the way from report rows to points of a chart: order, what is still to come, what is not over yet.

import type { QueryRow } from './api-types';
import type { WallClock } from './i18n/format';
import type { Interval } from './range';

export interface Point {
  at: WallClock;
  value: number;
  /** Its bucket is not over yet. */
  partial: boolean;
}

/**
 * Makes points of rows whose one dimension is time. Buckets after `now` (the site's wall clock, `2026-01-31 09:30:00`)
 * are left out: zeros for the rest of the day would look like a fall.
 */
export function pointsOf(rows: readonly QueryRow[], interval: Interval, now: string): Point[] {
  const points: Point[] = [];
  const thisBucket = bucketOf(now, interval);
  for (const row of rows) {
    const label = row.dimensions[0];
    const at = label === undefined ? undefined : parseWallClock(label);
    if (label === undefined || at === undefined) continue;
    const bucket = bucketOf(label, interval);
    if (bucket > thisBucket) continue;
    points.push({ at, value: row.metrics[0] ?? 0, partial: bucket === thisBucket });
  }
  return points.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Reads `2026-01-31` and `2026-01-31 09:00:00` (also with `T`) as a wall clock. */
export function parseWallClock(label: string): WallClock | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?/.exec(label);
  if (!match) return undefined;
  const time = match[2] ?? '00:00';
  const at = new Date(`${match[1]}T${time.length === 5 ? `${time}:00` : time}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Returns a text that is equal for all moments of a bucket and sorts by time. */
export function bucketOf(label: string, interval: Interval): string {
  if (interval === 'hour') return label.slice(0, 13).replace('T', ' ');
  const day = label.slice(0, 10);
  return interval === 'day' ? day : mondayOf(day);
}

function mondayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}
