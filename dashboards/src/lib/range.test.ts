import { describe, expect, it } from 'vitest';
import { dateRange, DEFAULT_RANGE, intervalOf, parseRange, PRESETS, rangeParam, wallClock } from './range';

describe('a range in the address', () => {
  it('is read back as it was written', () => {
    const ranges = [
      ...PRESETS.map((preset) => ({ kind: 'preset' as const, preset })),
      { kind: 'custom' as const, from: '2026-01-01', to: '2026-02-28' },
    ];
    for (const range of ranges) expect(parseRange(rangeParam(range) ?? null)).toEqual(range);
  });

  it.each([null, '', '8d', '2026-01-31..2026-01-01', '2026-02-30..2026-03-01', '2026-01-01', '2026-01-01..', 'a..b', '2026-1-1..2026-1-2'])(
    'that makes no sense is the default: %j',
    (text) => expect(parseRange(text)).toEqual(DEFAULT_RANGE),
  );
});

describe('a range for the API', () => {
  it('has the names of the Stats API, or two days', () => {
    expect(dateRange({ kind: 'preset', preset: 'today' })).toBe('day');
    expect(dateRange({ kind: 'preset', preset: '30d' })).toBe('30d');
    expect(dateRange({ kind: 'custom', from: '2026-01-01', to: '2026-01-31' })).toEqual(['2026-01-01', '2026-01-31']);
  });
});

describe('the interval', () => {
  it.each([
    ['today', 'hour'],
    ['24h', 'hour'],
    ['7d', 'day'],
    ['30d', 'day'],
    ['12mo', 'week'],
    ['2026-01-01..2026-01-01', 'hour'],
    ['2026-01-01..2026-01-02', 'day'],
    ['2026-01-01..2026-04-02', 'day'],
    ['2026-01-01..2026-04-03', 'week'],
  ])('of %s is the %s', (text, interval) => {
    expect(intervalOf(parseRange(text))).toBe(interval);
  });
});

describe('the wall clock of a site', () => {
  const now = new Date('2026-11-23T22:30:05Z');

  it('is that of its zone', () => {
    expect(wallClock(now, 'Europe/Sofia')).toBe('2026-11-24 00:30:05');
    expect(wallClock(now, 'America/New_York')).toBe('2026-11-23 17:30:05');
  });

  it('is UTC where the browser does not know the zone', () => {
    expect(wallClock(now, 'Mars/Olympus')).toBe('2026-11-23 22:30:05');
  });
});
