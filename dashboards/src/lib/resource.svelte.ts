// Owns the life of one answer: loading, there, failed. The last good answer stays while the next one loads,
// so that a page does not flicker; an answer to an older question is thrown away.

import { toApiError, type ApiError } from './problem';

export class Resource<T> {
  value = $state.raw<T | undefined>();
  error = $state.raw<ApiError | undefined>();
  loading = $state(true);
  #running: AbortController | undefined;

  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.loading = true;
    try {
      const value = await ask(running.signal);
      if (running.signal.aborted) return;
      this.value = value;
      this.error = undefined;
      this.loading = false;
    } catch (cause) {
      if (running.signal.aborted) return;
      this.error = toApiError(cause);
      this.loading = false;
    }
  }

  /** Forgets the question that is under way. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }
}
