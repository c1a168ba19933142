// Owns `window.heatline`, by which a page reports what only it knows.

import { record } from './beacon';
import { guard } from './guard';
import { sliceBytes } from './json';
import { view } from './view';

/** What the server takes, with room for a character that is cut through, and less where all properties must fit a beacon. */
const enum Limit {
  NameBytes = 117,
  Props = 30,
  PropBytes = 1_697,
}

type Call = [name: string, options?: { props?: { readonly [name: string]: unknown } }];

interface PageFunction {
  (...call: Call): void;
  /** Calls made before the script was there, by the stub that docs/tracker.md shows. */
  q?: Call[];
  /** The script is running: a second copy does nothing. */
  running?: boolean;
}

declare global {
  interface Window {
    heatline?: PageFunction;
  }
}

/** Calls that wait for the page to be seen. */
const waiting: Call[] = [];

const textOf = (value: unknown, maxBytes: Limit): string => sliceBytes('' + value, 0, maxBytes);

const accept: PageFunction = guard((...call) => {
  const [name, options] = call;
  if (!view) waiting.push(call);
  else if (name.trim()) {
    const props: { [name: string]: string } = {};
    for (const [prop, value] of Object.entries(options?.props || {}).slice(0, Limit.Props)) {
      props[textOf(prop, Limit.NameBytes)] = textOf(value, Limit.PropBytes);
    }
    record('event', { name: textOf(name, Limit.NameBytes), props });
  }
});

/** Records the calls that waited for a view. */
export const replayCalls = (): void => {
  for (const call of waiting.splice(0)) accept(...call);
};

/** Puts `heatline` on the window; returns false where it is there already. */
export const takeOverPageFunction = (): boolean => {
  const stub = window.heatline;
  if (stub?.running) return false;
  for (const call of stub?.q || []) accept(...call);
  accept.running = true;
  window.heatline = accept;
  return true;
};
