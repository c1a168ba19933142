import { describe, expect, it } from 'vitest';
import { KEYS, keyOf, rangeByKey } from './period-keys';
import { parseRange, PRESETS, rangeParam } from './range';

const today = '2026-11-28';
const press = (key: string, from = '7d') => {
  const range = rangeByKey(key, parseRange(from), today);
  return range && (rangeParam(range) ?? '7d');
};

describe('the keys of the overview', () => {
  it.each([
    ['d', 'today'],
    ['D', 'today'],
    ['e', '2026-11-27..2026-11-27'],
    ['w', '7d'],
    ['m', 'month'],
    ['p', '2026-10-01..2026-10-31'],
    ['ArrowLeft', '2026-11-15..2026-11-21'],
    ['ArrowRight', undefined],
    ['q', undefined],
    ['constructor', undefined],
  ])('%s asks for %s', (key, expected) => expect(press(key)).toBe(expected));

  it('are told, one for each period, and none twice', () => {
    for (const preset of PRESETS) expect(keyOf(preset), preset).toMatch(/^[A-Z]$/);
    expect(new Set(KEYS.map(({ key }) => key)).size).toBe(KEYS.length);
  });
});
