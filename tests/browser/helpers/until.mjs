// Owns the waiting: look again until it is so, or the time is up.

import { failure } from './failure.mjs';

const PAUSE_MS = 50;

/**
 * Returns the first truthy result of `look`, asked again and again for `limitMs`. What `look` throws counts as not yet, and
 * is told when the time is up; so `look` may assert.
 */
export async function until(what, limitMs, look) {
  const deadline = performance.now() + limitMs;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      const seen = last instanceof Error ? last.message : JSON.stringify(last);
      throw failure(`not within ${limitMs} ms: ${what}; last seen: ${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Looks again and again for `forMs` and fails as soon as it is not so: `look` asserts. */
export async function stays(what, forMs, look) {
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    await look().catch((error) => {
      throw failure(`${what}: ${error.message}`);
    });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
