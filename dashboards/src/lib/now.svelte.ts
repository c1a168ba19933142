// Owns the time of day as reactive state, for what grows old on the screen. It stands still while nobody looks.

import { whileVisible } from './visible-interval';

export class Clock {
  now = $state(Date.now());
  readonly #everyMs: number;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** Goes until what this returns is called. */
  start(): () => void {
    return whileVisible(this.#everyMs, () => (this.now = Date.now()));
  }
}
