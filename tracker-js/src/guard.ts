// Owns the promise that nothing ever throws into the page. It does not report what went wrong: a tracker has nobody to tell.

/** Returns `run` with its exceptions swallowed. */
export const guard =
  <A extends unknown[]>(run: (...args: A) => unknown) =>
  (...args: A): void => {
    try {
      run(...args);
    } catch {
      // The page must not notice.
    }
  };

/** Listens on the window, or another, in the capture phase, where events pass before the page can stop them. */
export const listen = (types: string, run: (event: never) => unknown, target: EventTarget = window): void => {
  for (const type of types.split(' ')) target.addEventListener(type, guard(run) as EventListener, true);
};

/**
 * Runs `run` when the browser has nothing else to do. Safari has no idle callback.
 *
 * TRICKY: without a time limit Chromium may never find a page idle that was clicked on. To `setTimeout` the limit means nothing.
 */
export const whenIdle = (run: (deadline?: IdleDeadline) => unknown): unknown =>
  (window.requestIdleCallback || setTimeout)(guard(run) as never, { timeout: 500 } as never);
