// Owns what is recorded of a click. All is read inside the event: a moment later the page may look otherwise.

import { anchorKind } from './anchor';
import { elementKey } from './element-key';
import type { Json } from './json';
import { stanceOf, unscroll, type Stances } from './motion';
import type { Page } from './page';
import { drawnParent, touches } from './tree';

/** Bits beside that of [`Motion`]. */
const enum Flag {
  Touch = 2,
  Keyboard = 4,
  Inner = 64,
}

/** What a click says, as fields of the wire format; `dialog_` is the open dialog that it fell in. */
export interface Click {
  fields_: { readonly [key: string]: Json };
  dialog_: Element | undefined;
}

type Box = Pick<DOMRect, 'x' | 'y' | 'width' | 'height'>;

/** Returns a position inside a box, in 1/65535 of its size. */
const share = (position: number, size: number): number => Math.min(Math.max(position / size, 0), 1) * 65_535;

/** Reads a click; `undefined` where it is not to be recorded. */
export const readClick = (event: MouseEvent, page: Page, touch: boolean): Click | undefined => {
  const { body } = document;
  const stances: Stances = new Map();
  const target = event.composedPath()[0] as Element;
  const { motion_, dialog_, ignored_ } = stanceOf(target, stances);
  if (ignored_) return undefined;
  const fixed = motion_.fixed_;
  const keyboard = !event.detail;
  const [scrollX, scrollY] = fixed ? [0, 0] : page.scroll_;
  const [width, height] = page.document_;
  // The body's box is the whole page, so that it holds every click.
  const boxOf = (element: Element): Box =>
    element === body ? { x: -scrollX, y: -scrollY, width, height } : element.getBoundingClientRect();
  let x = event.clientX;
  let y = event.clientY;

  // The nearest element at or above the target that a layout lists and whose box holds the point; at last the body.
  let anchor = target;
  for (; anchor !== body; anchor = drawnParent(anchor) || body) {
    if (anchorKind(anchor) && (keyboard || touches(anchor.getBoundingClientRect(), x, y))) break;
  }
  // What stays in place on screen must not be anchored to what does not.
  if (fixed && !stanceOf(anchor, stances).motion_.fixed_) anchor = body;
  if (keyboard) {
    // A key has no place: the click counts for the middle of the element.
    const box = boxOf(anchor);
    x = box.x + box.width / 2;
    y = box.y + box.height / 2;
  }
  const { hiddenBy_ } = unscroll(motion_, x, y);
  anchor = hiddenBy_ || anchor;

  const box = boxOf(anchor);
  return {
    fields_: {
      element: elementKey(anchor, new Map()),
      fraction: [share(x - box.x, box.width), share(y - box.y, box.height)],
      at: [Math.max(x + scrollX, 0), Math.max(y + scrollY, 0)],
      container: [motion_.scroller_?.scrollLeft || 0, motion_.scroller_?.scrollTop || 0],
      flags: motion_.fixed_ | (touch ? Flag.Touch : 0) | (keyboard ? Flag.Keyboard : 0) | (hiddenBy_ ? Flag.Inner : 0),
    },
    dialog_,
  };
};
