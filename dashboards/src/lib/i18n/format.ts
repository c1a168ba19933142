// Owns how numbers, spans of time and dates are written, by language. Pure; missing values become an en dash.

const NOTHING = '–';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.DisplayNames>();

/** Intl objects take long to make and are asked for in every row of a table. */
function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.DisplayNames>(key: string, make: () => T): T {
  let found = cache.get(key);
  if (!found) {
    found = make();
    cache.set(key, found);
  }
  return found as T;
}

function number(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return cached(`number ${language} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(language, options));
}

function date(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return cached(`date ${language} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(language, options));
}

type Maybe<T> = T | null | undefined;

export function formatNumber(value: Maybe<number>, language: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  return number(language, { maximumFractionDigits: 0 }).format(value);
}

/** One decimal place, always: a column of them stays aligned. */
export function formatDecimal(value: Maybe<number>, language: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  return number(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
}

/** Whole up to 99 999, then short: `1.2M`. */
export function formatCompact(value: Maybe<number>, language: string): string {
  if (value === null || value === undefined || Math.abs(value) < 100_000) return formatNumber(value, language);
  return number(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
}

/** Takes a share of 1. Below 10 % one decimal place, so that small shares do not all become 0. */
export function formatShare(share: Maybe<number>, language: string): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NOTHING;
  const digits = share > 0 && share < 0.0995 ? 1 : 0;
  return number(language, { style: 'percent', maximumFractionDigits: digits }).format(share);
}

/**
 * Takes a share of 1, and has one decimal place but for nothing and all. A trace of the one or the other is told as such:
 * three events of a million are `<0.1%`, and the rest are not `100%`.
 */
export function formatPart(share: Maybe<number>, language: string): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NOTHING;
  const write = (value: number) =>
    number(language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
  if (share <= 0 || share >= 1) return formatShare(share, language);
  if (share < 0.001) return `<${write(0.001)}`;
  if (share > 0.999) return `>${write(0.999)}`;
  return write(share);
}

/** Takes 0 to 100, as the reports give bounce rates. */
export function formatPercent(percent: Maybe<number>, language: string): string {
  return formatShare(percent === null || percent === undefined ? percent : percent / 100, language);
}

/** A growth, with its sign: `+34%`. */
export function formatSignedShare(share: Maybe<number>, language: string): string {
  if (share === null || share === undefined || Number.isNaN(share)) return NOTHING;
  return number(language, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(share);
}

/** A change of a percentage, with its sign, in points: `+1.8`. */
export function formatPoints(points: Maybe<number>, language: string): string {
  if (points === null || points === undefined || Number.isNaN(points)) return NOTHING;
  return number(language, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(points);
}

/** An amount in its currency, without cents where it is large. */
export function formatMoney({ value, currency }: { value: number; currency: string }, language: string): string {
  const whole = Math.abs(value) >= 1_000;
  const options = { style: 'currency', currency, maximumFractionDigits: whole ? 0 : 2 } as const;
  try {
    return number(language, options).format(value);
  } catch {
    // A currency that the browser does not know.
    return `${formatDecimal(value, language)} ${currency}`;
  }
}

/** Milliseconds, as seconds from one second on: `340 ms`, `2.4 s`. */
export function formatMilliseconds(value: Maybe<number>, language: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  const [amount, unit, digits] = value < 1_000 ? [value, 'millisecond', 0] : [value / 1_000, 'second', value < 10_000 ? 2 : 1];
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits } as Intl.NumberFormatOptions;
  return number(language, options).format(amount).replace(' ', '\u00a0');
}

/** A layout shift: a plain number, mostly far below one. */
export function formatShift(value: Maybe<number>, language: string): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NOTHING;
  return number(language, { maximumFractionDigits: 3 }).format(value);
}

/** Short times: tenths below ten seconds, as a duration above a minute. */
export function formatSeconds(seconds: Maybe<number>, language: string): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds) || seconds >= 60) return formatDuration(seconds, language);
  const digits = seconds < 10 ? 1 : 0;
  const options = { style: 'unit', unit: 'second', unitDisplay: 'narrow', minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  return number(language, options).format(seconds).replace(' ', '\u00a0');
}

/** Writes the two largest units: `42s`, `3m 5s`, `1h 2m`. */
export function formatDuration(seconds: Maybe<number>, language: string): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return NOTHING;
  const whole = Math.max(0, Math.round(seconds));
  const part = (value: number, unit: 'hour' | 'minute' | 'second') =>
    number(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(value).replace(' ', '\u00a0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = whole % 60;
  if (hours > 0) return minutes > 0 ? `${part(hours, 'hour')} ${part(minutes, 'minute')}` : part(hours, 'hour');
  if (minutes > 0) return rest > 0 ? `${part(minutes, 'minute')} ${part(rest, 'second')}` : part(minutes, 'minute');
  return part(rest, 'second');
}

/** Writes whole minutes or hours, for "here since"; undefined below a minute. */
export function formatMinutes(milliseconds: number, language: string): string | undefined {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return undefined;
  const [value, unit] = minutes < 60 ? [minutes, 'minute' as const] : [Math.floor(minutes / 60), 'hour' as const];
  return number(language, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/**
 * A moment of the site's wall clock, held as if it were UTC. Browsers cannot compute in another zone,
 * and a chart has no need to: the server made the buckets.
 */
export type WallClock = Date;

export type HourCycle = 'h12' | 'h23';

export function formatHour(at: WallClock, language: string, hourCycle: HourCycle = 'h23'): string {
  const hour = hourCycle === 'h12' ? 'numeric' : '2-digit';
  return date(language, { hour, minute: '2-digit', hourCycle, timeZone: 'UTC' }).format(at);
}

/** Day and time in the zone of the browser: for what is about its reader, not about a site. */
export function formatMoment(at: Date, language: string, hourCycle: HourCycle = 'h23'): string {
  return date(language, { dateStyle: 'medium', timeStyle: 'short', hourCycle }).format(at);
}

/** A moment to the second. */
export function formatTime(at: WallClock, language: string, hourCycle: HourCycle = 'h23'): string {
  const hour = hourCycle === 'h12' ? 'numeric' : '2-digit';
  return date(language, { hour, minute: '2-digit', second: '2-digit', hourCycle, timeZone: 'UTC' }).format(at);
}

export function formatDay(at: WallClock, language: string): string {
  return date(language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(at);
}

export function formatLongDay(at: WallClock, language: string): string {
  return date(language, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
}

export function formatMonth(at: WallClock, language: string): string {
  return date(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at);
}

export function formatShortMonth(at: WallClock, language: string): string {
  return date(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
}

/** Two days as one text: `3 – 9 Nov 2026`. */
export function formatSpan([from, to]: readonly [WallClock, WallClock], language: string): string {
  const options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  const format = cached(`date ${language} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(language, options));
  return from.getTime() === to.getTime() ? format.format(from) : format.formatRange(from, to);
}

/** Returns the country's name, the code itself where the browser knows none, undefined for no code. */
export function countryName(code: string, language: string): string | undefined {
  if (code === '') return undefined;
  if (!/^[A-Za-z]{2}$/.test(code)) return code;
  const names = cached(`country ${language}`, () => new Intl.DisplayNames(language, { type: 'region', fallback: 'code' }));
  return names.of(code.toUpperCase()) ?? code;
}
