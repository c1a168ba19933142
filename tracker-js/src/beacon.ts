// Owns the wire format, version 1 (docs/tracker.md), the batching and the sending, and the batches that did not get through: in memory,
// few and not for long, for a page is not a mail queue. It does not know when a page is left.
//
// To send a batch again is safe: the server knows it by its view and number, for longer than it is kept here.

import { now } from './clock';
import { endpoint } from './config';
import { accept } from './custom-events';
import { guard } from './guard';
import { News } from './link';
import { page, tell, view } from './view';

const enum Limit {
  /**
   * From here on a batch goes. The server takes 64 KiB and 100 events: one event has at most 54 kB, a character at most three bytes, and
   * no event has less than 30 characters.
   */
  Characters = 3_000,
  /** Batches that wait; the oldest make room. */
  Waiting = 20,
  All = 99,
  /** Of the first event of a batch. */
  AgeMs = 300_000,
  /** Half the first pause; each is twice the last until a batch gets through. */
  PauseMs = 500,
  LongestPauseMs = 60_000,
}

const enum Status {
  TooManyRequests = 429,
  /** From here on it is a proxy that does not reach the server, or the server that takes nothing now. */
  BadGateway = 502,
}

/** `ago`: milliseconds since it happened, when it is written. */
type Event = { readonly [key: string]: unknown; readonly ago: { toJSON: () => number } };
type Batch = { readonly [key: string]: unknown; readonly events: readonly Event[] };

let events: Event[] = [];
/** Oldest first. */
let waiting: Batch[] = [];
let pauseMs: number = Limit.PauseMs;
/** The end of the pause in which only a page that is left sends. The first failure of several at one time sets it. */
let resumeAt = 0;

/**
 * Adds an event to the view. It goes with the next tick, sooner where the batch is full, but never at once: to send costs the page more
 * than to click. Between two views nothing happens.
 */
accept.record_ = (type, fields?, at = now()) => {
  if (view) events.push({ type, ago: { toJSON: () => (now() - at) | 0 }, ...fields });
  if (JSON.stringify(events)[Limit.Characters]) {
    close();
    setTimeout(flush);
  }
};

/** Closes the batch. */
export const close = (): void => {
  if (events[0]) {
    if (waiting[Limit.Waiting]) waiting.shift();
    waiting.push({ ...view!, viewport: page[0], document: page[1], events });
    view!.n++;
  }
  events = [];
};

/**
 * Sends the oldest batch that waits, unless the server is not to be troubled; one at a time, for no more than 64 KiB may be under
 * way. A page that is `leaving` cannot wait and sends all.
 */
export const flush = (leaving?: boolean): void => {
  close();
  guard(() => {
    // The visitor, or the owner for their own browser, has asked not to be counted. Where storage is switched off, nobody asked.
    if (localStorage.heatline_ignore == 'true') waiting = [];
  })();
  waiting.splice(0, leaving ? Limit.All : ((now() > resumeAt) as never)).map(async (batch) => {
    // What no answer counts as.
    let status: number = Status.BadGateway;
    let retryAfterMs!: number;
    try {
      // As plain text, for which a browser asks no leave of the server first (no CORS preflight), and so that it outlives the page.
      const response = await fetch(endpoint, { method: 'post', body: JSON.stringify(batch), keepalive: true });
      status = response.status;
      retryAfterMs = (response.headers.get('retry-after') as never) * 1_000;
      if ((await response.json()).layout) tell(News.Layout);
    } catch {
      // Refused, blocked or offline; or no reply of ours.
    }
    if (status >= Status.BadGateway || status == Status.TooManyRequests) {
      // It is older than all that wait, or nearly.
      if (batch.events[0]!.ago.toJSON() < Limit.AgeMs) waiting.unshift(batch);
      if (now() > resumeAt) {
        // Never sooner than the server asks for, and not all visitors at once.
        resumeAt = now() + Math.min(retryAfterMs || (pauseMs *= 2), Limit.LongestPauseMs) * (1 + Math.random());
      }
    } else {
      pauseMs = Limit.PauseMs;
    }
  });
};
