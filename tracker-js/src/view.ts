// Owns the page view: one look at one page, from its start to its report. It does not listen to anything.
//
// All that takes its time happens at the tick, twice a second: it costs the page less than to answer each of its events.

import { close, flush } from './beacon';
import { now } from './clock';
import { hash, load, site } from './config';
import { accept, waitingCalls } from './custom-events';
import { guard } from './guard';
import { News, type Page, type Told } from './link';

const enum Format {
  Version = 1,
}

const enum Limit {
  UrlCharacters = 2_048,
  /** Of engagement. The server forgets a visitor after five minutes without a sign. */
  ReportMs = 15_000,
  /** No honest gap between two ticks is longer: the computer slept in between. */
  GapMs = 30_000,
}

/** The view that is being looked at, as the head of its beacons; none before the page is first seen and after it is left. */
export let view: { [key: string]: string | number | boolean | undefined; n: number } | undefined;

/** The page as last measured; until then near enough, and it costs no layout. */
export let page = [
  [outerWidth, outerHeight],
  [outerWidth, outerHeight],
] as unknown as Page;

/** What tells this page from another one of the site. */
let place: string;
let startedAt: number;
/** Since the last report. */
let engagedMs: number;
/** The lowest page pixel that was on screen so far; and what the last report told of that. */
let depth: number;
let told: number;

let lookedAt: number;
/** The page was visible and focused then. */
let engaged: boolean;
/** Ticks until the page is measured; 0 if it need not be. */
let unmeasured: number;

/** Tells the heat-map module. */
export const tell = (...news: Told): unknown => accept.hear_(news, page, startedAt, engagedMs, depth);

/**
 * Takes in how large the page is and which part of it is on screen. To be called in a click or when the browser is idle, for it makes
 * the browser lay out the page.
 *
 * TRICKY: with `html, body { height: 100%; overflow: auto }` it is the body that scrolls, not the window. In quirks mode the body
 * speaks for the page.
 */
accept.measure_ = () => {
  const { body, documentElement } = document;
  page = [
    [innerWidth, innerHeight],
    [
      Math.max(documentElement.scrollWidth, body.scrollWidth),
      Math.max(documentElement.scrollHeight, body.scrollHeight),
    ],
    [scrollX || body.scrollLeft, scrollY || body.scrollTop],
  ];
  depth = Math.max(depth, page[2][1] + innerHeight);
  return page;
};

/** Records what has happened since the last report: time engaged, and how far the page was seen. */
const report = (): void => {
  if (view && engagedMs + depth > told + 1) {
    accept.record_('engagement', { engaged: engagedMs | 0, depth: (Math.min(depth / page[1][1], 1) * 100 + 0.5) | 0 });
    tell(News.Report);
    engagedMs = 0;
    told = depth;
  }
};

/** Ends the view. */
const leaveView = (): void => {
  report();
  // Where there is no view, it is not recorded.
  accept.record_('leave');
  close();
  view = undefined;
};

/** Moves all on to now. `event` if the page has just been hidden, or shown. */
export const tick = guard((event?: Event) => {
  const { hidden } = document;
  // The fragment, where it is a route of the page: `#/cart`, `#!/cart`.
  const route = (hash == '' && /^#[/!][^?]*/.exec(location.hash)) || '';
  const placeNow = location.pathname + route;
  const time = now();
  if (engaged) engagedMs += Math.min(time - lookedAt, Limit.GapMs);
  lookedAt = time;
  // A focused frame inside the page counts as focus.
  engaged = !hidden && document.hasFocus();
  if (hidden || engagedMs > Limit.ReportMs) report();
  if (event) flush(hidden);
  if (place != placeNow) leaveView();
  // A page that is prerendered or opened in the background has not been seen; a script in the head runs before there is a body.
  if (!view && !hidden && document.body) {
    accept.early_ = [];
    view = {
      v: Format.Version,
      site,
      // 16 random digits.
      view: crypto.getRandomValues(new Uint32Array(4)).join('').slice(-16),
      n: 0,
      // User info and other fragments are not sent: they may hold secrets.
      url: (location.origin + location.pathname + location.search + route).slice(0, Limit.UrlCharacters),
      // There is no `view` yet: what is `undefined` is left out, and this is its shortest name.
      hash: hash == '' || view,
      // How the visitor came to the first view of a document.
      referrer: page[2] ? view : document.referrer,
    };
    place = placeNow;
    startedAt = time;
    engagedMs = depth = told = 0;
    // TRICKY: after pushState the old page is still on screen, scrolled as it was; its position is not that of the new page. A router
    // shows the new one, and scrolls to its top, some time later: it is measured two ticks after the look that found it.
    unmeasured = page[2] ? 3 : 1;
    accept.record_('pageview');
    waitingCalls.splice(0).map((call) => accept(...call));
  }
  if (unmeasured && !--unmeasured) {
    // Safari has no idle callback. TRICKY: without a time limit Chromium may never find a page idle that was clicked on; to
    // `setTimeout` the limit means nothing.
    (window.requestIdleCallback || setTimeout)(
      guard(() => {
        if (!page[2]) {
          load('heatmap');
          load('auto');
        }
        accept.measure_();
        tell(News.Measured);
        setTimeout(flush);
      }),
      { timeout: 500 } as never,
    );
  }
});

/** What a page tells of itself. */
export const listeners = {
  visibilitychange: tick,
  scroll: () => (unmeasured = 1),
  pagehide: () => {
    tick();
    leaveView();
    // By a way that outlives the page: it is gone, or asleep in the back/forward cache.
    flush(true);
  },
  click: (event: MouseEvent) => {
    // The page may have another address since the last tick.
    tick();
    tell(event, event.composedPath());
  },
};
