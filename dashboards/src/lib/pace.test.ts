import { describe, expect, it } from 'vitest';
import { Pace } from './pace';

describe('the pace', () => {
  it('is three seconds where answers are quick and there is news', () => {
    const pace = new Pace(0);
    pace.begin(0)(40);
    expect(pace.isDue(2_999, true)).toBe(false);
    expect(pace.isDue(3_000, true)).toBe(true);
    expect(pace.isDue(5_999, true)).toBe(false);
  });

  it('is a minute without news', () => {
    const pace = new Pace(0);
    expect(pace.isDue(59_999, false)).toBe(false);
    expect(pace.isDue(60_000, false)).toBe(true);
  });

  it('follows the slowest answer of the last round, up to a minute', () => {
    const pace = new Pace(0);
    pace.begin(0)(500);
    pace.begin(0)(20);
    expect(pace.isDue(9_999, true)).toBe(false);
    expect(pace.isDue(10_000, true)).toBe(true);
    expect(pace.isDue(13_000, true)).toBe(true);
    pace.begin(13_000)(43_000);
    expect(pace.isDue(72_999, true)).toBe(false);
    expect(pace.isDue(73_000, true)).toBe(true);
  });

  it('does not ask while an answer is awaited', () => {
    const pace = new Pace(0);
    const [first, second] = [pace.begin(0), pace.begin(0)];
    first(10);
    expect(pace.isDue(100_000, true)).toBe(false);
    second(100_000);
    expect(pace.isDue(100_000, true)).toBe(true);
  });
});
