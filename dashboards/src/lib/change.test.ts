import { describe, expect, it } from 'vitest';
import type { ElementChange } from './api-types';
import { changeRows, growthOf } from './change';

const change = (element: string, rate_a: number, rate_b: number, q: number): ElementChange => ({
  element,
  a: rate_a * 100,
  b: rate_b * 100,
  rate_a,
  rate_b,
  q,
  changed: q < 0.05,
});

describe('changed elements', () => {
  it('stand first where it is no chance, the clearest of them first', () => {
    const rows = changeRows([
      change('#same', 0.9, 0.1, 0.4),
      change('#down', 0.1, 0.2, 0.01),
      change('#up', 0.2, 0.1, 0.001),
    ]);
    expect(rows.map(({ element, verdict }) => [element, verdict])).toEqual([
      ['#up', 'more'],
      ['#down', 'less'],
      ['#same', 'chance'],
    ]);
  });

  it.each([
    ['a third more', 0.4, 0.3, ['percent', '0.333']],
    ['half', 0.1, 0.2, ['percent', '-0.500']],
    ['many times', 0.5, 0.1, ['times', '5.000']],
    ['out of nothing', 0.1, 0, ['new', undefined]],
    ['to nothing', 0, 0.1, ['gone', undefined]],
  ])('are told as people say it: %s', (_name, now, before, told) => {
    const [row] = changeRows([change('#a', now, before, 0)]);
    const growth = growthOf(row!);
    const number = growth.kind === 'percent' ? growth.share : growth.kind === 'times' ? growth.factor : undefined;
    expect([growth.kind, number?.toFixed(3)]).toEqual(told);
  });
});
