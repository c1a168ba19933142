// Owns the one element that the overlay adds to the page, and its closed shadow root. It lies in the top layer, above open dialogs, takes
// no room and no pointer, and its styles go by the CSSOM, which no Content-Security-Policy forbids.

import { guard } from '../src/guard';
import { styleSheet } from './style';

const STYLES: Record<string, string> = {
  all: 'initial',
  display: 'block',
  position: 'fixed',
  inset: '0',
  width: '100vw',
  height: '100vh',
  'max-width': 'none',
  'max-height': 'none',
  overflow: 'clip',
  'pointer-events': 'none',
  'z-index': '2147483647',
};

export interface Host {
  element: HTMLElement;
  root: ShadowRoot;
  /** Puts the overlay above a dialog that has been opened since. */
  raise: () => void;
  remove: () => void;
}

export const addHost = (): Host => {
  // Behind the body: frameworks replace what is in it, and pages have rules for its last child.
  const element = document.createElement('heatline-overlay');
  for (const [name, value] of Object.entries(STYLES)) element.style.setProperty(name, value, 'important');
  const root = element.attachShadow({ mode: 'closed' });
  root.adoptedStyleSheets = [styleSheet()];
  element.setAttribute('popover', 'manual');
  document.documentElement.append(element);
  // Older browsers have no popovers; there the overlay lies below open dialogs.
  const raise = guard((): void => {
    if (element.matches(':popover-open')) element.hidePopover();
    element.showPopover();
  });
  raise();
  return { element, root, raise, remove: () => element.remove() };
};
