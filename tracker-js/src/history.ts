// Owns the notice that the URL changed without a new document. It does not decide whether that is another page.

import { guard, listen } from './guard';

/** Calls `onChange` after every change of the session history's current entry. */
export const observeHistory = (onChange: () => void): void => {
  // TRICKY: `<nav id="navigation">` is `window.navigation` where the browser has none: only the real one has a current entry.
  const { navigation } = window as { navigation?: Navigation };
  if (navigation?.currentEntry) {
    navigation.addEventListener('currententrychange', guard(onChange));
    return;
  }
  // Without the Navigation API (Firefox before 147, Safari before 26.2) nothing tells of pushState but pushState itself.
  listen('popstate', onChange);
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = (...args) => {
      original.apply(history, args);
      guard(onChange)();
    };
  }
};
