// Owns the layout sample, a script of its own that the heat-map module loads when the server asks for one: where the elements of the page stand, without their text. It only reads, and only when asked, in slices that
// leave the browser time for others.

import { anchorKind, Kind } from './anchor';
import { now } from './clock';
import { elementKey, tagOf } from './element-key';
import { whenIdle } from './guard';
import { sizeBytes } from './json';
import { core } from './core';
import type { Page } from './link';
import { boxOf, stanceOf, unscroll, type Stance } from './motion';
import { stateOf } from './state';

const enum Limit {
  Boxes = 600,
  /** Without quotes and brackets, of which there are nine to a box. */
  Bytes = 49_000,
  TagCharacters = 40,
  RoleCharacters = 40,
  /** Of one slice. What one element costs comes on top; a slow phone takes four times as long for it. */
  SliceMs = 1,
  /** Of the first slice of what may be gone in a moment. */
  StateMs = 3,
  /** Of slices that follow each other: a browser takes up only one of each row between two frames. */
  Rows = 8,
}

/** The bit beside those of [`Kind`] and of [`Motion`]. */
const enum Flag {
  Dialog = 64,
}

/** `element` is the key; until the boxes to send are chosen, the element itself. */
type Box<E> = [element: E, tag: string, role: string, x: number, y: number, width: number, height: number, flags: number];

let page: Page;

/** Lists the elements of the page, or of one root in it. It stops after each element, so that the caller can rest. */
function* sampleLayout(root: Element = document.body): Generator<unknown, Box<string>[]> {
  // The root, landmarks first, then what can be operated, then the rest, each in document order. They are not sorted: that were one long
  // task.
  const found: Box<Element>[][] = [[], [], [], []];

  function* visit(element: Element, around?: Stance, isInDialog = 0): Generator<unknown> {
    yield;
    const stance = stanceOf(element, around);
    const { motion_, ignored_, masked_ } = stance;
    if (ignored_ != null) return;
    if (element.matches('dialog,[role$=dialog]')) isInDialog = Flag.Dialog;
    const box = boxOf(element);
    const [{ x, y }, hiddenBy] = unscroll(motion_, box);
    const [pageX, pageY] = motion_.fixed_ ? [0, 0] : page[2];
    const kind = anchorKind(element);
    if ((kind || masked_ || element === root) && !hiddenBy) {
      found[element === root ? 0 : (~kind & (Kind.Landmark | Kind.Interactive)) / Kind.Interactive]!.push([
        element,
        tagOf(element).slice(0, Limit.TagCharacters),
        (element.getAttribute('role') || '').slice(0, Limit.RoleCharacters),
        Math.round(x + pageX),
        Math.round(y + pageY),
        Math.round(box.width),
        Math.round(box.height),
        kind | motion_.fixed_ | isInDialog,
      ]);
    }
    if (masked_) return;
    const frame = (element as HTMLIFrameElement).contentDocument;
    const slotted = frame ? [frame.body] : (element as HTMLSlotElement).assignedElements?.({ flatten: true });
    // TRICKY: not `children`; in a form with a field called `children` that is the field.
    for (const child of slotted || (element.shadowRoot || element).childNodes) {
      if (child.nodeType === 1) yield* visit(child as Element, stance, isInDialog);
    }
  }

  yield* visit(root);
  const boxes: Box<string>[] = [];
  let bytes = 0;
  for (const [element, ...rest] of found.flat()) {
    yield;
    // Knows `visibility`, closed `<details>` and `content-visibility`; older browsers list a little too much.
    if (element.checkVisibility?.({ visibilityProperty: true }) === false) continue;
    const box: Box<string> = [elementKey(element), ...rest];
    bytes += sizeBytes('' + box);
    if (bytes > Limit.Bytes || boxes.length >= Limit.Boxes) break;
    boxes.push(box);
  }
  // The body's box is the whole page.
  if (root === document.body) boxes[0] = ['body', 'body', '', 0, 0, ...page[1], 0];
  return boxes;
}

/** What has been sampled: the start of the view, and the state. */
const sampled = new Set<string>();

/**
 * Records a sample of the page, when it has loaded and the browser is idle, or of the root that makes a state of it, at once: it may
 * be gone in a moment. Once in a view, and no more when that is over.
 */
core.sample_ = (startedAt, state, root) => {
  const name = startedAt + ' ' + state;
  if (sampled.has(name)) return;
  sampled.add(name);
  const sample = sampleLayout(root);
  let sliceMs: number = root ? Limit.StateMs : Limit.SliceMs;
  const slice = (): void => {
    const until = now() + sliceMs;
    sliceMs = Limit.SliceMs;
    // It may have been scrolled since the last slice.
    page = core.measure_();
    while (startedAt === core.startedAt_) {
      const { done, value } = sample.next();
      // Only the first of the slices that find the end has it.
      if (done) return value && core.record_('layout', { complete: !root, state, boxes: value });
      if (now() > until) return void whenIdle(slice);
    }
  };
  const start = (): void => {
    whenIdle(() => {
      // What is open now may be what the server does not know.
      const roots = core.openRoots_();
      if (roots[0]) core.sample_(startedAt, stateOf(roots), roots.pop()![1]);
    });
    for (let row = 0; row < Limit.Rows; row++) whenIdle(slice);
  };
  if (root) slice();
  // Images shift what is below them: not before the page has loaded.
  else if (document.readyState === 'complete') start();
  else addEventListener('load', start);
};
