// Owns the verdict: which clicks are drawn inside the box of their true element, for each of the schemes. It neither clicks nor asks.

import { posthog, umami } from './schemes.mjs';

/** Places and boxes are rounded to whole pixels on their way. The same for all schemes. */
const ROUNDING_PX = 1;

export const holds = (box, { x, y }) =>
  x >= box.left - ROUNDING_PX && x <= box.right + ROUNDING_PX && y >= box.top - ROUNDING_PX && y <= box.bottom + ROUNDING_PX;

/** Clicks drawn inside and all of them; the others were made on elements that are not shown at the width. */
export class Tally {
  inside = 0;
  clicks = 0;
  hidden = 0;

  add(inside, clicks) {
    this.inside += inside;
    this.clicks += clicks;
  }

  plus(other) {
    this.add(other.inside, other.clicks);
    this.hidden += other.hidden;
    return this;
  }

  get share() {
    return this.clicks ? this.inside / this.clicks : 1;
  }
}

/** Returns how many of the clicks in cells lie in the true box, at most as many as were made. */
export function insideCells(cells, { box }, clicks) {
  const inside = cells.reduce((sum, [x, y, weight]) => sum + (holds(box, { x, y }) ? weight : 0), 0);
  const drawn = cells.reduce((sum, [, , weight]) => sum + weight, 0);
  if (drawn > clicks) throw new Error(`${clicks} clicks were made and ${drawn} are drawn`);
  return inside;
}

/** Judgements of one width: a tally for each scheme, and the same by kind of element. */
export class Verdict {
  ours = new Tally();
  posthog = new Tally();
  umami = new Tally();
  kinds = {};

  constructor(width) {
    this.width = width;
  }

  /** Adds clicks on an element that is shown. */
  add(scheme, kind, inside, clicks) {
    this[scheme].add(inside, clicks);
    this.kinds[kind] ??= { ours: new Tally(), posthog: new Tally(), umami: new Tally() };
    this.kinds[kind][scheme].add(inside, clicks);
  }
}

/**
 * Judges the other schemes. What they draw on the screen counts as inside wherever an element that holds its place stands while the
 * page is scrolled: it is seen right at least somewhere.
 */
export function judgeOthers(verdict, clicks, truth) {
  const kept = umami(clicks);
  const places = { posthog: (click) => posthog(click, verdict.width), umami: (click) => kept.get(click) };
  for (const [scheme, placeOf] of Object.entries(places)) {
    for (const click of clicks) {
      const element = truth.get(click.number);
      if (!element?.box) {
        verdict[scheme].hidden += 1;
        continue;
      }
      const place = placeOf(click);
      const boxes = place?.onScreen ? [element.box, ...(element.held ?? [])] : [element.box];
      verdict.add(scheme, element.kind, place && boxes.some((box) => holds(box, place)) ? 1 : 0, 1);
    }
  }
}
