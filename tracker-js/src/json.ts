// Owns the writing of JSON and the measuring of text. It does not read any.

const { stringify } = JSON;

export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns `value` as JSON. Numbers become whole: none on our wire has a fraction. Members that are `undefined` are left out.
 *
 * TRICKY: Prototype.js before 1.7 defines `Array.prototype.toJSON`, which turns arrays into strings; `this[key]` is the value
 * before that.
 */
export const encode = (value: Json): string =>
  stringify(value, function (this: { [key: string]: Json }, key) {
    const member = this[key];
    return member === +member! ? Math.round(member) : member;
  });

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the size of `text` in UTF-8. */
export const sizeBytes = (text: string): number => utf8(text).length;

/**
 * Returns the part of `text` between two bytes of its UTF-8, as `slice` counts. A character that is cut through becomes U+FFFD, as
 * does half a surrogate pair: the server refuses what is not Unicode.
 */
export const sliceBytes = (text: string, start: number, end?: number): string =>
  new TextDecoder().decode(utf8(text).slice(start, end));
