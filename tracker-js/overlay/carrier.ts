// Owns the question what an element moves with while something is scrolled, and what cuts it off. It does not place clicks.
//
// Where the tracker needs to know how an element stood at one moment (`src/motion.ts`), the overlay has to follow it: each carrier is
// asked anew for its place whenever the map is drawn, which works for `sticky`, too, and for what slides in by a transform.

import { isScrollContainer } from '../src/anchor';
import { boxOf, drawnParent, scrolled } from '../src/motion';
import { measurePage } from '../src/page';

/** What carries elements along; the page itself has no `element`. */
export interface Carrier {
  element?: Element;
  /** The content of a scroll container or of a frame, not its box. */
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
    if (position === 'fixed') return { carrier: { element, floats: true, ...this.frameOf(element) }, frames: [] };
    const around = this.content(parent);
    if (position !== 'sticky') return around;
    return { carrier: { element, floats: true, outer: around.carrier }, frames: around.frames };
  }

  /** Returns what carries the content of an element. */
  private content(element: Element): Stance {
    let stance = this.inside.get(element);
    if (stance) return stance;
    stance = this.of(element);
    const { body, documentElement } = element.ownerDocument;
    if (element !== body && element !== documentElement) {
      if (isScrollContainer(element) || isFrame(element)) stance = { carrier: { element, scrolls: true, outer: stance.carrier }, frames: [] };
      else if (/hidden|clip|auto|scroll/.test(getComputedStyle(element).overflow)) stance = { ...stance, frames: [...stance.frames, element] };
    }
    this.inside.set(element, stance);
    return stance;
  }

  /** What is fixed inside a frame cannot be seen outside. */
  private frameOf(element: Element): { outer?: Carrier } {
    const frame = element.ownerDocument !== document && element.ownerDocument.defaultView?.frameElement;
    return frame ? { outer: this.content(frame).carrier } : {};
  }
}

/** Returns true for a frame whose document can be read: one of the same origin. */
const isFrame = (element: Element): boolean => !!(element as HTMLIFrameElement).contentDocument;

/** Returns where the carrier's zero point is in the viewport. */
export const originOf = ({ element, scrolls }: Carrier): readonly [x: number, y: number] => {
  if (!element) {
    const [x, y] = measurePage().scroll_;
    return [-x, -y];
  }
  const { left, top } = boxOf(element);
  if (!scrolls) return [left, top];
  const { scrollLeft, scrollTop } = scrolled(element);
  return [left + element.clientLeft - scrollLeft, top + element.clientTop - scrollTop];
};

/** Returns the part of the viewport in which something that is carried can be seen. */
export const windowOf = (carrier: Carrier | undefined): Rect => {
  const seen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  for (; carrier; carrier = carrier.outer) {
    const { element, scrolls } = carrier;
    if (!element || !scrolls) continue;
    const box = boxOf(element);
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

/** Places of the window at which something may float, as shares: bars at its edges, boxes in its corners and in the middle. */
const PROBES = [0.01, 0.2, 0.5, 0.8, 0.99];

/** Returns the `fixed` and `sticky` elements that can be seen, outermost first. What is `host`'s does not count. */
export const floatingNow = (host: Element): Element[] => {
  const floating = new Set<Element>();
  const seen = new Set<Element>();
  for (const across of PROBES) {
    for (const down of PROBES) {
      const hit = document.elementsFromPoint(across * innerWidth, down * innerHeight).find((element) => element !== host);
      for (let at: Element | null | undefined = hit; at && at !== document.body && !seen.has(at); at = drawnParent(at)) {
        seen.add(at);
        if (/fixed|sticky/.test(getComputedStyle(at).position)) floating.add(at);
      }
    }
  }
  return [...floating];
};
