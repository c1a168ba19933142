// Owns the layout sample: where the elements of the page stand, without their text. It only reads, and only when asked.

import { anchorKind, Kind } from './anchor';
import { elementKey, tagOf } from './element-key';
import { sizeBytes } from './json';
import { stanceOf, unscroll, type Stance } from './motion';
import type { Page } from './page';

const enum Limit {
  Boxes = 600,
  /** Without quotes and brackets, of which there are nine to a box. */
  Bytes = 49_000,
  RoleCharacters = 40,
}

/** The bit beside those of [`Kind`] and of [`Motion`]. */
const enum Flag {
  Dialog = 64,
}

/** `element` is the key; until the boxes to send are chosen, the element itself. */
type Box<E> = [element: E, tag: string, role: string, x: number, y: number, width: number, height: number, flags: number];

/** Lists the elements of the page, or of one dialog. The dialogs that it saw are added to `dialogs`. */
export const sampleLayout = (page: Page, dialogs: Element[], root = document.body as Element): Box<string>[] => {
  const found: Box<Element>[] = [];

  const visit = (element: Element, around?: Stance): void => {
    const stance = stanceOf(element, around);
    const { motion_, dialog_, ignored_ } = stance;
    if (ignored_) return;
    const box = element.getBoundingClientRect();
    const [x, y, hiddenBy] = unscroll(motion_, box.x, box.y, box.width, box.height);
    const [pageX, pageY] = motion_.fixed_ ? [0, 0] : page.scroll_;
    const kind = anchorKind(element);
    if (kind && !hiddenBy) {
      if (dialog_) dialogs.push(dialog_);
      found.push([
        element,
        tagOf(element),
        (element.getAttribute('role') || '').slice(0, Limit.RoleCharacters),
        x + pageX,
        y + pageY,
        box.width,
        box.height,
        kind | motion_.fixed_ | (dialog_ ? Flag.Dialog : 0),
      ]);
    }
    const slotted = (element as HTMLSlotElement).assignedElements?.({ flatten: true });
    // TRICKY: not `children`; in a form with a field called `children` that is the field.
    for (const child of slotted || (element.shadowRoot || element).childNodes) {
      if (child instanceof Element) visit(child, stance);
    }
  };

  visit(root);
  // Landmarks first, then what can be operated, then the rest, each in document order.
  const rank = (box: Box<Element>): number => ~box[7] & (Kind.Landmark | Kind.Interactive);
  const boxes: Box<string>[] = [['body', 'body', '', 0, 0, page.document_[0], page.document_[1], 0]];
  let bytes = 0;
  for (const [element, ...rest] of found.sort((a, b) => rank(a) - rank(b))) {
    // Knows `visibility`, closed `<details>` and `content-visibility`; older browsers list a little too much.
    if (element.checkVisibility?.({ visibilityProperty: true }) === false) continue;
    const box: Box<string> = [elementKey(element), ...rest];
    bytes += sizeBytes('' + box);
    if (bytes > Limit.Bytes || boxes.length >= Limit.Boxes) break;
    boxes.push(box);
  }
  return boxes;
};
