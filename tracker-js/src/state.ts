// Owns the state of the page: what is open above it, a dialog, a menu, a banner, and the number that names it. It does not say when it
// changes.

import { elementKey } from './element-key';
import { utf8 } from './json';
import type { Roots } from './link';
import { drawnParent } from './motion';

/** What a banner neither holds nor lies in: that would be the page itself. */
const PAGE_PARTS = 'header,nav,main';

/** Returns the roots of what is open, by their keys. To be called in a click or when the browser is idle. */
export const openRoots = (): Roots => {
  const roots = new Map<string, Element>();
  const add = (root: Element): void => {
    if (root.checkVisibility?.({ visibilityProperty: true })) roots.set(elementKey(root), root);
  };
  for (const element of document.querySelectorAll('dialog,[role$=dialog],[popover],[aria-expanded=true][aria-controls]')) {
    add(document.getElementById(element.getAttribute('aria-controls')!) || element);
  }
  // A banner is fixed and covers the middle of the window, or of its lower edge.
  for (const part of [2, 1.02]) {
    let banner: Element | undefined;
    for (let hit = document.elementFromPoint(innerWidth / 2, innerHeight / part); hit; hit = drawnParent(hit)) {
      if (getComputedStyle(hit).position == 'fixed') banner = hit;
    }
    if (banner && !banner.closest(PAGE_PARTS) && !banner.querySelector(PAGE_PARTS)) add(banner);
  }
  return [...roots].sort();
};

/** Returns the number of a state: 32 bits, FNV-1a, of the sorted keys; 0 if nothing is open. */
export const stateOf = (roots: Roots): number =>
  roots.length &&
  utf8(roots.map(([key]) => key).join(' ')).reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619), 2_166_136_261) >>> 0;
