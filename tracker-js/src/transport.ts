// Owns the sending, and the batches that did not get through: in memory, few and not for long, for a page is not a mail queue. It
// does not fill them.
//
// To send a batch again is safe: the server knows it by its view and number, for longer than it is kept here.

import { endpoint } from './config';
import { later } from './guard';
import { encode, type Json } from './json';

const enum Limit {
  /** Batches that wait; the oldest make room. */
  Waiting = 20,
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

export interface Reply {
  /** The server wants to know where the elements of this page stand. */
  layout?: boolean;
}

export interface Batch {
  /** Written anew for each try, as its events grow older. */
  beacon_: { readonly [key: string]: Json; readonly events: readonly { readonly ago: number }[] };
  onReply_: (reply: Reply) => void;
}

let waiting: Batch[] = [];
let pauseMs: number = Limit.PauseMs;
/** The timer of the pause in which only a page that is left sends. The first failure of several at one time sets it. */
let pause = 0;

/**
 * Posts a batch. As plain text, for which a browser asks no leave of the server first (no CORS preflight), and so that it outlives
 * the page. A page that is `leaving` uses `sendBeacon`, the surer way, which tells no reply.
 */
const post = async (batch: Batch, leaving: boolean | undefined): Promise<void> => {
  // What no answer counts as.
  let status: number = Status.BadGateway;
  let retryAfterSeconds!: number;
  try {
    const body = encode(batch.beacon_);
    if (leaving && navigator.sendBeacon(endpoint!, body)) return;
    const response = await fetch(endpoint!, { method: 'POST', body, keepalive: true });
    status = response.status;
    retryAfterSeconds = +response.headers.get('Retry-After')!;
    batch.onReply_(await response.json());
  } catch {
    // Refused, blocked or offline; or no reply of ours.
  }
  if (status === Status.TooManyRequests || status >= Status.BadGateway) {
    waiting.push(batch);
    pause ||= later(
      () => {
        pause = 0;
        sendWaiting();
      },
      // Never sooner than the server asks for, and not all visitors at once.
      Math.min(retryAfterSeconds * 1_000 || (pauseMs *= 2), Limit.LongestPauseMs) * (1 + Math.random()),
    );
  } else {
    pauseMs = Limit.PauseMs;
    sendWaiting();
  }
};

/**
 * Sends the oldest batch; the next follows when it got through, for no more than 64 KiB may be under way at one time. A page that
 * is `leaving` cannot wait and sends all.
 */
const sendWaiting = (leaving?: boolean): void => {
  const ageOf = ({ beacon_ }: Batch): number => beacon_.events[0]!.ago;
  waiting = waiting
    .filter((batch) => ageOf(batch) < Limit.AgeMs)
    .sort((a, b) => ageOf(b) - ageOf(a))
    .slice(-Limit.Waiting);
  try {
    // The visitor, or the owner for their own browser, has asked not to be counted.
    if (localStorage.heatline_ignore === 'true') waiting = [];
  } catch {
    // Storage is switched off, and so nobody asked.
  }
  if (leaving || !pause) for (const batch of waiting.splice(0, leaving ? Limit.Waiting : 1)) post(batch, leaving).catch(() => {});
};

/** Sends a batch, if there is one, when its turn comes: at once, unless the server is not to be troubled. */
export const send = (batch: Batch | undefined, leaving: boolean | undefined): void => {
  if (batch) waiting.push(batch);
  sendWaiting(leaving);
};
