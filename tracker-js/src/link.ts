// Owns what the core and the heat-map module share: a few members of `heatline`. It holds no behaviour.
//
// The two are files of their own, and a browser may hold one of an older release: the short names of these members are written down in
// build.mjs. A member may be added there; none may get another name or another meaning.

import type { Json } from './json';

type Pair = readonly [number, number];

/** Width and height of the window's content and of the whole page, in CSS pixels, and how far it is scrolled. */
export type Page = readonly [viewport: Pair, document: Pair, scroll: Pair];

export type Fields = { readonly [key: string]: Json };

/** What the core tells the module besides clicks. */
export const enum News {
  /** The page has been measured. */
  Measured,
  /** A report is made. */
  Report,
  /** The server asks where the elements of this page stand. */
  Layout,
}

/** One of the news; or a click, with its path, which can be read only while it is under way. */
export type Told = readonly [News, undefined?] | readonly [event: MouseEvent, path: EventTarget[]];

/** Whom the core tells, and how things are just then: the page as last measured, and of the view its start, the time engaged since the last report, and the lowest pixel. */
export type Heard = [told: Told, page: Page, startedAt: number, engagedMs: number, depth: number];

/** A click as it is recorded, but for its age. */
export type Click = { [key: string]: Json; flags: number; state: number };

/** A click, its event, the path of that, and when it was made. */
export type Clicked = [click: Click, event: MouseEvent, path: EventTarget[], at: number];

/** What is open above the page, by the keys of elements. */
export type Roots = [key: string, root: Element][];

export interface Link {
  /** The tag of the core, whose attributes say what is recorded. */
  tag_: HTMLScriptElement;
  /** Until the module takes it over, it fills `early_`. */
  hear_: (...heard: Heard) => unknown;
  /** What the module was not there to hear, of this view. */
  early_: Heard[];
  /** Measures the page and returns it. */
  measure_: () => Page;
  /** What the layout script puts here when it has come: it samples the page, or a part of it that is
   * a state, once in the view that began then.
   */
  sample_: (startedAt: number, state: number, root?: Element) => void;
  /** The start of the view that the module knows. */
  startedAt_: number;
  /** As the module has it (state.ts); for the reaction script. */
  openRoots_: () => Roots;
  /** What was open when the pointer went down, once that is known and until a click has used it. */
  roots_?: Roots | undefined;
  /** As the module has it (click.ts); for the reaction script. */
  describe_: (target: Element, x: number, y: number, flags: number) => Click | undefined;
  /** Is told of each click before it is recorded. Until the reaction script takes it over, it fills `clicks_`. */
  clicked_: (...clicked: Clicked) => unknown;
  clicks_: Clicked[];
  /** Takes in a click that the core does not hear. */
  click_: (event: MouseEvent, path: EventTarget[], at: number) => void;
  /** Listens to the clicks in frames that are new. */
  enterFrames_: () => void;
  /** What is done at each tick: to look at the page, and to send the oldest batch that waits. */
  steps_: readonly [look: () => void, send: () => void];
  /** Adds an event to the view. The core itself records by it, so that the script of automatic events can put itself in between. */
  record_: (type: string, fields?: Fields, happenedAt?: number) => void;
}
