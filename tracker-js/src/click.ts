// Owns the recording of clicks and rests of the pointer. All is read inside the event: a moment later the page may look otherwise.

import { anchorKind } from './anchor';
import { elementKey } from './element-key';
import { core } from './core';
import type { Click } from './link';
import { boxOf, drawnParent, scrolled, stanceOf, touches, unscroll } from './motion';
import { openRoots, stateOf } from './state';

/** Bits beside that of [`Motion`]. */
export const enum Flag {
  Touch = 2,
  Keyboard = 4,
  Rage = 8,
  Dead = 16,
  Error = 32,
  Inner = 64,
  /** Tells more of a click that was told already. */
  FollowUp = 128,
}

/** Returns a position inside a box, in 1/65535 of its size. */
const share = (position: number, size: number): number => (Math.min(Math.max(position / size, 0), 1) * 65_535) | 0;

/**
 * Returns what there is to tell of `target` at a point of the window; of the middle of the element where a key made the click. Nothing
 * where the owner does not want it.
 */
export const describe = (target: Element, x: number, y: number, flags: number): Click | undefined => {
  const { body } = document;
  const { motion_, ignored_, masked_ } = stanceOf(target);
  if (ignored_ != null) return undefined;
  const [, [width, height], scroll] = core.measure_();
  const [scrollX, scrollY] = motion_.fixed_ ? [0, 0] : scroll;
  // The body's box is the whole page, so that it holds every click.
  const pageBoxOf = (element: Element): DOMRect =>
    element === body ? new DOMRect(-scrollX, -scrollY, width, height) : boxOf(element);

  // The nearest element at or above the target that a layout lists and whose box holds the point; at last the body.
  let anchor = masked_ || target;
  while (!masked_ && anchor !== body && !(anchorKind(anchor) && (flags & Flag.Keyboard || touches(boxOf(anchor), new DOMRect(x, y))))) {
    anchor = drawnParent(anchor) || body;
  }
  // What stays in place on screen must not be anchored to what does not.
  if (stanceOf(anchor).motion_.fixed_ < motion_.fixed_) anchor = body;
  let box = pageBoxOf(anchor);
  if (flags & Flag.Keyboard) {
    x = box.x + box.width / 2;
    y = box.y + box.height / 2;
  }
  const [, hiddenBy] = unscroll(motion_, box);
  if (hiddenBy) {
    box = pageBoxOf((anchor = hiddenBy));
    flags |= Flag.Inner;
  }
  // In the head nothing scrolls.
  const { scrollLeft, scrollTop } = scrolled(motion_.scroller_ || document.head);
  return {
    element: elementKey(anchor),
    fraction: [share(x - box.x, box.width), share(y - box.y, box.height)],
    // What is written from the right to the left is scrolled by less than nothing.
    at: [Math.max(x + scrollX, 0) | 0, Math.max(y + scrollY, 0) | 0],
    size: [box.width | 0, box.height | 0],
    container: [Math.abs(scrollLeft) | 0, scrollTop | 0],
    state: stateOf(core.roots_ || openRoots()),
    flags: flags | motion_.fixed_,
  };
};
