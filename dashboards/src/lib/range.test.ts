import { describe, expect, it } from 'vitest';
import {
  comparisonClause,
  comparisonParam,
  dateRange,
  DEFAULT_RANGE,
  lastMonthOf,
  parseComparison,
  parseInterval,
  parseRange,
  PRESETS,
  rangeParam,
  shifted,
  usualInterval,
  wallClock,
  yesterdayOf,
} from './range';

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

describe('the usual interval', () => {
  it.each([
    ['today', 'hour'],
    ['24h', 'hour'],
    ['7d', 'day'],
    ['30d', 'day'],
    ['91d', 'day'],
    ['12mo', 'week'],
    ['all', undefined],
    ['2026-01-01..2026-01-01', 'hour'],
    ['2026-01-01..2026-01-02', 'day'],
    ['2026-01-01..2026-04-02', 'day'],
    ['2026-01-01..2026-04-03', 'week'],
  ])('of %s is %s', (text, interval) => {
    expect(usualInterval(parseRange(text))).toBe(interval);
  });

  it('can be another one, if the chart can be read', () => {
    expect(parseInterval('hour', parseRange('7d'))).toBe('hour');
    expect(parseInterval('minute', parseRange('7d'))).toBeUndefined();
    expect(parseInterval('month', parseRange('12mo'))).toBe('month');
    expect(parseInterval('nonsense', parseRange('7d'))).toBeUndefined();
  });
});

describe('a comparison in the address', () => {
  it.each([undefined, 'previous_period', 'year_over_year~weekday', '2026-01-01..2026-01-07', '2026-01-01..2026-01-07~weekday'])(
    'is read back as it was written: %s',
    (text) => expect(comparisonParam(parseComparison(text ?? null))).toBe(text),
  );

  it.each(['nonsense', '2026-01-07..2026-01-01', '~weekday', ''])('that makes no sense is none: %j', (text) =>
    expect(parseComparison(text)).toEqual({ mode: 'none' }),
  );

  it('is not asked for where nothing can be before', () => {
    expect(comparisonClause(parseComparison('previous_period'), parseRange('all'))).toBeUndefined();
    expect(comparisonClause(parseComparison('2026-01-01..2026-01-07'), parseRange('7d'))).toEqual({
      mode: 'custom',
      date_range: ['2026-01-01', '2026-01-07'],
      match_day_of_week: false,
    });
  });
});

describe('the period before and after', () => {
  const today = '2026-11-28';
  const turn = (text: string, direction: -1 | 1) => {
    const range = shifted(parseRange(text), today, direction);
    return range && rangeParam(range);
  };

  it.each([
    ['today', -1, '2026-11-27..2026-11-27'],
    ['7d', -1, '2026-11-15..2026-11-21'],
    ['2026-11-15..2026-11-21', 1, '2026-11-22..2026-11-28'],
    ['month', -1, '2026-10-01..2026-10-31'],
    ['2026-10-01..2026-10-31', 1, '2026-11-01..2026-11-28'],
    ['2026-03-01..2026-03-31', -1, '2026-02-01..2026-02-28'],
    ['2026-11-20..2026-11-25', 1, '2026-11-26..2026-11-28'],
    ['today', 1, undefined],
    ['7d', 1, undefined],
    ['month', 1, undefined],
    ['all', -1, undefined],
  ] as const)('of %s by %i is %s', (text, direction, expected) => {
    expect(turn(text, direction)).toBe(expected);
  });

  it('has names of its own for two', () => {
    expect(yesterdayOf('2026-03-01')).toEqual({ kind: 'custom', from: '2026-02-28', to: '2026-02-28' });
    expect(lastMonthOf('2026-01-31')).toEqual({ kind: 'custom', from: '2025-12-01', to: '2025-12-31' });
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
