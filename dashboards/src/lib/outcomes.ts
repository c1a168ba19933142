// Owns the reading of outcomes: which reasons there are, what is missing, and the bars over time.

import type { OutcomeBucket, OutcomeReason, Outcomes, ReasonCount } from './api-types';
import type { MessageKey } from './i18n/catalogue';
import type { WallClock } from './i18n/format';
import { parseWallClock } from './series';

export const DROP_REASONS = ['hostname', 'bot', 'excluded_path', 'excluded_address', 'privacy_signal', 'prefetch', 'repeated'] as const;
export const REFUSAL_REASONS = ['rate_limited', 'unavailable'] as const;
export const OVERFLOW_KINDS = ['pathname', 'event_name', 'prop_key'] as const;

export type KnownReason = (typeof DROP_REASONS)[number] | (typeof REFUSAL_REASONS)[number];
export type KnownOverflow = (typeof OVERFLOW_KINDS)[number];
export type Fate = 'accepted' | 'dropped' | 'refused';

/** Reasons that the site's settings decide: the page leads there. */
const OF_THE_SETTINGS: readonly OutcomeReason[] = ['hostname', 'excluded_path', 'excluded_address', 'privacy_signal'];

/** More bars than this are told by week. */
const BARS_AT_MOST = 92;

export interface ReasonRow {
  fate: Exclude<Fate, 'accepted'>;
  reason: OutcomeReason;
  events: number;
  /** Of all events that reached the server, 0 to 1. */
  share: number;
}

/** `empty`: nothing reached the server. `complete`: nothing is missing. */
export type OutcomeState = 'empty' | 'complete' | 'missing';

export interface OutcomeSummary {
  state: OutcomeState;
  accepted: number;
  dropped: number;
  refused: number;
  /** All events that reached the server. */
  all: number;
  /** What is in no report. A batch that came twice is in the reports once: its repetition is not missing. */
  missing: number;
  /** Dropped before refused, most first; without reasons that did not occur. */
  rows: ReasonRow[];
  /** The row that most of the missing events are in. */
  main: ReasonRow | undefined;
}

export function summaryOf(outcomes: Pick<Outcomes, 'accepted' | 'dropped' | 'refused'>): OutcomeSummary {
  const [dropped, refused] = [sumOf(outcomes.dropped), sumOf(outcomes.refused)];
  const all = outcomes.accepted + dropped + refused;
  const rows = [...rowsOf('dropped', outcomes.dropped, all), ...rowsOf('refused', outcomes.refused, all)];
  const lost = rows.filter((row) => row.reason !== 'repeated');
  const missing = sumOf(lost);
  return {
    state: all === 0 ? 'empty' : missing === 0 ? 'complete' : 'missing',
    accepted: outcomes.accepted,
    dropped,
    refused,
    all,
    missing,
    rows,
    main: lost.reduce<ReasonRow | undefined>((most, row) => (most && most.events >= row.events ? most : row), undefined),
  };
}

function rowsOf(fate: ReasonRow['fate'], counts: readonly ReasonCount[], all: number): ReasonRow[] {
  return counts
    .filter(({ events }) => events > 0)
    .map(({ reason, events }) => ({ fate, reason, events, share: events / all }))
    .sort((a, b) => b.events - a.events || a.reason.localeCompare(b.reason, 'en'));
}

function sumOf(counts: readonly { events: number }[]): number {
  return counts.reduce((sum, { events }) => sum + events, 0);
}

export function isOfTheSettings(reason: OutcomeReason): boolean {
  return OF_THE_SETTINGS.includes(reason);
}

function isKnown(reason: OutcomeReason): reason is KnownReason {
  return [...DROP_REASONS, ...REFUSAL_REASONS].some((known) => known === reason);
}

/** Returns the message that names a reason; undefined for one of a newer server, whose word is its name. */
export function nameKeyOf(reason: OutcomeReason): `outcomes.name_${KnownReason}` | undefined {
  return isKnown(reason) ? `outcomes.name_${reason}` : undefined;
}

