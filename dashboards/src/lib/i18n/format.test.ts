import { describe, expect, it } from 'vitest';
import * as format from './format';

/** Intl writes no-break and narrow no-break spaces; here they are all one. */
const plain = (text: string | undefined) => text?.replace(/[\u00a0\u202f]/g, ' ');

describe('numbers', () => {
  it('are grouped by language', () => {
    expect(format.formatNumber(12345, 'en')).toBe('12,345');
    expect(plain(format.formatNumber(12345, 'bg'))).toBe('12 345');
  });

  it('are an en dash where there is none', () => {
    for (const write of [format.formatNumber, format.formatDecimal, format.formatCompact, format.formatShare, format.formatDuration]) {
      expect(write(undefined, 'en')).toBe('–');
      expect(write(null, 'en')).toBe('–');
    }
    expect(format.formatNumber(Number.NaN, 'en')).toBe('–');
  });

  it('become short from a hundred thousand on', () => {
    expect(format.formatCompact(99_999, 'en')).toBe('99,999');
    expect(format.formatCompact(1_234_567, 'en')).toBe('1.23M');
    expect(plain(format.formatCompact(1_234_567, 'bg'))).toBe('1,23 млн.');
  });

  it('have one decimal place where they are an average', () => {
    expect(format.formatDecimal(2, 'en')).toBe('2.0');
    expect(format.formatDecimal(2.25, 'bg')).toBe('2,3');
  });
});

describe('shares', () => {
  it.each([
    [0, '0%'],
    [0.0042, '0.4%'],
    [0.0994, '9.9%'],
    [0.0996, '10%'],
    [0.456, '46%'],
    [1, '100%'],
  ])('%d is %s', (share, text) => {
    expect(format.formatShare(share, 'en')).toBe(text);
  });

  it.each([
    [0, '0%'],
    [0.0000004, '<0.1%'],
    [0.00099, '<0.1%'],
    [0.001, '0.1%'],
    [0.0376, '3.8%'],
    [0.9, '90.0%'],
    [0.999, '99.9%'],
    [0.99996, '>99.9%'],
    [1, '100%'],
  ])('of a whole are neither nothing nor all by rounding: %d is %s', (share, text) => {
    expect(format.formatPart(share, 'en')).toBe(text);
  });

  it('of a whole are written in the way of the language, an en dash where there is no whole', () => {
    expect(plain(format.formatPart(0.0376, 'bg'))).toBe('3,8%');
    expect(format.formatPart(Number.NaN, 'en')).toBe('–');
    expect(format.formatPart(undefined, 'bg')).toBe('–');
  });

  it('are also written from percent', () => {
    expect(format.formatPercent(47, 'en')).toBe('47%');
    expect(format.formatPercent(null, 'en')).toBe('–');
  });
});

describe('growths', () => {
  it('have their sign', () => {
    expect(format.formatSignedShare(0.336, 'en')).toBe('+34%');
    expect(format.formatSignedShare(-0.5, 'en')).toBe('-50%');
    expect(format.formatSignedShare(0, 'en')).toBe('0%');
    expect(format.formatSignedShare(undefined, 'en')).toBe('–');
  });
});

describe('durations', () => {
  it.each([
    [0.44, '0.4s', '0,4 с'],
    [12.4, '12s', '12 с'],
    [61, '1m 1s', '1 мин 1 с'],
    [undefined, '–', '–'],
  ])('that are short have tenths: %s', (seconds, english, bulgarian) => {
    expect(plain(format.formatSeconds(seconds, 'en'))).toBe(english);
    expect(plain(format.formatSeconds(seconds, 'bg'))).toBe(bulgarian);
  });

  it.each([
    [0, '0s', '0 с'],
    [59.6, '1m', '1 мин'],
    [185, '3m 5s', '3 мин 5 с'],
    [3600, '1h', '1 ч'],
    [3725, '1h 2m', '1 ч 2 мин'],
  ])('of %d seconds', (seconds, english, bulgarian) => {
    expect(plain(format.formatDuration(seconds, 'en'))).toBe(english);
    expect(plain(format.formatDuration(seconds, 'bg'))).toBe(bulgarian);
  });

  it('of less than a minute have no text of their own in the list of visitors', () => {
    expect(format.formatMinutes(59_999, 'en')).toBeUndefined();
    expect(plain(format.formatMinutes(60_000, 'en'))).toBe('1 min');
    expect(plain(format.formatMinutes(3 * 3_600_000, 'bg'))).toBe('3 ч');
  });
});

describe('wall clock times', () => {
  const at = new Date('2026-11-23T09:00:00Z');

  it('are written as they are, in no zone', () => {
    expect(format.formatHour(at, 'en')).toBe('09:00');
    expect(format.formatHour(new Date('2026-11-23T00:00:00Z'), 'en')).toBe('00:00');
    expect(plain(format.formatHour(at, 'en', 'h12'))).toBe('9:00 AM');
    expect(plain(format.formatHour(new Date('2026-11-23T00:00:00Z'), 'en', 'h12'))).toBe('12:00 AM');
    expect(plain(format.formatHour(new Date('2026-11-23T13:05:00Z'), 'bg', 'h12'))).toMatch(/^1:05/);
    expect(format.formatDay(at, 'en')).toBe('Nov 23');
    expect(format.formatLongDay(at, 'en')).toBe('Mon, Nov 23, 2026');
    expect(plain(format.formatLongDay(at, 'bg'))).toMatch(/^пн, 23\.11\.2026/);
  });
});

describe('countries', () => {
  it('have their name in the language', () => {
    expect(format.countryName('BG', 'en')).toBe('Bulgaria');
    expect(format.countryName('bg', 'bg')).toBe('България');
  });

  it('keep what is no code, and tell where there is nothing', () => {
    expect(format.countryName('', 'en')).toBeUndefined();
    expect(format.countryName('<b>', 'en')).toBe('<b>');
    expect(format.countryName('ZQ', 'en')).toBe('ZQ');
  });
});
