import { describe, expect, it } from 'vitest';
import type { QueryRow } from './api-types';
import { parseWallClock, pointsOf } from './series';

const row = (label: string, value: number | null): QueryRow => ({ dimensions: [label], metrics: [value] });
const shape = (points: ReturnType<typeof pointsOf>) =>
  points.map((point) => [point.at.toISOString().slice(0, 16), point.value, point.partial]);

describe('points of a chart', () => {
  it('leave out the hours that are still to come, and mark the one that runs', () => {
    const rows = [row('2026-11-23 08:00:00', 3), row('2026-11-23 09:00:00', 1), row('2026-11-23 10:00:00', 0)];
    expect(shape(pointsOf(rows, 'hour', '2026-11-23 09:41:00'))).toEqual([
      ['2026-11-23T08:00', 3, false],
      ['2026-11-23T09:00', 1, true],
    ]);
  });

  it('mark today among days', () => {
    const rows = [row('2026-11-22', 5), row('2026-11-23', 2)];
    expect(pointsOf(rows, 'day', '2026-11-23 00:00:01').map((point) => point.partial)).toEqual([false, true]);
  });

  it('mark the week that runs, also where the range cuts its first day off', () => {
    const rows = [row('2026-11-16', 5), row('2026-11-25', 2)];
    expect(pointsOf(rows, 'week', '2026-11-26 12:00:00').map((point) => point.partial)).toEqual([false, true]);
  });

  it('are in order of time, zero for null, and without rows that have no time', () => {
    const rows = [row('2026-11-22', null), row('2026-11-21', 4), row('no time', 9)];
    expect(shape(pointsOf(rows, 'day', '2026-11-23 12:00:00'))).toEqual([
      ['2026-11-21T00:00', 4, false],
      ['2026-11-22T00:00', 0, false],
    ]);
  });
});

describe('labels of time', () => {
  it.each([
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23 09:00:00', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00', '2026-11-23T09:00:00.000Z'],
    ['2026-13-40', undefined],
    ['', undefined],
  ])('%j', (label, iso) => {
    expect(parseWallClock(label)?.toISOString()).toBe(iso);
  });
});
