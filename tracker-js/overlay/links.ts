// Owns the keeping of the overlay from page to page: the core starts it by the fragment alone, so links carry the fragment on. It changes
// no link.

import { guard } from '../src/guard';

/** The fragment that starts the overlay, before the token. */
export const FRAGMENT = '#heatline-overlay=';

/** Follows plain clicks on links of the same origin itself, with the fragment, unless the page has done something else with them. */
export const carryFragment = (token: string, signal: AbortSignal): void => {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node): node is Element => node instanceof Element && node.matches('a[href],area[href]'));
    if (!link || link.hasAttribute('download') || !/^(_self)?$/i.test(link.getAttribute('target') || '')) return;
    const target = new URL(link.getAttribute('href')!, document.baseURI);
    if (target.origin !== location.origin || !/^https?:$/.test(target.protocol)) return;
    const isSamePage = target.pathname === location.pathname && target.search === location.search;
    // A place on the same page needs no new document.
    if (isSamePage && (target.hash || link.getAttribute('href')!.endsWith('#'))) return;
    target.hash = FRAGMENT + token;
    event.preventDefault();
    // Where only the fragment differs, or nothing does, the browser would not load the page again as the link says.
    if (isSamePage) {
      history.replaceState(history.state, '', target);
      location.reload();
    } else location.assign(target);
  };
  // The last to hear of a click, so that what the page does with it is known.
  window.addEventListener('click', guard(follow), { signal });
};

/** Takes the fragment off the address; what stands before it is the page's own. */
export const clearFragment = (): void => {
  const { hash, pathname, search } = location;
  const at = hash.indexOf(FRAGMENT);
  if (at >= 0) history.replaceState(history.state, '', pathname + search + hash.slice(0, at));
};
