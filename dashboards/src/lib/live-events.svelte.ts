// Owns the stream of what visitors do, for as long as somebody reads it: the latest events, and how many were left out.

import { api } from './api';
import type { Filter, LiveEvent } from './api-types';

/** What is kept: a page that is open all day must not grow. */
const KEPT = 60;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export interface Told extends LiveEvent {
  /** Within this page. */
  id: number;
}

export class LiveEvents {
  events = $state.raw<readonly Told[]>([]);
  /** Left out since the stream was opened, for more came than can be told. */
  missed = $state(0);
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #last = 0;

  /** Opens the stream, and returns what ends it. */
  start(site: string, filters: readonly Filter[]): () => void {
    this.events = [];
    this.missed = 0;
    const url = api.liveEventsUrl(site, filters);
    const leave = () => this.#close();
    const comeBack = (event: PageTransitionEvent) => event.persisted && this.#open(url);
    addEventListener('pagehide', leave);
    addEventListener('pageshow', comeBack);
    this.#open(url);
    return () => {
      removeEventListener('pagehide', leave);
      removeEventListener('pageshow', comeBack);
      this.#close();
    };
  }

  #open(url: string): void {
    this.#close();
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener('events', (event: MessageEvent<string>) => {
      this.#retryMs = FIRST_RETRY_MS;
      this.#take(JSON.parse(event.data) as { events: LiveEvent[]; missed: number });
    });
    source.addEventListener('error', () => {
      // A dropped connection comes back by itself; a refused one is closed for good and is ours to retry.
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.#open(url), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    });
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }

  #take({ events, missed }: { events: LiveEvent[]; missed: number }): void {
    const told = events.map((event) => ({ ...event, id: (this.#last += 1) }));
    this.missed += missed;
    this.events = [...told.reverse(), ...this.events].slice(0, KEPT);
  }
}
