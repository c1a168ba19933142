import { describe, expect, it } from 'vitest';
import tokens from '../styles/tokens.css?raw';
import type { OutcomeBucket } from './api-types';
import { bg } from './i18n/bg';
import { en } from './i18n/en';
import {
  DROP_REASONS,
  isOfTheSettings,
  layersOf,
  meaningKeyOf,
  nameKeyOf,
  outcomePoints,
  OVERFLOW_KINDS,
  overflowKeyOf,
  REFUSAL_REASONS,
  summaryOf,
  tokenOf,
} from './outcomes';

const CATALOGUES = { en, bg };

const REASONS = [...DROP_REASONS, ...REFUSAL_REASONS];

const aBucket = (time: string, accepted: number, counts: Partial<OutcomeBucket> = {}): OutcomeBucket => ({
  time,
  accepted,
  dropped: {},
  refused: {},
  ...counts,
});

describe('a summary', () => {
  it('adds up, and has the reasons most first, dropped before refused, without those that did not occur', () => {
    const summary = summaryOf({
      accepted: 900,
      dropped: [
        { reason: 'prefetch', events: 0 },
        { reason: 'hostname', events: 20 },
        { reason: 'bot', events: 60 },
      ],
      refused: [{ reason: 'unavailable', events: 5 }, { reason: 'rate_limited', events: 15 }],
    });
    expect(summary).toMatchObject({ accepted: 900, dropped: 80, refused: 20, all: 1000, missing: 100, state: 'missing' });
    expect(summary.rows).toEqual([
      { fate: 'dropped', reason: 'bot', events: 60, share: 0.06 },
      { fate: 'dropped', reason: 'hostname', events: 20, share: 0.02 },
      { fate: 'refused', reason: 'rate_limited', events: 15, share: 0.015 },
      { fate: 'refused', reason: 'unavailable', events: 5, share: 0.005 },
    ]);
    expect(summary.main?.reason).toBe('bot');
  });

  it('has reasons of the same size in an order that stays', () => {
    const counts = ['prefetch', 'bot', 'hostname'].map((reason) => ({ reason, events: 1 }));
    const order = (dropped: typeof counts) => summaryOf({ accepted: 0, dropped, refused: [] }).rows.map(({ reason }) => reason);
    expect(order(counts)).toEqual(['bot', 'hostname', 'prefetch']);
    expect(order(counts.toReversed())).toEqual(order(counts));
  });

  it('names a refusal as the main reason where it took the most', () => {
    const summary = summaryOf({
      accepted: 1,
      dropped: [{ reason: 'bot', events: 3 }],
      refused: [{ reason: 'rate_limited', events: 4 }],
    });
    expect(summary.main?.reason).toBe('rate_limited');
  });

  it('is empty where nothing reached the server', () => {
    expect(summaryOf({ accepted: 0, dropped: [{ reason: 'bot', events: 0 }], refused: [] })).toMatchObject({
      state: 'empty',
      rows: [],
      main: undefined,
    });
  });

  it('is complete where all was accepted', () => {
    expect(summaryOf({ accepted: 3, dropped: [], refused: [] })).toMatchObject({ state: 'complete', missing: 0, main: undefined });
  });

  it('does not take a repetition for something missing, and still shows it', () => {
    const summary = summaryOf({ accepted: 3, dropped: [{ reason: 'repeated', events: 9 }], refused: [] });
    expect(summary).toMatchObject({ state: 'complete', dropped: 9, missing: 0, main: undefined });
    expect(summary.rows.map(({ reason }) => reason)).toEqual(['repeated']);
  });

  it('is missing everything where all was dropped', () => {
    const summary = summaryOf({ accepted: 0, dropped: [{ reason: 'hostname', events: 7 }], refused: [] });
    expect(summary).toMatchObject({ state: 'missing', missing: 7, all: 7 });
    expect(summary.rows[0]?.share).toBe(1);
  });
});

