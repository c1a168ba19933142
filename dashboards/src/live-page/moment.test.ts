import { expect, test } from 'vitest';
import { arrivals, radius, type Moment } from './moment';

const moment = (places: Moment['places']): Moment => ({
  visitors: 0,
  views_last_minute: 0,
  pages: [],
  other_pages: 0,
  countries: [],
  places,
  map: [1000, 440],
  minutes: [],
});

test('somebody arrives where there are more than before', () => {
  const before = moment([[1, 1, 2], [2, 2, 1]]);
  const now = moment([[1, 1, 3], [2, 2, 1], [3, 3, 1]]);
  expect([...arrivals(before, now)]).toEqual(['1,1', '3,3']);
  expect(arrivals(undefined, now).size).toBe(0);
  expect(arrivals(now, before).size).toBe(0);
});

test('four times the visitors have twice the radius', () => {
  expect(radius(400, 400) / radius(100, 400)).toBeCloseTo(2);
  expect(radius(1, 1)).toBeLessThan(radius(12, 12));
  expect(radius(1, 1_000_000)).toBe(44);
  expect(radius(1, 1, 250)).toBe(2 * radius(1, 1));
});
