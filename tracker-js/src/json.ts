// Owns the writing of JSON. It does not read any.

const { stringify } = JSON;

export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/**
 * Returns `value` as JSON. Numbers become whole: none on our wire has a fraction. Members that are `undefined` are left out.
 *
 * TRICKY: old versions of Prototype.js define `Array.prototype.toJSON`, which turns arrays into strings
 * (https://github.com/prototypejs/prototype/issues/296); `this[key]` is the value before that.
 */
export const encode = (value: Json): string =>
  stringify(value, function (this: { [key: string]: Json }, key) {
    const member = this[key];
    return member === +member! ? Math.round(member) : member;
  });

/** Returns the size of `text` in UTF-8. */
export const sizeBytes = (text: string): number => new Blob([text]).size;
