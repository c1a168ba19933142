// Owns which automatic events are on, and how one is told. It does not notice them.

import { core } from './core';

const wanted = core.tag_.dataset['auto'];

/** Returns true where the site wants events, or measures, of this kind. */
export const on = (kind: string): boolean => wanted == null || wanted.split(/[\s,]+/).includes(kind);

/** The properties of what was told in this task, by the name of the event: it is not sent yet. */
export const told = new Map<string, object>();

const { record_: record } = core;

/** Tells that something happened, now or at another time. */
export const tell = (name: string, props: { readonly [prop: string]: string }, at?: number): void => {
  told.set(name, props);
  setTimeout(() => told.delete(name));
  record('event', { name, props }, at);
};
