import { expect, test } from 'vitest';
import type { LiveHistory } from './api-types';
import { rangeOf, steps } from './concurrency';

test('asks for whole minutes', () => {
  expect(rangeOf(3, new Date('2026-11-28T18:40:31.250Z'))).toBe('2026-11-28T15:40:00Z,2026-11-28T18:40:00Z');
});

test('a step has the most of its minutes', () => {
  const point = (at: string, peak: number, week_ago: number) => ({ at, visitors: peak, peak, week_ago });
  const history = {
    points: [point('2026-11-28T10:03:00Z', 4, 1), point('2026-11-28T10:04:00Z', 9, 0), point('2026-11-28T10:05:00Z', 2, 7), point('2026-11-28T10:06:00Z', 1, 8)],
  } as LiveHistory;
  expect(steps(history, 12).map(({ at, peak, weekAgo }) => [at.toISOString(), peak, weekAgo])).toEqual([
    ['2026-11-28T10:00:00.000Z', 9, 1],
    ['2026-11-28T10:05:00.000Z', 2, 8],
  ]);
  expect(steps(history, 3).length).toBe(4);
});