describe('the texts', () => {
  it.each(REASONS)('of %s are in both languages, and differ', (reason) => {
    for (const key of [nameKeyOf(reason), meaningKeyOf(reason)]) {
      expect(key).toBeDefined();
      expect(key && CATALOGUES.en[key]).toBeTruthy();
      expect(key && CATALOGUES.bg[key]).toBeTruthy();
      expect(key && CATALOGUES.bg[key]).not.toBe(key && CATALOGUES.en[key]);
    }
  });

  it.each(OVERFLOW_KINDS)('of values over the cap exist for %s, with advice', (kind) => {
    const key = overflowKeyOf(kind);
    for (const { code } of [{ code: 'en' }, { code: 'bg' }] as const) {
      expect(key && CATALOGUES[code][key]).toBeTruthy();
      expect(key && CATALOGUES[code][`${key}_text`]).toBeTruthy();
    }
  });

  it('of a reason of a newer server are its own word and a general sentence', () => {
    expect(nameKeyOf('tarpit')).toBeUndefined();
    expect(meaningKeyOf('tarpit')).toBe('outcomes.why_other');
    expect(overflowKeyOf('referrer')).toBeUndefined();
    expect(nameKeyOf('other')).toBeUndefined();
  });

  it('lead to the settings where these decide', () => {
    expect(REASONS.filter(isOfTheSettings)).toEqual(['hostname', 'excluded_path', 'excluded_address', 'privacy_signal']);
  });
});

describe('the colours', () => {
  const valueOf = (token: string) => new RegExp(`^\\s*${token}: (.*);$`, 'm').exec(tokens)?.[1];

  it('are in the stylesheet, one for each, in both themes', () => {
    const all = [undefined, ...REASONS, 'tarpit'].map((reason) => valueOf(tokenOf(reason)));
    expect(all.every((value) => value?.startsWith('light-dark('))).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('points of the bars', () => {
  const shape = ({ points }: ReturnType<typeof outcomePoints>) =>
    points.map(({ at, counts, partial }) => [at.toISOString().slice(0, 16), counts.accepted, partial]);

  it('are in order, in the wall clock of the site, without hours that are still to come', () => {
    const series = [
      aBucket('2026-11-27T10:00:00+02:00', 2),
      aBucket('2026-11-27T09:00:00+02:00', 1),
      aBucket('2026-11-27T11:00:00+02:00', 0),
    ];
    const drawn = outcomePoints(series, 'hour', '2026-11-27 10:20:00');
    expect(shape(drawn)).toEqual([
      ['2026-11-27T09:00', 1, false],
      ['2026-11-27T10:00', 2, true],
    ]);
    expect(drawn.interval).toBe('hour');
  });

  it('keep both hours where clocks go back', () => {
    const series = [
      aBucket('2026-10-25T03:00:00+03:00', 1),
      aBucket('2026-10-25T03:00:00+02:00', 2),
      aBucket('2026-10-25T04:00:00+02:00', 3),
    ];
    expect(shape(outcomePoints(series.toReversed(), 'hour', '2026-10-26 00:00:00')).map(([, accepted]) => accepted)).toEqual([1, 2, 3]);
  });

  it('are by week where days are too many, and the sums stay', () => {
    const days = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10));
    const series = days.map((day) => aBucket(`${day}T00:00:00+00:00`, 2, { dropped: { bot: 1 }, refused: { unavailable: 3 } }));
    const { interval, points } = outcomePoints(series, 'day', '2026-12-31 12:00:00');
    expect(interval).toBe('week');
    expect(points).toHaveLength(53);
    const sum = (read: (counts: (typeof points)[number]['counts']) => number | undefined) =>
      points.reduce((total, { counts }) => total + (read(counts) ?? 0), 0);
    expect(sum(({ accepted }) => accepted)).toBe(730);
    expect(sum(({ dropped }) => dropped['bot'])).toBe(365);
    expect(sum(({ refused }) => refused['unavailable'])).toBe(1095);
    expect(points.map(({ partial }) => partial).indexOf(true)).toBe(52);
  });
});

describe('the layers of the bars', () => {
  const { points } = outcomePoints(
    [
      aBucket('2026-11-26T00:00:00+02:00', 10, { dropped: { bot: 1 } }),
      aBucket('2026-11-27T00:00:00+02:00', 20, { dropped: { hostname: 5 }, refused: { rate_limited: 2 } }),
    ],
    'day',
    '2026-11-27 12:00:00',
  );
  const { rows } = summaryOf({
    accepted: 30,
    dropped: [{ reason: 'bot', events: 1 }, { reason: 'hostname', events: 5 }],
    refused: [{ reason: 'rate_limited', events: 2 }],
  });

  it('stand on what was accepted, in the order of the table; what was refused is striped', () => {
    const layers = layersOf(points, rows, true);
    expect(layers.map(({ reason, values, striped }) => [reason, values, striped])).toEqual([
      [undefined, [10, 20], false],
      ['hostname', [0, 5], false],
      ['bot', [1, 0], false],
      ['rate_limited', [0, 2], true],
    ]);
  });

  it('can leave out what was accepted', () => {
    expect(layersOf(points, rows, false).map(({ fate }) => fate)).toEqual(['dropped', 'dropped', 'refused']);
  });
});
