// Owns the push connection of a site page: the stream, its state, and its return after a failure.

import { api } from './api';
import type { LiveSnapshot } from './api-types';
import { CLOSED, OPEN, openStream, type EventStream } from './event-stream';
import { toApiError } from './problem';

export type LiveState = 'connecting' | 'live' | 'lost';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** A browser has few connections to a host; a tab that nobody has looked at for so long gives its one back. */
const HIDDEN_MS = 300_000;
/** A connection may be dead and not say so. One that has been silent for so long is made anew: a message comes at once. */
const SILENCE_MS = 45_000;
const LOOK_MS = 5_000;
/** What was heard longer ago than this is old, whatever the connection says of itself. */
export const STALE_MS = 60_000;

export class LiveFeed {
  snapshot = $state.raw<LiveSnapshot | undefined>();
  state = $state<LiveState>('connecting');
  /** When the server was last heard, in milliseconds since the epoch. */
  heardAt = $state<number | undefined>();
  readonly #site: string;
  #source: EventStream | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;
  #connectedAt = 0;
  /** Signed out, forbidden or gone: asking again will not change it. */
  #refused = false;
  #retryMs = FIRST_RETRY_MS;
  #stopped = true;

  constructor(site: string) {
    this.#site = site;
  }

  /** Connects, and returns what ends the connection for good. */
  start(): () => void {
    this.#stopped = false;
    const wake = () => this.#wake();
    const turn = () => (document.visibilityState === 'visible' ? this.#wake() : this.#rest());
    // TRICKY: a page that is left may be kept for the way back, with its connections; a few of them, and a browser has none to this
    // host any more.
    const leave = () => this.#disconnect();
    const comeBack = (event: PageTransitionEvent) => event.persisted && this.#wake();
    addEventListener('online', wake);
    addEventListener('pagehide', leave);
    addEventListener('pageshow', comeBack);
    document.addEventListener('visibilitychange', turn);
    this.#connect();
    const watch = setInterval(() => this.#look(), LOOK_MS);
    return () => {
      this.#stopped = true;
      clearInterval(watch);
      removeEventListener('online', wake);
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', comeBack);
      document.removeEventListener('visibilitychange', turn);
      clearTimeout(this.#hiddenTimer);
      this.#disconnect();
    };
  }

  #connect(): void {
    this.#disconnect();
    const source = openStream(api.liveStreamUrl(this.#site));
    this.#source = source;
    this.#connectedAt = Date.now();
    const take = (event: MessageEvent<string>) => {
      this.snapshot = JSON.parse(event.data) as LiveSnapshot;
      this.state = 'live';
      this.heardAt = Date.now();
      this.#refused = false;
      this.#retryMs = FIRST_RETRY_MS;
    };
    source.addEventListener('snapshot', take);
    source.addEventListener('update', take);
    source.addEventListener('error', () => {
      this.state = 'lost';
      // A dropped connection comes back by itself; a refused one is closed for good and is ours to retry.
      if (source.readyState === CLOSED) this.#retryLater();
    });
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#retry(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  /** Asks in the plain way first: EventSource does not tell a lost session from a server that is down. */
  async #retry(): Promise<void> {
    try {
      const snapshot = await api.live(this.#site);
      if (this.#stopped) return;
      this.snapshot = snapshot;
      this.#connect();
    } catch (cause) {
      const { status } = toApiError(cause);
      this.#refused = status >= 400 && status !== 429 && status < 500;
      if (!this.#stopped && !this.#refused) this.#retryLater();
    }
  }

  /** Makes a connection anew of which nothing was heard for long; of a sleeping or hidden page nothing is expected. */
  #look(): void {
    if (this.#stopped || this.#refused || this.#source === undefined || document.visibilityState !== 'visible') return;
    if (Date.now() - Math.max(this.heardAt ?? 0, this.#connectedAt) > SILENCE_MS) this.#connect();
  }

  /** A laptop that wakes up, a network that is back, a tab that is looked at again: none waits for a timer. */
  #wake(): void {
    clearTimeout(this.#hiddenTimer);
    if (this.#source?.readyState === OPEN) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#connect();
  }

  #rest(): void {
    clearTimeout(this.#hiddenTimer);
    this.#hiddenTimer = setTimeout(() => {
      this.#disconnect();
      this.state = 'connecting';
    }, HIDDEN_MS);
  }
}
