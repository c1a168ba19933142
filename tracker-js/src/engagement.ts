// Owns the time that a visitor gives the page: visible and focused. It does not decide when that is reported.

import { now } from './clock';

export const enum Beat {
  /** How often a view that is being looked at reports; the server forgets a visitor after five minutes without a sign. */
  EveryMs = 15_000,
  /** No honest gap between two looks at the clock is longer: the computer slept in between. */
  MaxGapMs = 30_000,
}

let engagedMs = 0;
let lookedAt = 0;
let engaged = false;

/** Moves the clock to now and returns the engagement that this added, in milliseconds. To be called whenever engagement may change. */
export const advance = (): number => {
  const time = now();
  const added = engaged ? Math.min(time - lookedAt, Beat.MaxGapMs) : 0;
  lookedAt = time;
  // A focused frame inside the page counts as focus.
  engaged = !document.hidden && document.hasFocus();
  engagedMs += added;
  return added;
};

/** Returns what has added up since the last call, in milliseconds. */
export const takeEngaged = (): number => {
  const taken = engagedMs;
  engagedMs = 0;
  return taken;
};
