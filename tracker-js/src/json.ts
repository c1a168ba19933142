// Owns what a beacon may hold, and the measuring of text.

/** Numbers are whole: none on our wire has a fraction but for `cls`. Members that are `undefined` are left out. */
export type Json = string | number | boolean | undefined | readonly Json[] | { readonly [key: string]: Json };

/** Returns `text` in UTF-8. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Returns the size of `text` in UTF-8. */
export const sizeBytes = (text: string): number => utf8(text).length;
