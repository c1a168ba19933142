// Owns the running of the whole script in a page that jsdom makes up. It does not look at what is sent.

import { vi } from 'vitest';
import { pretend, restorePage, runFromTag, showPage } from './page';

let listeners: Parameters<typeof removeEventListener>[] = [];
const { pushState, replaceState } = history;

/** Sets up a page with the script's tag, in which time stands still. */
export const startPage = (): void => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  // No page runs a script at the time 0.
  vi.advanceTimersByTime(1);
  listeners = [];
  const { addEventListener } = window;
  vi.spyOn(window, 'addEventListener').mockImplementation((...listener: any) => {
    listeners.push(listener);
    (addEventListener as any)(...listener);
  });
  showPage();
  runFromTag({ site: 'demo.example' });
};

/** Takes away what the script, and the test, did to the page. */
export const endPage = (): void => {
  for (const listener of listeners) window.removeEventListener(...listener);
  Object.assign(history, { pushState, replaceState });
  vi.useRealTimers();
  restorePage();
};

/** Runs the script from its beginning, as a page that loads it does. The build puts it into a `try`. */
export const load = async (): Promise<void> => {
  vi.resetModules();
  await import('../../src/index').catch(() => {});
  settle();
};

/** Lets the browser be idle. */
export const settle = (): void => void vi.advanceTimersByTime(1);

/** Lets the script notice what has changed, and measure it. */
export const tick = (): void => {
  vi.advanceTimersByTime(500);
  settle();
};

export const fire = (type: string): boolean => window.dispatchEvent(new Event(type));

export const hide = (hidden: boolean): void => {
  pretend(document, { hidden });
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
};
