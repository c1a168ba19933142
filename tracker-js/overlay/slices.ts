// Owns the cutting of long work into slices that the page does not notice. It does not know the work.

import { guard } from '../src/guard';

/** Longest slice, half a frame. */
const SLICE_MS = 8;
/** Work waits no longer than this for the browser to be idle. */
const PATIENCE_MS = 150;

/** Work that can stop at each `yield`. */
export type Work = Iterator<unknown>;

const whenIdle = (run: () => void): void => {
  // Safari has no idle callbacks.
  if ('requestIdleCallback' in window) requestIdleCallback(run, { timeout: PATIENCE_MS });
  else setTimeout(run, 16);
};

/** Runs one piece of work at a time: to begin another is to give up the one before. */
export class Slices {
  private current?: Work | undefined;

  /** Begins the work, and calls `done` when it is finished; never if it was given up. */
  run(work: Work, done: () => void): void {
    this.current = work;
    const slice = guard((): void => {
      const end = performance.now() + SLICE_MS;
      while (this.current === work) {
        if (work.next().done) {
          this.current = undefined;
          done();
          return;
        }
        if (performance.now() >= end) {
          whenIdle(slice);
          return;
        }
      }
    });
    whenIdle(slice);
  }

  get isBusy(): boolean {
    return !!this.current;
  }

  stop(): void {
    this.current = undefined;
  }
}
