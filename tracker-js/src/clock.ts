// Owns the time. Monotonic: a page may replace `Date`, and a visitor may set the clock of the computer.

/** Returns milliseconds since the document's time origin. */
export const now = (): number => performance.now();
