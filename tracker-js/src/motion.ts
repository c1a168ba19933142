// Owns the question what an element moves with when something is scrolled: the page, nothing (`fixed`, or `sticky` and stuck),
// or a scroll container inside the page. It does not decide what is listed or recorded.

import { isScrollContainer } from './anchor';

/** The same bit in the flags of clicks and of boxes. */
const enum Bit {
  Fixed = 1,
}

/** What moves an element: the content of `scroller_`, which moves with `outer_`; at last the page or, if `fixed_`, nothing. */
export interface Motion {
  scroller_?: Element;
  outer_?: Motion;
  fixed_: 0 | Bit.Fixed;
}

/** How an element stands on the page, and how what it contains will stand. */
export interface Stance {
  motion_: Motion;
  /** Motion of what the element contains. */
  content_: Motion;
  /** Not undefined where the owner has asked not to record what happens here. */
  ignored_?: string | undefined;
  /** The outermost element around of whose inside nothing is to be told. */
  masked_?: Element | false;
}

const PAGE: Motion = { fixed_: 0 };
const VIEWPORT: Motion = { fixed_: Bit.Fixed };
const OF_BODY: Stance = { motion_: PAGE, content_: PAGE };

/** Returns the frame of this page that an element belongs to. */
const frameOf = ({ ownerDocument }: Element): Element | null =>
  ownerDocument === document ? null : ownerDocument.defaultView!.frameElement;

/** Returns the host of the shadow tree that an element belongs to, or its frame. */
export const hostOf = (element: Element): Element | null => (element.getRootNode() as ShadowRoot).host || frameOf(element);

/** Returns the element that `element` is drawn in: slotted content stands in its slot, a shadow tree in its host, a document in its frame. */
export const drawnParent = (element: Element): Element | null =>
  element.assignedSlot || element.parentElement || hostOf(element);

/** Returns the box of an element in the window of this page, also if it is inside a frame. */
export const boxOf = (element: Element): DOMRect => {
  const box = element.getBoundingClientRect();
  const frame = frameOf(element);
  if (!frame) return box;
  const { x, y } = boxOf(frame);
  return new DOMRect(x + frame.clientLeft + box.x, y + frame.clientTop + box.y, box.width, box.height);
};

/** Returns what is scrolled where a container is: in a frame, its document. */
export const scrolled = (container: Element): Element => (container as HTMLIFrameElement).contentDocument?.scrollingElement || container;

/** Returns true where two boxes overlap, or are less than a pixel apart. */
export const touches = (box: DOMRect, { left, top, right, bottom }: DOMRect): boolean =>
  left < box.right + 1 && top < box.bottom + 1 && right > box.left - 1 && bottom > box.top - 1;

/** Returns true where a `sticky` element is held at the edge of what scrolls it, here `scroller` or the window. */
const isStuck = (element: Element, style: CSSStyleDeclaration, scroller: Element | undefined): boolean => {
  const box = boxOf(element);
  const port = scroller ? boxOf(scroller) : { top: 0, bottom: innerHeight };
  const distances = [box.top - port.top - parseFloat(style.top), port.bottom - box.bottom - parseFloat(style.bottom)];
  return distances.some((distance) => distance * distance < 4);
};

/** Returns how an element stands, from how the one around it does. */
export const stanceOf = (element: Element, around?: Stance): Stance => {
  const parent = drawnParent(element);
  if (!parent || element === document.body) return OF_BODY;
  around ||= stanceOf(parent);
  const style = getComputedStyle(element);
  const { position } = style;
  let motion = around.content_;
  // TRICKY: below a transformed ancestor a `fixed` element moves with it. That ancestor is then its `offsetParent`, which is else
  // null, or the body in Firefox. What is fixed in a frame moves with the frame.
  const {
    offsetParent,
    dataset: { heatlineIgnore, heatlineMask },
  } = element as HTMLElement;
  if (position == 'fixed' && (!offsetParent || offsetParent === document.body)) motion = VIEWPORT;
  if (position == 'sticky' && isStuck(element, style, motion.scroller_)) motion = motion.outer_ || VIEWPORT;
  return {
    motion_: motion,
    content_: isScrollContainer(element) || (element as HTMLIFrameElement).contentDocument ? { scroller_: element, outer_: motion, fixed_: motion.fixed_ } : motion,
    ignored_: around.ignored_ ?? heatlineIgnore,
    masked_: around.masked_ || (heatlineMask != null && element),
  };
};

/** A box, and the outermost container that hides all of it there. */
export type Place = readonly [box: DOMRect, hiddenBy: Element | undefined];

/**
 * Returns where a box of the viewport would be if nothing inside the page were scrolled. A container that would then hide it is left
 * scrolled as it is.
 */
export const unscroll = (motion: Motion, box: DOMRect): Place => {
  let free = box;
  let hiddenBy: Element | undefined;
  for (; motion.scroller_; motion = motion.outer_!) {
    const scroller = motion.scroller_;
    const { scrollLeft, scrollTop } = scrolled(scroller);
    free = new DOMRect(free.x + scrollLeft, free.y + scrollTop, box.width, box.height);
    if (!touches(boxOf(scroller), free)) {
      hiddenBy = scroller;
      free = box;
    }
  }
  return [free, hiddenBy];
};
