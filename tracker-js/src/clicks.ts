// Owns the telling of clicks from what only looks like one. It does not read the element.

import { record } from './beacon';
import { readClick } from './click';
import { now } from './clock';
import { listen } from './guard';
import { measurePage } from './page';
import { sampleDialog, view } from './view';

/** Records the clicks of the visitor from now on. */
export const observeClicks = (): void => {
  let press: PointerEvent | undefined;
  let last: MouseEvent | undefined;

  listen<PointerEvent>('pointerdown', (event) => {
    press = event;
  });

  listen<MouseEvent>('click', (event) => {
    if (!view || !event.isTrusted) return;
    // TRICKY: a click on a label is followed by one that the browser makes on its field: at the same time (Chrome, Safari), or at the
    // same place without another press (Firefox). Only the first was the visitor's.
    const { timeStamp, clientX, clientY, detail } = event;
    const isEcho =
      last && (timeStamp === last.timeStamp || (detail && !press && clientX === last.clientX && clientY === last.clientY));
    if (isEcho) return;
    // Safari's clicks do not say what made them; the press before them does.
    const touch = !!detail && press?.pointerType === 'touch';
    last = event;
    press = undefined;
    view.page_ = measurePage();
    const click = readClick(event, view.page_, touch);
    if (!click) return;
    record('click', { ...click.fields_, since: now() - view.startedAt_ });
    if (click.dialog_) sampleDialog(click.dialog_);
  });
};
