// Owns the connection of the public live page: it comes back by itself, also after the server was away.

import type { Moment } from './moment';

export type FeedState = 'connecting' | 'live' | 'lost';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export function follow(url: string, take: (moment: Moment) => void, tell: (state: FeedState) => void): void {
  let retryMs = FIRST_RETRY_MS;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    const source = new EventSource(url);
    source.addEventListener('moment', (event: MessageEvent<string>) => {
      retryMs = FIRST_RETRY_MS;
      tell('live');
      take(JSON.parse(event.data) as Moment);
    });
    source.addEventListener('error', () => {
      tell('lost');
      // A dropped connection comes back by itself; a refused one is closed for good and is ours to retry.
      if (source.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      // Not all pages at the same moment.
      timer = setTimeout(connect, retryMs * (0.75 + Math.random() / 2));
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    });
  }

  tell('connecting');
  connect();
}
