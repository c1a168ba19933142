// Owns `window.heatline`, by which a page reports what only it knows.

import { guard } from './guard';
import type { Link } from './link';
import { view } from './view';

/** What the server takes, a character having three bytes at most, and less where all properties must fit a beacon. */
const enum Limit {
  NameCharacters = 39,
  Props = 30,
  PropBytes = 1_697,
}

type Call = [name: string, options?: undefined | { props?: { readonly [name: string]: unknown } }];

interface PageFunction extends Partial<Link> {
  (...call: Call): void;
  /** Calls made before the script was there, by the stub that docs/tracker.md shows. */
  q?: Call[];
}

declare global {
  interface Window {
    heatline?: PageFunction;
  }
}

/** Calls that wait for the page to be seen. */
export const waitingCalls = window.heatline?.q || [];

export const accept = guard((name: Call[0], options?: Call[1]) => {
  if (!view) waitingCalls.push([name, options]);
  else if (name.trim()) {
    accept.record_('event', {
      name: name.slice(0, Limit.NameCharacters),
      props: Object.fromEntries(
        Object.entries({ ...options?.props })
          .slice(0, Limit.Props)
          .map(([prop, value]) => [
            prop.slice(0, Limit.NameCharacters),
            // Half a character becomes U+FFFD: the server refuses what is not Unicode.
            new TextDecoder().decode(new TextEncoder().encode(value as string).slice(0, Limit.PropBytes)),
          ]),
      ),
    });
  }
}) as PageFunction & Link;
