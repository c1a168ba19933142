// Owns the types of the message catalogue: a missing key or parameter fails `npm run check`.

import type { en } from './en';
import type { enLater } from './en/later';

/** All English texts: those of the start, and those of the pages that need more. */
type English = typeof en & typeof enLater;

/** A message that depends on `{count}`; languages of ours need these two forms. */
export interface Plural {
  one: string;
  other: string;
}

export type Message = string | Plural;

export type MessageKey = keyof English;

/** The same keys with texts of the same shape. */
export type Translated<T> = { [K in keyof T]: T[K] extends string ? string : Plural };

/** Every language has exactly the keys of English. */
export type Catalogue = Translated<English>;

type ParameterNames<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | ParameterNames<Rest> : never;

type Names<M> = M extends string
  ? ParameterNames<M>
  : M extends { one: infer A extends string; other: infer B extends string }
    ? 'count' | ParameterNames<A> | ParameterNames<B>
    : never;

/** What a caller has to give besides the key: nothing, or every parameter by name; `count` as a number. */
export type Values<K extends MessageKey> = [Names<English[K]>] extends [never]
  ? []
  : [values: { [N in Names<English[K]>]: N extends 'count' ? number : string | number }];
