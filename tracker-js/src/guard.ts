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
 * Listens on `window` in the capture phase, where an event passes before the page can stop it, and passively, so that
 * scrolling never waits. Events of `document` and of elements pass here as well.
 */
export const listen = <E extends Event>(type: string, run: (event: E) => void, target: EventTarget = window): void =>
  target.addEventListener(type, guard(run as (event: Event) => void), { capture: true, passive: true });

/** Runs `run` after `delayMs`, at the earliest opportunity without it. */
export const later = (run: () => void, delayMs?: number): number => setTimeout(guard(run), delayMs);
