// Owns what the visitor gives attention to: how long the page was engaged, visible and focused, and which part of it was then on
// screen. It does not decide when that is reported.
//
// Time is kept per stretch of pixels and cut into bands only when reported, for a page may grow while it is read.

import { now } from './clock';
import type { Page } from './page';

const enum Limit {
  /** No honest gap between two looks at the clock is longer, as the heartbeat is shorter: the computer slept in between. */
  GapMs = 30_000,
  Bands = 100,
}

/** A part of the page from `top` to `bottom` pixels, engaged for `ms`. */
export type Stretch = [top: number, bottom: number, ms: number];

/** What got attention since the last report. The first of the list gets it now. */
let stretches: Stretch[];
let lookedAt = 0;
let engaged = false;

/** Moves the clock to now. To be called whenever attention may change. */
export const advance = (): void => {
  const time = now();
  if (engaged) stretches[0]![2] += Math.min(time - lookedAt, Limit.GapMs);
  lookedAt = time;
  // A focused frame inside the page counts as focus.
  engaged = !document.hidden && document.hasFocus();
};

/** Starts anew, for another view. Nothing is known to be on screen until [`look`]. */
export const forgetAttention = (): void => {
  stretches = [[0, 0, 0]];
  engaged = false;
  advance();
};

/** Takes in the position of the page. */
export const look = (page: Page): void => {
  const top = page.scroll_[1];
  stretches.unshift([top, top + page.viewport_[1], 0]);
};

/** Returns what got attention since the last call; from here on it is `page` again. */
export const takeAttention = (page: Page): Stretch[] => {
  const taken = stretches.splice(0);
  look(page);
  return taken;
};

/** Returns the milliseconds that each band of a page of `height` pixels got; a band that is half on screen earns half the time. */
export const exposureOf = (parts: readonly Stretch[], height: number): number[] => {
  const bandPx = height / Limit.Bands;
  return [...Array(Limit.Bands).keys()].map((band) =>
    parts.reduce((ms, [top, bottom, partMs]) => {
      const visiblePx = Math.min(bottom, (band + 1) * bandPx) - Math.max(top, band * bandPx);
      return ms + partMs * Math.max(visiblePx / bandPx, 0);
    }, 0),
  );
};
