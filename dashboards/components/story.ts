// Owns what a story is: a component, and the states in which it is shown.

import type { Component } from 'svelte';

export interface Story {
  /** Its file below `src/components`, without the ending. */
  component: string;
  // The props of each state were checked against those of the component where the story was written.
  view: Component<Record<string, unknown>>;
  states: { name: string; props: Record<string, unknown> }[];
  /** It covers the screen: one state at a time. */
  alone: boolean;
}

/** Makes a story; each state is named by a key and has the props of the component. */
export function story<P extends Record<string, any>>(component: string, view: Component<P, any, any>, states: Record<string, P>, alone = false): Story {
  return {
    component,
    view: view as unknown as Story['view'],
    states: Object.entries(states).map(([name, props]) => ({ name, props })),
    alone,
  };
}

/** Names states by their moods. */
export function byMood<M extends string, P>(moods: readonly M[], make: (mood: M) => P): Record<string, P> {
  return Object.fromEntries(moods.map((mood) => [mood, make(mood)]));
}

export const nothing = (): void => {};
