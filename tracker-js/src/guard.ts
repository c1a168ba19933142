// Owns the promise that nothing ever throws into the page. It does not report what went wrong: a tracker has nobody to tell.

/** Returns `run` with its exceptions swallowed. */
export const guard =
  <A extends unknown[]>(run: (...args: A) => void) =>
  (...args: A): void => {
    try {
      run(...args);
    } catch {
      // The page must not notice.
    }
  };

/**
 * Listens on `window` in the capture phase, where events of `document` and of elements pass before the page can stop them.
 * Not marked passive: browsers wait for listeners of touch and wheel events only, and there are none here.
 */
export const listen = <E extends Event>(type: string, run: (event: E) => void): void =>
  addEventListener(type, guard(run as (event: Event) => void), true);

/** Runs `run` after `delayMs`, at the earliest opportunity without it. */
export const later = (run: () => void, delayMs?: number): number => setTimeout(guard(run), delayMs);
