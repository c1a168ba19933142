// Owns `window.heatline`, by which a page reports what only it knows.

import { record } from './beacon';
import { guard } from './guard';
import { view } from './view';

const enum Limit {
  NameCharacters = 120,
  Props = 30,
  PropCharacters = 500,
}

export interface Options {
  props?: { readonly [name: string]: unknown };
}

type Call = [name: string, options?: Options];

interface PageFunction {
  (...call: Call): void;
  /** Calls made before the script was there, by the stub that docs/tracker.md shows. */
  q?: Iterable<Call>;
  /** The script is running: a second copy does nothing. */
  running?: boolean;
}

declare global {
  interface Window {
    heatline?: PageFunction;
  }
}

/** Calls that wait for the page to be seen. */
let waiting: Call[] = [];

/** Keeps all values as text. */
const plainProps = (props: { readonly [name: string]: unknown } = {}): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(props)
      .slice(0, Limit.Props)
      .map(([name, value]) => [name, ('' + value).slice(0, Limit.PropCharacters)]),
  );

const accept: PageFunction = guard((...call: Call): void => {
  const [name, options] = call;
  if (!view) waiting.push(call);
  else if (name) record('event', { name: ('' + name).slice(0, Limit.NameCharacters), props: plainProps(options?.props) });
});

/** Records the calls that waited for a view. */
export const replayCalls = (): void => {
  for (const call of waiting.splice(0)) accept(...call);
};

/** Puts `heatline` on the window; returns false where it is there already. */
export const takeOverPageFunction = (): boolean => {
  const stub = window.heatline;
  if (stub?.running) return false;
  waiting = [...(stub?.q || [])];
  window.heatline = accept;
  accept.running = true;
  return true;
};
