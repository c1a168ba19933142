import { expect, test } from 'vitest';
import { arrivals, dotsOf, radiusOf, type LiveCity } from './presence';

const city = (name: string, visitors: number, at: [number, number] | null = [42.7, 23.3]): LiveCity => ({
  country: 'BG',
  city: name,
  latitude: at?.[0] ?? null,
  longitude: at?.[1] ?? null,
  visitors,
});

test('somebody arrives where there are more than before', () => {
  const before = [city('Sofia', 2), city('Varna', 1)];
  expect(arrivals(before, [city('Sofia', 3), city('Varna', 1), city('Ruse', 1)])).toEqual(['BG Sofia', 'BG Ruse']);
  expect(arrivals(before, [city('Sofia', 1)])).toEqual([]);
  expect(arrivals(undefined, before)).toEqual([]);
});

test('a crowd that arrives at once is a few rings', () => {
  const crowd = Array.from({ length: 50 }, (_, index) => city(`City ${index}`, 9));
  expect(arrivals([], crowd).length).toBe(12);
});

test('dots are where the server would draw them, small ones above', () => {
  const [first, second, ...none] = dotsOf([city('Varna', 1, [43.2, 27.9]), city('Sofia', 9), city('', 5, null)]);
  expect(none).toEqual([]);
  expect(first?.key).toBe('BG Sofia');
  expect(second?.x).toBeGreaterThan(first?.x ?? Infinity);
  expect(first?.y).toBeGreaterThan(second?.y ?? Infinity);
});

test('four times the visitors have twice the radius', () => {
  expect(radiusOf(400, 400, 1) / radiusOf(100, 400, 1)).toBeCloseTo(2);
  expect(radiusOf(1, 1_000_000, 1)).toBe(4.4);
  expect(radiusOf(1, 1, 0.25)).toBe(2 * radiusOf(1, 1, 1));
  expect(radiusOf(1, 1, 4)).toBe(radiusOf(1, 1, 1));
});
