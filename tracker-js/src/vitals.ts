// Owns the web vitals of a view: how fast and how steady the page was, as <https://web.dev/articles/vitals> defines it. It does not decide
// when a view is over.
//
// What a document tells of its loading is of its first view. Later ones, of a single-page app or out of the back/forward cache, have shifts
// and interactions only.

import { on } from './auto-tell';
import { core } from './core';
import { guard } from './guard';

const enum Limit {
  /** Of shifts that belong together. */
  WindowMs = 5_000,
  GapMs = 1_000,
  /** A browser does not tell of shorter ones, but for the first. */
  InteractionMs = 40,
  /** One outlier is left out of so many interactions. */
  Interactions = 50,
  /** Those that are remembered. */
  Longest = 10,
  /** What the server takes. */
  Ms = 3_600_000,
  Shift = 1_000,
  /** From the end of the document to its first paint, where the browser does not tell whether it was in the background meanwhile. */
  PaintMs = 10_000,
}

interface Shift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

interface Interaction extends PerformanceEntry {
  readonly interactionId: number;
}

interface Timing extends PerformanceNavigationTiming {
  readonly activationStart?: number;
}

const { record_: record } = core;
const [navigation] = performance.getEntriesByType('navigation') as Timing[];
/** Before, the page was prerendered: nobody waited for it. */
const activatedAt = navigation?.activationStart || 0;

let isFirst = true;
let isTold = false;
let lcp: number | undefined;
let fcp: number | undefined;
let cls: number | undefined;
/** The sum, the first and the last of the shifts that belong together now. */
let shift: [value: number, firstAt: number, lastAt: number];
/** The longest interactions: of each, how long it took at most. */
let interactions: Map<number, number>;
/** How many there were, as far as they are told; the browser's own count, where it has one, when the view began. */
let told: number;
let countBefore = 0;
let newestId = 0;

const observers: [PerformanceObserver, (entry: never) => void][] = [];

const take = (run: (entry: never) => void, entries: PerformanceEntryList): void => entries.forEach((entry) => run(entry as never));

/** Returns true where the browser knows entries of this type. */
const observe = (type: string, run: (entry: never) => void): boolean => {
  const isKnown = PerformanceObserver.supportedEntryTypes.includes(type);
  if (isKnown) {
    const observer = new PerformanceObserver(guard((list: PerformanceObserverEntryList) => take(run, list.getEntries())));
    observer.observe({ type, buffered: true, durationThreshold: Limit.InteractionMs } as PerformanceObserverInit);
    observers.push([observer, run]);
  }
  return isKnown;
};

/** Returns when the page was hidden, or out of sight from the start: what is painted later is not what the visitor waited for. */
const hiddenAt = (): number => {
  const states = performance.getEntriesByType('visibility-state');
  if (!states[0]) return fcp! > navigation?.domContentLoadedEventEnd! + Limit.PaintMs ? 0 : Infinity;
  return states.find(({ name, startTime }) => name === 'hidden' && startTime >= activatedAt)?.startTime ?? Infinity;
};

const ms = (value: number | undefined): number | undefined =>
  value! <= Limit.Ms ? Math.max(Math.round(value!), 0) : undefined;

/** Returns a time of the loading as the visitor had it, if the page was in sight until then. */
const loading = (at: number | undefined): number | undefined => (isFirst && at! < hiddenAt() ? ms(at! - activatedAt) : undefined);

const interactionCount = (): number | undefined => (performance as { interactionCount?: number }).interactionCount;

/** Starts anew, for another view. */
const forget = (): void => {
  isTold = false;
  shift = [0, 0, 0];
  if (cls != null) cls = 0;
  interactions = new Map();
  told = 0;
};

/** Begins the vitals of a view that is not the first of the document. */
export const startVitals = (): void => {
  isFirst = false;
  forget();
  countBefore = interactionCount() || 0;
};

/** Tells the vitals of the view, once. */
export const tellVitals = (): void => {
  for (const [observer, run] of observers) take(run, observer.takeRecords());
  if (isTold || !observers[0]) return;
  isTold = true;
  const durations = [...interactions.values()].sort((a, b) => b - a);
  const count = Math.max((interactionCount() || 0) - countBefore, told);
  const vitals = {
    lcp: loading(lcp),
    inp: ms(durations[Math.min((count / Limit.Interactions) | 0, durations.length - 1)]),
    cls: cls == null ? cls : Math.round(Math.min(cls, Limit.Shift) * 10_000) / 10_000,
    fcp: loading(fcp),
    ttfb: isFirst && navigation?.responseStart ? ms(navigation.responseStart - activatedAt) : undefined,
  };
  if (JSON.stringify(vitals)[2]) record('vitals', vitals);
};

const onInteraction = ({ interactionId: id, duration }: Interaction): void => {
  if (!id) return;
  // Each has several entries: of the press, the release, the click.
  if (id > newestId) {
    newestId = id;
    told++;
  }
  interactions.set(id, Math.max(interactions.get(id) || 0, duration));
  if (interactions.size > Limit.Longest) {
    interactions.delete([...interactions].reduce((least, other) => (other[1] < least[1] ? other : least))[0]);
  }
};

forget();
guard(() => {
  if (!on('vitals')) return;
  observe('paint', ({ name, startTime }: PerformanceEntry) => {
    if (name === 'first-contentful-paint') fcp = startTime;
  });
  // The browser itself stops at the first input.
  observe('largest-contentful-paint', ({ startTime }: PerformanceEntry) => {
    if (startTime < hiddenAt()) lcp = startTime;
  });
  const knowsShifts = observe('layout-shift', ({ startTime, value, hadRecentInput }: Shift) => {
    if (hadRecentInput) return;
    const [sum, firstAt, lastAt] = shift;
    const goesOn = sum && startTime - lastAt < Limit.GapMs && startTime - firstAt < Limit.WindowMs;
    shift = goesOn ? [sum + value, firstAt, startTime] : [value, startTime, startTime];
    cls = Math.max(cls!, shift[0]);
  });
  // None is a measure, too.
  if (knowsShifts) cls = 0;
  observe('event', onInteraction);
  observe('first-input', onInteraction);
})();
