// Owns the notice that the page has changed: its elements, their places, what is on screen, the route. It does not act on it.

import { guard } from '../src/guard';

/** Attributes that a key is made of, or that make an element show or hide others. */
const NAMING = ['id', 'class', 'name', 'data-testid', 'data-test', 'data-qa'];

/** Nothing tells of an element that moves by itself, so the places are compared so often. */
const PLACES_MS = 400;

export interface Watched {
  /** Elements came, went or were renamed: look for them again. */
  elements: () => void;
  /** Elements may stand elsewhere. */
  places: () => void;
  /** The map must be drawn again where it is. */
  view: () => void;
  /** The window has another size. */
  size: () => void;
  /** The page shows another path, without a new document. */
  route: () => void;
  /** A dialog or a popover was opened, above all that was open before. */
  layers: () => void;
}

/**
 * Watches the page until `signal`; `host` is the overlay's own element. Returns what watches an open shadow root, or the document of a
 * frame, too; to do so twice is to do it once.
 */
export const watchPage = (watched: Watched, host: Element, signal: AbortSignal): ((root: Node) => void) => {
  const on = (target: EventTarget, types: string[], run: (event: Event) => void): void => {
    for (const type of types) target.addEventListener(type, guard(run), { capture: true, passive: true, signal });
  };
  on(window, ['scroll'], watched.view);
  on(window, ['resize'], watched.size);
  // Capture sees what does not bubble: pictures that arrive, `<details>` that open.
  on(window, ['load', 'toggle', 'transitionend', 'animationend'], watched.places);
  on(window, ['toggle'], (event) => {
    const { target } = event;
    if (target !== host && target instanceof Element && target.matches(':popover-open')) watched.layers();
  });

  const mutations = new MutationObserver(
    guard((records: MutationRecord[]) => {
      const others = records.filter(({ target }) => target !== host);
      // Not every browser has events for dialogs.
      if (others.some(({ target, attributeName }) => attributeName === 'open' && (target as Element).matches('dialog[open]'))) {
        watched.layers();
      }
      if (others.some(({ type, attributeName }) => type === 'childList' || NAMING.includes(attributeName ?? ''))) {
        watched.elements();
      } else if (others.length) watched.places();
    }),
  );
  const watchedWindows = new WeakSet<Window>();
  const observe = (root: Node): void => {
    mutations.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    // Events of a frame do not leave it.
    const inside = (root as Document).defaultView;
    if (!inside || watchedWindows.has(inside)) return;
    watchedWindows.add(inside);
    on(inside, ['scroll'], watched.view);
    on(inside, ['load'], watched.elements);
  };
  observe(document.documentElement);

  const sizes = new ResizeObserver(guard(() => watched.places()));
  sizes.observe(document.documentElement);
  if (document.body) sizes.observe(document.body);

  // Wrapping `pushState` would outlive the overlay, so where the browser does not tell of routes they are looked at with the places.
  let path = location.pathname;
  const lookAtRoute = (): void => {
    if (path === location.pathname) return;
    path = location.pathname;
    watched.route();
  };
  const { navigation } = window as { navigation?: Navigation };
  if (navigation?.currentEntry) on(navigation, ['currententrychange'], lookAtRoute);
  const ticking = setInterval(
    guard(() => {
      lookAtRoute();
      if (!document.hidden) watched.places();
    }),
    PLACES_MS,
  );

  signal.addEventListener('abort', () => {
    mutations.disconnect();
    sizes.disconnect();
    clearInterval(ticking);
  });
  return observe;
};
