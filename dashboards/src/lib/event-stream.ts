// Owns the reading of event streams: by EventSource, and by fetch where something has to be shown that EventSource cannot send.

import { credential } from './share';

/** The part of EventSource that is used. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

/** Opens a stream. As with EventSource an `error` with the state CLOSED is the end of it. */
export function openStream(url: string): EventStream {
  const shown = credential();
  return shown === undefined ? new EventSource(url) : new FetchedStream(url, shown);
}

/** States, as EventSource numbers them. */
const CONNECTING = 0;
export const OPEN = 1;
export const CLOSED = 2;

/** A stream that is read by fetch. It does not come back by itself: whoever listens to `error` does that. */
export class FetchedStream implements EventStream {
  readyState = CONNECTING;
  readonly #listeners = new EventTarget();
  readonly #leaving = new AbortController();

  constructor(url: string, shown: string) {
    void this.#read(url, shown);
  }

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.addEventListener(type, listener as (event: Event) => void);
  }

  close(): void {
    this.readyState = CLOSED;
    this.#leaving.abort();
  }

  async #read(url: string, shown: string): Promise<void> {
    try {
      const headers = { Accept: 'text/event-stream', Authorization: `Bearer ${shown}` };
      const response = await fetch(url, { headers, credentials: 'omit', cache: 'no-store', signal: this.#leaving.signal });
      if (response.ok && response.body) {
        this.readyState = OPEN;
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        const messages = new MessageReader((event, data) => this.#listeners.dispatchEvent(new MessageEvent(event, { data })));
        for (let part = await reader.read(); !part.done; part = await reader.read()) messages.take(part.value);
      }
    } catch {
      // Told below, like a stream that was refused or has ended.
    }
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSED;
    this.#listeners.dispatchEvent(new Event('error'));
  }
}

/** Cuts a text that comes in pieces into messages (HTML Living Standard §9.2.6). */
export class MessageReader {
  readonly #tell: (event: string, data: string) => void;
  #rest = '';
  #event = '';
  #data: string[] = [];

  constructor(tell: (event: string, data: string) => void) {
    this.#tell = tell;
  }

  take(piece: string): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data.length > 0) this.#tell(this.#event || 'message', this.#data.join('\n'));
      this.#event = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    // A comment, or a field without a value: nothing that we send has one.
    if (colon <= 0) return;
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.slice(0, colon) === 'event') this.#event = value;
    if (line.slice(0, colon) === 'data') this.#data.push(value);
  }
}
