import { describe, expect, it } from 'vitest';
import { heightsOf, totalsOf } from './stack';

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe('the height of a bar', () => {
  it('is the sum of its layers', () => {
    expect(totalsOf([[1, 2, 3], [10, 20, 30]])).toEqual([11, 22, 33]);
    expect(totalsOf([])).toEqual([]);
  });
});

describe('the parts of a bar', () => {
  it('are as high as they are where all can be seen', () => {
    expect(heightsOf([80, 20, 0], 2)).toEqual([80, 20, 0]);
  });

  it('can be seen however small, and the others give the room for it', () => {
    const heights = heightsOf([100, 0.01, 0, 0.3], 2);
    expect(heights[1]).toBe(2);
    expect(heights[2]).toBe(0);
    expect(heights[3]).toBe(2);
    expect(sum(heights)).toBeCloseTo(100.31);
  });

  it('are together higher than the bar only where it is too low for them', () => {
    expect(heightsOf([0.1, 0.1], 2)).toEqual([2, 2]);
    expect(heightsOf([0, 0], 2)).toEqual([0, 0]);
  });
});
