// Owns the recording of clicks. All is read inside the event: a moment later the page may look otherwise.

import { anchorKind } from './anchor';
import { record } from './beacon';
import { now } from './clock';
import { elementKey } from './element-key';
import { listen } from './guard';
import { drawnParent, stanceOf, touches, unscroll } from './motion';
import { measurePage } from './page';
import { sampleDialog, view } from './view';

/** Bits beside that of [`Motion`]. */
const enum Flag {
  Touch = 2,
  Keyboard = 4,
  Inner = 64,
}

type Box = Pick<DOMRect, 'x' | 'y' | 'width' | 'height'>;

/** Returns a position inside a box, in 1/65535 of its size. */
const share = (position: number, size: number): number => Math.min(Math.max(position / size, 0), 1) * 65_535;

/** Records a click on `target` at a point of the viewport; at the middle of the element where a key made it. */
const recordClick = (target: Element, x: number, y: number, flags: number): void => {
  const { body } = document;
  const { motion_, dialog_, ignored_ } = stanceOf(target);
  if (ignored_ || !view) return;
  const page = (view.page_ = measurePage());
  const [width, height] = page.document_;
  const [scrollX, scrollY] = motion_.fixed_ ? [0, 0] : page.scroll_;
  // The body's box is the whole page, so that it holds every click.
  const boxOf = (element: Element): Box =>
    element === body ? { x: -scrollX, y: -scrollY, width, height } : element.getBoundingClientRect();

  // The nearest element at or above the target that a layout lists and whose box holds the point; at last the body.
  let anchor = target;
  while (anchor !== body && !(anchorKind(anchor) && (flags & Flag.Keyboard || touches(anchor.getBoundingClientRect(), x, y)))) {
    anchor = drawnParent(anchor) || body;
  }
  // What stays in place on screen must not be anchored to what does not.
  if (stanceOf(anchor).motion_.fixed_ < motion_.fixed_) anchor = body;
  let box = boxOf(anchor);
  if (flags & Flag.Keyboard) {
    x = box.x + box.width / 2;
    y = box.y + box.height / 2;
  }
  const [, , hiddenBy] = unscroll(motion_, x, y);
  if (hiddenBy) {
    box = boxOf((anchor = hiddenBy));
    flags |= Flag.Inner;
  }
  // In the head nothing scrolls.
  const { scrollLeft, scrollTop } = motion_.scroller_ || document.head;
  record('click', {
    element: elementKey(anchor),
    fraction: [share(x - box.x, box.width), share(y - box.y, box.height)],
    // What is written from the right to the left is scrolled by less than nothing.
    at: [Math.max(x + scrollX, 0), Math.max(y + scrollY, 0)],
    container: [Math.abs(scrollLeft), scrollTop],
    since: now() - view.startedAt_,
    flags: flags | motion_.fixed_,
  });
  if (dialog_) sampleDialog(dialog_);
};

/** Records the clicks of the visitor from now on. */
export const observeClicks = (): void => {
  let press: PointerEvent | undefined;
  let lastAt: number;

  listen<PointerEvent>('pointerdown', (event) => {
    press = event;
  });

  listen<MouseEvent>('click', (event) => {
    const { timeStamp, detail } = event;
    // TRICKY: a click on a label is followed by one that the browser makes on its field: without a press of its own (Chrome,
    // Firefox), or as if by a key but at the same time (Safari). Only the first was the visitor's. What a script clicks is nobody's.
    if (!event.isTrusted || timeStamp === lastAt || (detail && !press)) return;
    // Safari's clicks do not say what made them; the press before them does.
    const flags = !detail ? Flag.Keyboard : press!.pointerType === 'touch' ? Flag.Touch : 0;
    lastAt = timeStamp;
    press = undefined;
    recordClick(event.composedPath()[0] as Element, event.clientX, event.clientY, flags);
  });
};
