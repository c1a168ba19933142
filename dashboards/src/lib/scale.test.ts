import { describe, expect, it } from 'vitest';
import { labelledIndices, niceScale, type ScaleKind } from './scale';

describe('the vertical scale', () => {
  it.each<[number, ScaleKind, number[]]>([
    [0, 'count', [0, 1]],
    [1, 'count', [0, 1]],
    [3, 'count', [0, 1, 2, 3]],
    [9, 'count', [0, 3, 6, 9]],
    [87, 'count', [0, 25, 50, 75, 100]],
    [1370, 'count', [0, 500, 1000, 1500]],
    [2.7, 'decimal', [0, 1, 2, 3]],
    [0.6, 'decimal', [0, 0.2, 0.4, 0.6]],
    [200, 'duration', [0, 60, 120, 180, 240]],
    [7000, 'duration', [0, 1800, 3600, 5400, 7200]],
  ])('of %d as %s', (highest, kind, ticks) => {
    expect(niceScale(highest, kind).ticks).toEqual(ticks);
  });

  it('always reaches the highest value, with few ticks', () => {
    for (const kind of ['count', 'decimal', 'duration'] as const) {
      for (let highest = 1; highest < 1e7; highest = highest * 1.37 + 1) {
        const { top, ticks } = niceScale(highest, kind);
        expect(top, `${kind} ${highest}`).toBeGreaterThanOrEqual(highest);
        expect(ticks.length, `${kind} ${highest}`).toBeLessThanOrEqual(6);
      }
    }
  });

  it('has whole numbers only for counts', () => {
    for (let highest = 0; highest < 60; highest += 1) {
      expect(niceScale(highest, 'count').ticks.every(Number.isInteger)).toBe(true);
    }
  });
});

describe('the labels of the time axis', () => {
  it('are evenly spaced, and the last point has one', () => {
    expect(labelledIndices(7, 10)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(labelledIndices(7, 3)).toEqual([0, 3, 6]);
    expect(labelledIndices(1, 5)).toEqual([0]);
    expect(labelledIndices(0, 5)).toEqual([]);
    expect(labelledIndices(4, 0)).toEqual([3]);
  });
});