/** Returns the message that tells what a reason means and what its owner can do. */
export function meaningKeyOf(reason: OutcomeReason): `outcomes.why_${KnownReason | 'other'}` {
  return isKnown(reason) ? `outcomes.why_${reason}` : 'outcomes.why_other';
}

export function overflowKeyOf(kind: string): (MessageKey & `outcomes.overflow_${KnownOverflow}`) | undefined {
  const known = OVERFLOW_KINDS.find((name) => name === kind);
  return known && `outcomes.overflow_${known}`;
}

/** Returns the token of a reason's colour; of accepted events without one. */
export function tokenOf(reason?: OutcomeReason): string {
  if (reason === undefined) return '--outcome-accepted';
  return isKnown(reason) ? `--outcome-${reason.replaceAll('_', '-')}` : '--outcome-other';
}

/** What the bars of a chart stand for. */
export type OutcomeInterval = Outcomes['interval'] | 'week';

export interface OutcomePoint {
  at: WallClock;
  /** Its bucket is not over yet. */
  partial: boolean;
  counts: Pick<OutcomeBucket, Fate>;
}

export interface OutcomePoints {
  interval: OutcomeInterval;
  points: OutcomePoint[];
}

/** Makes the points of a chart: in order, without the buckets after `now` (the site's wall clock), by week where days are too many. */
export function outcomePoints(series: readonly OutcomeBucket[], by: Outcomes['interval'], now: string): OutcomePoints {
  const interval: OutcomeInterval = series.length > BARS_AT_MOST ? 'week' : by;
  const running = bucketOf(now, interval);
  const found = new Map<string, OutcomePoint>();
  for (const { time, ...counts } of [...series].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))) {
    const at = parseWallClock(time);
    const bucket = bucketOf(time, interval);
    if (at === undefined || bucket > running) continue;
    // TRICKY: when clocks go back an hour comes twice. By its offset it is another one.
    const key = interval === 'hour' ? time : bucket;
    const known = found.get(key);
    if (known) known.counts = added(known.counts, counts);
    else found.set(key, { at, partial: bucket === running, counts });
  }
  return { interval, points: [...found.values()] };
}

function added(a: OutcomePoint['counts'], b: OutcomePoint['counts']): OutcomePoint['counts'] {
  return { accepted: a.accepted + b.accepted, dropped: merged(a.dropped, b.dropped), refused: merged(a.refused, b.refused) };
}

function merged(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = { ...a };
  for (const [reason, events] of Object.entries(b)) sums[reason] = (sums[reason] ?? 0) + events;
  return sums;
}

export interface OutcomeLayer {
  fate: Fate;
  /** Undefined for what was accepted. */
  reason: OutcomeReason | undefined;
  token: string;
  /** Told apart from dropped ones by more than their colour. */
  striped: boolean;
  values: number[];
}

/** Returns the layers of the bars from the ground up: accepted, then the reasons in the order of the table. */
export function layersOf(points: readonly OutcomePoint[], rows: readonly ReasonRow[], withAccepted: boolean): OutcomeLayer[] {
  const accepted: OutcomeLayer = {
    fate: 'accepted',
    reason: undefined,
    token: tokenOf(),
    striped: false,
    values: points.map(({ counts }) => counts.accepted),
  };
  const reasons = rows.map(({ fate, reason }): OutcomeLayer => ({
    fate,
    reason,
    token: tokenOf(reason),
    striped: fate === 'refused',
    values: points.map(({ counts }) => counts[fate][reason] ?? 0),
  }));
  return withAccepted ? [accepted, ...reasons] : reasons;
}

/** Returns a text that is equal for all moments of a bucket and sorts by time. */
function bucketOf(label: string, interval: OutcomeInterval): string {
  if (interval === 'hour') return label.slice(0, 13).replace('T', ' ');
  const day = label.slice(0, 10);
  return interval === 'day' ? day : mondayOf(day);
}

function mondayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}
