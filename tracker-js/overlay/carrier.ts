// Owns the question what an element moves with while something is scrolled, and what cuts it off. It does not place clicks.
//
// Where the tracker needs to know how an element stood at one moment (`src/motion.ts`), the overlay has to follow it: each carrier is
// asked anew for its place whenever the map is drawn, which works for `sticky`, too, and for what slides in by a transform.

import { isScrollContainer } from '../src/anchor';
import { drawnParent } from '../src/motion';
import { measurePage } from '../src/page';

/** What carries elements along; the page itself has no `element`. */
export interface Carrier {
  element?: Element;
  /** The content of a scroll container, not its box. */
  scrolls?: boolean;
  /** Stays where it is while the page is scrolled, at least now and then. */
  floats?: boolean;
  /** What carries the carrier; none of what is `fixed`. */
  outer?: Carrier;
}

export interface Stance {
  carrier: Carrier;
  /** Ancestors that let nothing be seen beyond their boxes without being scroll containers. */
  frames: readonly Element[];
}

export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const PAGE: Carrier = {};
const OF_PAGE: Stance = { carrier: PAGE, frames: [] };

/** Looks elements up, each once: an instance is as old as the layout that it saw. */
export class Carriers {
  private readonly own = new Map<Element, Stance>();
  private readonly inside = new Map<Element, Stance>();

  /** Returns what carries the element. */
  of(element: Element): Stance {
    let stance = this.own.get(element);
    if (!stance) this.own.set(element, (stance = this.look(element)));
    return stance;
  }

  private look(element: Element): Stance {
    const parent = drawnParent(element);
    if (!parent || element === document.body) return OF_PAGE;
    const { position } = getComputedStyle(element);
    if (position === 'fixed') return { carrier: { element, floats: true }, frames: [] };
    const around = this.content(parent);
    if (position !== 'sticky') return around;
    return { carrier: { element, floats: true, outer: around.carrier }, frames: around.frames };
  }

  /** Returns what carries the content of an element. */
  private content(element: Element): Stance {
    let stance = this.inside.get(element);
    if (stance) return stance;
    stance = this.of(element);
    if (element !== document.body && element !== document.documentElement) {
      if (isScrollContainer(element)) stance = { carrier: { element, scrolls: true, outer: stance.carrier }, frames: [] };
      else if (getComputedStyle(element).overflowX !== 'visible') stance = { ...stance, frames: [...stance.frames, element] };
    }
    this.inside.set(element, stance);
    return stance;
  }
}

/** Returns where the carrier's zero point is in the viewport. */
export const originOf = ({ element, scrolls }: Carrier): readonly [x: number, y: number] => {
  if (!element) {
    const [x, y] = measurePage().scroll_;
    return [-x, -y];
  }
  const { left, top } = element.getBoundingClientRect();
  return scrolls
    ? [left + element.clientLeft - element.scrollLeft, top + element.clientTop - element.scrollTop]
    : [left, top];
};

/** Returns the part of the viewport in which something that is carried can be seen. */
export const windowOf = (carrier: Carrier | undefined): Rect => {
  const seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (; carrier; carrier = carrier.outer) {
    const { element, scrolls } = carrier;
    if (!element || !scrolls) continue;
    const box = element.getBoundingClientRect();
    const [left, top] = [box.left + element.clientLeft, box.top + element.clientTop];
    seen.left = Math.max(seen.left, left);
    seen.top = Math.max(seen.top, top);
    seen.right = Math.min(seen.right, left + element.clientWidth);
    seen.bottom = Math.min(seen.bottom, top + element.clientHeight);
  }
  return seen;
};

/** Returns true where two boxes have a part in common. */
export const overlaps = (a: Rect, b: Rect): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
