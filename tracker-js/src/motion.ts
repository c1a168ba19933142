// Owns the question what an element moves with when something is scrolled: the page, nothing (`fixed`, or `sticky` and stuck),
// or a scroll container inside the page. It does not measure where the element is.

import { isScrollContainer } from './anchor';
import { drawnParent, touches } from './tree';

/** The same bit in the flags of clicks and of boxes. */
const enum Bit {
  Fixed = 1,
}

/** What moves an element: the content of `scroller_`, which itself moves with `outer_`; at last the page or, if `fixed_`, nothing. */
export interface Motion {
  scroller_?: Element;
  outer_?: Motion;
  fixed_: 0 | Bit.Fixed;
}

/** How an element stands on the page, and how what it contains will stand. */
export interface Stance {
  motion_: Motion;
  /** Motion of children in the flow. */
  content_: Motion;
  /** Motion of absolutely positioned children. */
  absolute_: Motion;
  /** The open dialog that the element is or lies in. */
  dialog_: Element | undefined;
  /** The owner has asked not to record what happens here. */
  ignored_: boolean;
}

/** Stances already found. To be thrown away when the page may have changed. */
export type Stances = Map<Element, Stance>;

const PAGE: Motion = { fixed_: 0 };
const VIEWPORT: Motion = { fixed_: Bit.Fixed };
const DIALOG = 'dialog[open],[role$=dialog],[aria-modal=true]';

/** Returns true where a `sticky` element is held at the edge of what scrolls it, here `scroller` or the window. */
const isStuck = (element: Element, style: CSSStyleDeclaration, scroller: Element | undefined): boolean => {
  const box = element.getBoundingClientRect();
  const port = scroller?.getBoundingClientRect() || { top: 0, bottom: innerHeight };
  const distances = [box.top - port.top - parseFloat(style.top), port.bottom - box.bottom - parseFloat(style.bottom)];
  return distances.some((distance) => Math.abs(distance) < 2);
};

/**
 * Returns true where a `fixed` element is held by the window. Below a transformed ancestor it is not: that ancestor is then its
 * `offsetParent`, which is else null, or the body in Firefox (https://bugzilla.mozilla.org/show_bug.cgi?id=434678).
 */
const isHeldByWindow = (element: Element): boolean => {
  const holder = (element as HTMLElement).offsetParent;
  return !holder || holder === document.body;
};

/** Returns how an element stands. */
export const stanceOf = (element: Element, known: Stances): Stance => {
  let stance = known.get(element);
  if (stance) return stance;
  const parent = drawnParent(element);
  if (!parent || element === document.body) {
    stance = { motion_: PAGE, content_: PAGE, absolute_: PAGE, dialog_: undefined, ignored_: false };
  } else {
    const around = stanceOf(parent, known);
    const style = getComputedStyle(element);
    const position = style.position;
    let motion = around.content_;
    if (position === 'absolute') motion = around.absolute_;
    else if (position === 'fixed') motion = isHeldByWindow(element) ? VIEWPORT : around.absolute_;
    else if (position === 'sticky' && isStuck(element, style, motion.scroller_)) motion = motion.outer_ || VIEWPORT;
    const content = isScrollContainer(element) ? { scroller_: element, outer_: motion, fixed_: motion.fixed_ } : motion;
    stance = {
      motion_: motion,
      content_: content,
      absolute_: position === 'static' ? around.absolute_ : content,
      dialog_: element.matches(DIALOG) ? element : around.dialog_,
      ignored_: around.ignored_ || element.hasAttribute('data-heatline-ignore'),
    };
  }
  known.set(element, stance);
  return stance;
};

/** Where something would be if nothing inside the page were scrolled. */
export interface Place {
  x_: number;
  y_: number;
  /** The outermost container that would then hide it; the place is as if that one were not scrolled back. */
  hiddenBy_: Element | undefined;
}

/** Scrolls back what moves a box (or, without a size, a point) of the viewport. */
export const unscroll = (motion: Motion, x: number, y: number, width = 0, height = 0): Place => {
  const place: Place = { x_: x, y_: y, hiddenBy_: undefined };
  for (; motion.scroller_; motion = motion.outer_!) {
    const scroller = motion.scroller_;
    place.x_ += scroller.scrollLeft;
    place.y_ += scroller.scrollTop;
    if (touches(scroller.getBoundingClientRect(), place.x_, place.y_, width, height)) continue;
    place.hiddenBy_ = scroller;
    place.x_ = x;
    place.y_ = y;
  }
  return place;
};
