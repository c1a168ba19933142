// Owns the layout sample: where the elements of the page stand, without their text. It only reads, and only when asked.

import { anchorKind, Kind } from './anchor';
import { elementKey, type Names } from './element-key';
import { encode, sizeBytes } from './json';
import { stanceOf, unscroll, type Stances } from './motion';
import type { Page } from './page';
import { walk } from './tree';

const enum Limit {
  Boxes = 600,
  Bytes = 54_000,
}

/** The bit beside those of [`Kind`] and [`Motion`]. */
const enum Flag {
  Dialog = 64,
}

/** `element` is the key; until the boxes to send are chosen, the element itself. */
type Box<E> = [element: E, tag: string, role: string, x: number, y: number, width: number, height: number, flags: number];

/** Lists the elements of the page, or of one dialog. The dialogs that it saw are added to `dialogs`. */
export const sampleLayout = (page: Page, dialogs: WeakSet<Element>, only?: Element): Box<string>[] => {
  const stances: Stances = new Map();
  const found: Box<Element>[] = [];

  const visit = (element: Element): void => {
    const kind = anchorKind(element);
    if (!kind) return;
    const box = element.getBoundingClientRect();
    // `checkVisibility` knows `visibility`, closed `<details>` and `content-visibility`; older browsers list a little too much.
    if (element.checkVisibility?.({ visibilityProperty: true }) === false) return;
    const { motion_, dialog_, ignored_ } = stanceOf(element, stances);
    if (ignored_) return;
    const { x_, y_, hiddenBy_ } = unscroll(motion_, box.x, box.y, box.width, box.height);
    const [pageX, pageY] = motion_.fixed_ ? [0, 0] : page.scroll_;
    const x = x_ + pageX;
    const y = y_ + pageY;
    // The rest is parked outside the page.
    if (hiddenBy_ || x + box.width <= 0 || y + box.height <= 0) return;
    if (dialog_) dialogs.add(dialog_);
    const flags = kind | motion_.fixed_ | (dialog_ ? Flag.Dialog : 0);
    found.push([element, element.localName, element.getAttribute('role') || '', x, y, box.width, box.height, flags]);
  };

  if (only) visit(only);
  walk(only || document.body, visit);
  return choose(found, [['body', 'body', '', 0, 0, page.document_[0], page.document_[1], 0]]);
};

/** Fills up `boxes`: landmarks first, then what can be operated, then the rest, each in document order. */
const choose = (found: Box<Element>[], boxes: Box<string>[]): Box<string>[] => {
  const rank = (box: Box<Element>): number => ~box[7] & (Kind.Landmark | Kind.Interactive);
  const names: Names = new Map();
  for (const [element, ...rest] of found.sort((a, b) => rank(a) - rank(b)).slice(0, Limit.Boxes - 1)) {
    boxes.push([elementKey(element, names), ...rest]);
  }
  while (sizeBytes(encode(boxes)) > Limit.Bytes) boxes.splice(-20);
  return boxes;
};
