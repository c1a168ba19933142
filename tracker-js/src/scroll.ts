// Owns what part of the page was on screen and for how long. It does not listen to anything.
//
// Time is kept per stretch of pixels and cut into bands only when reported, for a page may grow while it is read.

import type { Page } from './page';

/** Number of bands that a report cuts a page into. */
const enum Bands {
  Count = 100,
}

/** A part of the page from `top` to `bottom` pixels, on screen for `ms`. */
export type Stretch = [top: number, bottom: number, ms: number];

/** What was on screen since the last report; the last one still is. */
let stretches: Stretch[] = [];
let depthPx = 0;

/** Starts anew, for another view. Where the page is scrolled to is unknown until [`look`]. */
export const forgetScroll = (): void => {
  stretches = [];
  depthPx = 0;
};

/** Adds time to the part that was on screen until now. */
export const credit = (ms: number): void => {
  const [current] = stretches.slice(-1);
  if (current) current[2] += ms;
};

/** Takes in the position of the page. */
export const look = (page: Page): void => {
  const top = page.scroll_[1];
  const bottom = top + page.viewport_[1];
  stretches.push([top, bottom, 0]);
  depthPx = Math.max(depthPx, Math.min(bottom, page.document_[1]));
};

/** Returns the lowest page pixel that was on screen so far. */
export const depth = (): number => depthPx;

/** Returns the exposure of each band of a page of `height` pixels since the last call, in milliseconds. */
export const takeExposure = (height: number): number[] => {
  const exposure = bandsOf(stretches, height);
  stretches = stretches.slice(-1);
  for (const current of stretches) current[2] = 0;
  return exposure;
};

/** Cuts stretches into bands; a band that is half on screen earns half the time. */
export const bandsOf = (parts: readonly Stretch[], height: number): number[] =>
  Array.from({ length: Bands.Count }, (_, band) => {
    const bandPx = height / Bands.Count;
    let ms = 0;
    for (const [top, bottom, partMs] of parts) {
      const visiblePx = Math.min(bottom, (band + 1) * bandPx) - Math.max(top, band * bandPx);
      if (visiblePx > 0) ms += (partMs * visiblePx) / bandPx;
    }
    return ms;
  });
