// Owns the start of the script of automatic events, and its place between the core and what that records. The core loads it beside the heat
// map, when the browser is idle and the first view has begun; where it is blocked, the core goes on without it.
//
// `data-auto` on the tag of the core names what is on; without it all is.

import { on, told, tell } from './auto-tell';
import { core } from './core';
import { guard, listen } from './guard';
import { onClick, onSubmit, watchRoots } from './auto-links';
import { countSearch, lookForSearch } from './auto-search';
import { startVitals, tellVitals } from './vitals';

const enum Limit {
  /** A search, or the mark of a page that is not there, counts when it has stood for one look to the next. */
  LookMs = 1_000,
  /** A path that is left sooner, as in a redirection, is no page. */
  SettleMs = 50,
}

const { record_: record, tag_ } = core;

/** The view has been told to be of a page that is not there, or is too young to be judged. */
let judged: boolean;
let young: boolean;

const tellMissing = (): void => {
  judged = true;
  if (on('404')) tell('404', { path: location.pathname });
};

/** Looks for `<meta name="heatline-404">`. A single-page app marks its page when it has found out that there is none; and takes the mark away later than the address changes. */
const lookForMark = (): void => {
  if (!judged && !young && document.getElementsByName('heatline-404')[0]) tellMissing();
  young = false;
};

// The core records by it, too. What goes wrong here is not to keep anything from being recorded.
core.record_ = (type, fields, at) => {
  let merged: unknown;
  guard(() => {
    if (type === 'leave') {
      countSearch();
      tellVitals();
    }
    // What the page tells by itself of the same deed is one event with all that either knows.
    const props = type === 'event' && told.get(fields!['name'] as string);
    if (props) merged = Object.assign(props, fields!['props']);
  })();
  if (!merged) record(type, fields, at);
  guard(() => {
    if (type === 'pageview') {
      judged = false;
      young = true;
      lookForSearch();
      startVitals();
    }
    // Before the core sends: a page that is hidden may never come back.
    else if (type === 'engagement' && document.hidden) tellVitals();
  })();
};

// A page of a single-page app is told of as soon as there is one; the core by itself looks at its next tick only. The Navigation API (HTML
// Living Standard §7.2.6) knows of every one. Where a browser does not have it, most begin with a click or with the back button.
const placeNow = (): string => location.pathname + location.hash;
let place = placeNow();
const lookForPage = guard(() => {
  if (place !== placeNow()) {
    place = placeNow();
    // The end of the last view goes first, by itself.
    const [look, send] = core.steps_;
    look();
    send();
    send();
  }
});
// Never in the listener: the app is at work there.
const lookSoon = (): unknown => setTimeout(lookForPage, Limit.SettleMs);
listen('click popstate', lookSoon);
guard(() => listen('currententrychange', lookSoon, (window as unknown as { navigation: EventTarget }).navigation))();

// Where there was nothing else to tell of it.
listen('visibilitychange', () => document.hidden && tellVitals());
listen('click auxclick', onClick);
listen('click keydown', watchRoots);
listen('submit', onSubmit);

guard(() => {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (navigation?.responseStatus === 404 || tag_.dataset['404'] != null) tellMissing();
})();
guard(lookForMark)();
guard(() => {
  lookForSearch();
  countSearch();
})();
setInterval(
  guard(() => {
    lookForMark();
    lookForSearch();
  }),
  Limit.LookMs,
);
