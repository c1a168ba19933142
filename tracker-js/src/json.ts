// Owns the writing of JSON and the measuring of text. It does not read any.

import { now } from './clock';

export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns `value` as JSON. Numbers become whole, as none on our wire has a fraction, and `ago`, until then a time, becomes the time
 * since. Members that are `undefined` are left out.
 */
export const encode = (value: Json): string =>
  JSON.stringify(value, (key, member) => (member === +member ? Math.round(key == 'ago' ? now() - member : member) : member));

/** Returns `text` in UTF-8. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the size of `text` in UTF-8. */
export const sizeBytes = (text: string): number => utf8(text).length;
