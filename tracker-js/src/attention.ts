// Owns which part of the page, and which of its landmarks, was on screen while the page was engaged, visible and focused. It does not
// decide when that is reported.
//
// Time is kept per stretch of pixels and cut into bands only when reported, for a page may grow while it is read.

import { LANDMARKS } from './anchor';
import { elementKey } from './element-key';
import type { Page } from './link';

const enum Limit {
  Bands = 100,
  Landmarks = 40,
}

/** A part of the page from `top` to `bottom` pixels, engaged for `ms`. */
export type Stretch = [top: number, bottom: number, ms: number];

/** What got attention since the last report. The first of the list gets it now. */
let stretches: Stretch[];
/** How much of the time engaged has been given away. */
let givenMs: number;

/** A landmark is seen where half of it is on screen, or where it fills half of the screen. */
type Landmark = [ms: number, isSeen: boolean];
let landmarks: Map<Element, Landmark>;

/**
 * Tells which landmarks are seen, of each that is observed anew: that makes no layout.
 *
 * TRICKY: no thresholds. Of an article that is a hundred screens high never more than a hundredth is on screen.
 */
const observer = new IntersectionObserver((entries) => {
  // What is seen later counts from the next look on only, and all of them tell at once.
  observer.disconnect();
  for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
    landmarks.set(target, [
      landmarks.get(target)?.[0] || 0,
      intersectionRatio >= 0.5 || intersectionRect.height * 2 >= rootBounds?.height!,
    ]);
  }
});

/** Starts anew, for another view. Nothing is known to be on screen until [`look`]. */
export const forgetAttention = (): void => {
  landmarks = new Map();
  stretches = [[0, 0, 0]];
  givenMs = 0;
};

/** Gives the time engaged since the last call to what was on screen until now. */
export const advance = (engagedMs: number): void => {
  const ms = engagedMs - givenMs;
  givenMs = engagedMs;
  stretches[0]![2] += ms;
  for (const landmark of landmarks.values()) landmark[0] += ms * (landmark[1] as never);
};

/** Takes in the position of the page, and what landmarks it has by now. */
export const look = ([[, height], , [, top]]: Page): void => {
  stretches.unshift([top, top + height, 0]);
  for (const element of [...document.querySelectorAll(LANDMARKS)].slice(0, Limit.Landmarks)) observer.observe(element);
};

/** Returns the milliseconds that each band of a page of `height` pixels got; a band that is half on screen earns half the time. */
export const exposureOf = (parts: readonly Stretch[], height: number): number[] => {
  const bandPx = height / Limit.Bands;
  return [...Array(Limit.Bands).keys()].map((band) =>
    parts.reduce(
      (ms, [top, bottom, partMs]) =>
        ms + partMs * Math.max((Math.min(bottom, (band + 1) * bandPx) - Math.max(top, band * bandPx)) / bandPx, 0),
      0,
    ) | 0,
  );
};

/** Returns what got attention since the last report, in the words of the wire; from here on it is `page` again. */
export const takeAttention = (page: Page): { exposure: number[]; landmarks: [string, number][] } => {
  const taken = {
    exposure: exposureOf(stretches, page[1][1]),
    landmarks: [...landmarks].flatMap(([element, [ms]]): [string, number][] => (ms ? [[elementKey(element), ms | 0]] : [])),
  };
  forgetAttention();
  look(page);
  return taken;
};
