// Owns what counts as hot: the value that gets the full colour, and how values below it are spread (the server's `render::scale`,
// in the same numbers). It does not know the colours.

import { KEPT, type Tile } from './density';

/**
 * Fewest clicks at one spot that may have the full colour. With less data the scale ends above the data, so that a single click
 * stays pale and nobody mistakes three visitors for a pattern.
 */
export const LEAST_FULL = 16;

/** Values below this are no part of the touched area: they are the outermost skirt of a single click. */
const TOUCHED = 0.05;

/** Where on the colour scale the full value lies; what is above it shares the rest, so that peaks remain distinguishable. */
const KNEE = 0.92;

/** Where on the square root the colour scale begins, as a share of the full value: at 0 it is so steep that spots would get endless skirts. */
const TOE = 0.02;

/** Guarantee: monotone. More never looks like less. */
export class Scale {
  readonly full: number;
  /** The value of the hottest spot, or the full value where that is higher. */
  readonly highest: number;
  /** There was so little data that the colours were held back. */
  readonly heldBack: boolean;

  constructor(wanted: number, highest: number, leastFull = LEAST_FULL) {
    this.full = Math.max(wanted, leastFull);
    this.highest = Math.max(highest, this.full);
    this.heldBack = wanted < leastFull;
  }

  /** Returns the place of a value on the colour scale, from 0 to 1. */
  position(value: number): number {
    if (value <= this.full) {
      const knee = this.highest > this.full ? KNEE : 1;
      const foot = Math.sqrt(TOE);
      return (knee * (Math.sqrt(Math.max(value, 0) / this.full + TOE) - foot)) / (Math.sqrt(1 + TOE) - foot);
    }
    return Math.min(KNEE + ((1 - KNEE) * (value - this.full)) / (this.highest - this.full), 1);
  }
}

/**
 * Returns the value that 99 % of the touched area stays under, and the highest. A histogram over the upper bits of the floats:
 * they sort like the values, to within 0.4 %, in one pass.
 */
export const survey = (tiles: Iterable<Tile>): { percentile: number; highest: number } => {
  const counts = new Uint32Array(1 << 16);
  let highest = 0;
  let touched = 0;
  for (const { values } of tiles) {
    const bits = new Uint32Array(values.buffer);
    for (let row = 1; row < KEPT - 1; row++) {
      for (let at = row * KEPT + 1, end = at + KEPT - 2; at < end; at++) {
        const value = values[at]!;
        if (value < TOUCHED) continue;
        counts[bits[at]! >>> 15]!++;
        touched++;
        if (value > highest) highest = value;
      }
    }
  }
  const above = Math.floor(touched / 100);
  const upperEdge = new Float32Array(1);
  for (let bits = counts.length - 1, passed = 0; bits >= 0; bits--) {
    passed += counts[bits]!;
    if (!counts[bits] || passed <= above) continue;
    new Uint32Array(upperEdge.buffer)[0] = ((bits + 1) << 15) - 1;
    return { percentile: Math.min(upperEdge[0]!, highest), highest };
  }
  return { percentile: 0, highest };
};
