// Owns the way from report rows to points of a chart: order, what is still to come, what is not over yet, what was there before.

import type { QueryAnswer } from './api-types';
import type { WallClock } from './i18n/format';
import { amountOf } from './amount';
import { INTERVALS, type Interval } from './range';

export interface Point {
  at: WallClock;
  /** As the API writes it. */
  label: string;
  /** Nothing for a bucket that is still to come. */
  value: number | null;
  /** Its bucket is not over yet. */
  partial: boolean;
  compared?: { at: WallClock; value: number };
}

/** Returns the interval that an answer over time was cut into. */
export function intervalOf(answer: QueryAnswer | undefined): Interval | undefined {
  const name = answer?.query.dimensions[0]?.slice('time:'.length);
  return INTERVALS.find((interval) => interval === name);
}

/**
 * Makes points of an answer over time. Buckets that are still to come have no value, for zeros for the rest of the day would look
 * like a fall; without a comparison, which has values there, they are left out.
 */
export function pointsOf(answer: QueryAnswer | undefined): Point[] {
  const present = answer?.meta.present_index ?? Infinity;
  const points: Point[] = [];
  for (const [index, row] of (answer?.results ?? []).entries()) {
    const label = row.dimensions[0] ?? '';
    const at = parseWallClock(label);
    if (!at) continue;
    const before = row.compare && parseWallClock(row.compare.dimensions[0] ?? '');
    if (index > present && !before) continue;
    points.push({
      at,
      label,
      value: index > present ? null : (amountOf(row.metrics[0]) ?? 0),
      partial: index === present,
      ...(before ? { compared: { at: before, value: amountOf(row.compare?.metrics[0]) ?? 0 } } : {}),
    });
  }
  return points;
}

/** Reads `2026-01-31` and `2026-01-31 09:00:00` (also with `T`) as a wall clock. */
export function parseWallClock(label: string): WallClock | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?/.exec(label);
  if (!match) return undefined;
  const time = match[2] ?? '00:00';
  const at = new Date(`${match[1]}T${time.length === 5 ? `${time}:00` : time}Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Returns the index of the bucket that a moment of the site's wall clock lies in; nothing if it is before all of them. */
export function bucketAt(points: readonly Point[], wallClock: string): number | undefined {
  const index = points.findLastIndex((point) => point.label <= wallClock.slice(0, point.label.length));
  return index < 0 ? undefined : index;
}
