// Owns how a question is asked again when the server says that it is busy: after the time that it names.

import { toApiError } from './problem';

const ATTEMPTS = 6;
const USUAL_WAIT_SECONDS = 2;
const LONGEST_WAIT_SECONDS = 30;

/**
 * Asks until there is an answer that is not "503, come back later". `waiting` is told the seconds until the next attempt, and
 * `undefined` when it begins. Gives up after six attempts with the last refusal; every other failure is final at once.
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  waiting: (seconds: number | undefined) => void,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (cause) {
      const error = toApiError(cause);
      if (signal.aborted || error.status !== 503 || attempt === ATTEMPTS) throw cause;
      const seconds = Math.min(LONGEST_WAIT_SECONDS, Math.max(1, error.retryAfterSeconds ?? USUAL_WAIT_SECONDS));
      waiting(seconds);
      await sleep(seconds * 1_000, signal);
      waiting(undefined);
    }
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
