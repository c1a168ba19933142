// Owns the placing of an answer on the page as it is now: each click inside today's box of its element, and what has no element at its
// share of the page. It does not look for elements and does not draw.

import { boxOf } from '../src/motion';
import { measurePage } from '../src/page';
import type { Answer } from './answer';
import { Carriers, originOf, overlaps, PAGE, type Carrier } from './carrier';
import type { Points } from './density';

/** A box that moves with its carrier, from whose zero point it is measured. */
export interface Placed {
  element: Element;
  key: string;
  carrier: Carrier;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Returns the elements that can be seen, or could if the page were scrolled, by their keys. */
export const placeElements = (found: ReadonlyMap<string, Element>): Map<string, Placed> => {
  const carriers = new Carriers();
  const origins = new Map<Element | undefined, Map<boolean | undefined, readonly [number, number]>>();
  const origin = (carrier: Carrier): readonly [number, number] => {
    let known = origins.get(carrier.element);
    if (!known) origins.set(carrier.element, (known = new Map()));
    let at = known.get(carrier.scrolls);
    if (!at) known.set(carrier.scrolls, (at = originOf(carrier)));
    return at;
  };
  const placed = new Map<string, Placed>();
  for (const [key, element] of found) {
    if (element === document.body) {
      const [width, height] = measurePage().document_;
      placed.set(key, { element, key, carrier: PAGE, left: 0, top: 0, width, height });
      continue;
    }
    const box = boxOf(element);
    if (box.width < 1 || box.height < 1 || !isVisible(element)) continue;
    const { carrier, frames } = carriers.of(element);
    if (frames.some((frame) => !overlaps(boxOf(frame), box))) continue;
    const [x, y] = origin(carrier);
    placed.set(key, { element, key, carrier, left: box.left - x, top: box.top - y, width: box.width, height: box.height });
  }
  return placed;
};

/** Older browsers show a little too much. */
const isVisible = (element: Element): boolean =>
  element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) !== false;

/** Returns how many pixels of the live page one of the answer's page stands for, across and down. */
export const stretchOf = ({ width, height }: Answer): readonly [across: number, down: number] => {
  const [liveWidth, liveHeight] = measurePage().document_;
  return [width ? Math.max(liveWidth, innerWidth) / width : 1, height ? liveHeight / height : 1];
};

/** Returns the points of every carrier. */
export const placeSpots = (answer: Answer, placed: ReadonlyMap<string, Placed>): Map<Carrier, Points> => {
  const points = new Map<Carrier, Points>();
  const pointsOn = (carrier: Carrier): Points => {
    let list = points.get(carrier);
    if (!list) points.set(carrier, (list = []));
    return list;
  };
  for (const { element, spots = [] } of answer.elements) {
    const box = placed.get(element);
    if (!box) continue;
    const list = pointsOn(box.carrier);
    for (const [x, y, weight] of spots) list.push(box.left + x * box.width, box.top + y * box.height, weight);
  }
  const [across, down] = stretchOf(answer);
  const unanchored = unanchoredCells(answer);
  if (unanchored.length) {
    const list = pointsOn(PAGE);
    for (const [x, y, weight] of unanchored) list.push(x * across, y * down, weight);
  }
  return points;
};

/** What is left of a cell below this is rounding. */
const TRACE = 1e-6;

/**
 * Returns what remains of the cells without the spots of elements: what the server placed by its share of the page.
 *
 * The answer's boxes are rounded to whole pixels, so a spot may lie in the square beside that of its cell: where its own has too
 * little, the squares around it give the rest.
 */
export const unanchoredCells = ({ cell, cells, elements, unanchored }: Answer): [x: number, y: number, weight: number][] => {
  if (!unanchored || !cell) return [];
  const squareOf = (x: number, y: number): string => `${Math.floor(x / cell)} ${Math.floor(y / cell)}`;
  const left = new Map<string, [number, number, number]>();
  for (const [x, y, weight] of cells) {
    const square = squareOf(x, y);
    const known = left.get(square);
    if (known) known[2] += weight;
    else left.set(square, [x, y, weight]);
  }
  for (const { x, y, width, height, spots = [] } of elements) {
    for (const [across, down, weight] of spots) {
      const [atX, atY] = [x + across * width, y + down * height];
      let rest = weight;
      for (const [dx, dy] of AROUND) {
        const square = left.get(squareOf(atX + dx * cell, atY + dy * cell));
        if (!square || !rest) continue;
        const taken = Math.min(rest, square[2]);
        square[2] -= taken;
        rest -= taken;
      }
    }
  }
  return [...left.values()].filter(([, , weight]) => weight > TRACE);
};

/** The square itself, then those at its sides, then those at its corners. */
const AROUND = [
  [0, 0],
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
] as const;
