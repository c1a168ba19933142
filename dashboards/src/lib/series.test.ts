import { describe, expect, it } from 'vitest';
import type { QueryAnswer, QueryRow } from './api-types';
import { bucketAt, intervalOf, parseWallClock, pointsOf } from './series';

const row = (label: string, value: number | null, before?: [string, number]): QueryRow => ({
  dimensions: [label],
  metrics: [value],
  ...(before ? { compare: { dimensions: [before[0]], metrics: [before[1]], change: [null] } } : {}),
});
const answer = (results: QueryRow[], present?: number, dimension = 'time:day'): QueryAnswer => ({
  results,
  meta: present === undefined ? {} : { present_index: present },
  query: { date_range: ['', ''], dimensions: [dimension] },
});

describe('points of a chart', () => {
  it('leave out the hours that are still to come, and mark the one that runs', () => {
    const rows = [row('2026-11-23 08:00:00', 3), row('2026-11-23 09:00:00', 1), row('2026-11-23 10:00:00', 0)];
    const points = pointsOf(answer(rows, 1, 'time:hour'));
    expect(points.map(({ at, value, partial }) => [at.toISOString().slice(0, 16), value, partial])).toEqual([
      ['2026-11-23T08:00', 3, false],
      ['2026-11-23T09:00', 1, true],
    ]);
  });

  it('keep them, without a value, where a comparison has one', () => {
    const points = pointsOf(answer([row('2026-11-23', 3, ['2026-11-16', 8]), row('2026-11-24', 0, ['2026-11-17', 9])], 0));
    expect(points.map((point) => [point.value, point.compared?.value])).toEqual([
      [3, 8],
      [null, 9],
    ]);
  });

  it('are zero for null, and without rows that have no time', () => {
    expect(pointsOf(answer([row('2026-11-22', null), row('no time', 9)])).map(({ value }) => value)).toEqual([0]);
    expect(pointsOf(undefined)).toEqual([]);
  });
});

describe('the interval of an answer', () => {
  it('is the one that the server chose', () => {
    expect(intervalOf(answer([], 0, 'time:week'))).toBe('week');
    expect(intervalOf(undefined)).toBeUndefined();
  });
});

describe('the bucket of a moment', () => {
  const days = pointsOf(answer([row('2026-11-16', 1), row('2026-11-23', 1)]));

  it.each([
    ['2026-11-22', 0],
    ['2026-11-23', 1],
    ['2026-11-29 23:59:00', 1],
    ['2026-11-15', undefined],
  ])('%s is in %s', (moment, index) => expect(bucketAt(days, moment)).toBe(index));

  it('of a whole day in a chart of hours is the first of them', () => {
    const hours = pointsOf(answer([row('2026-11-23 00:00:00', 1), row('2026-11-23 01:00:00', 1)]));
    expect(bucketAt(hours, '2026-11-23 00:00:00')).toBe(0);
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
