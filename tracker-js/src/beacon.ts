// Owns the wire format, version 1 (docs/tracker.md), and the batching. It does not know when a page is left.

import { now } from './clock';
import { siteName } from './config';
import { later } from './guard';
import { encode, sizeBytes, type Json } from './json';
import type { Page } from './page';
import { send, type Reply } from './transport';

const enum Limit {
  /** The server takes 64 KiB and 100 events; the head of a beacon holds two URLs. */
  EventsBytes = 55_000,
  Events = 100,
  /** A live heat map moves within two seconds of the click. */
  OldestEventMs = 1_000,
}

/** What every beacon of a page view says of it. */
export interface Head {
  id_: string;
  url_: string;
  /** Empty where there is none to tell. */
  referrer_: string;
  /** The page as last measured. */
  page_: Page;
  onReply_: (reply: Reply) => void;
}

/** An event that waits: when it happened, and its JSON without the opening brace. */
type Waiting = readonly [happenedAt: number, rest: string];

let head: Head;
let waiting: Waiting[] = [];
let waitingBytes = 0;
let timer = 0;

/** Makes what is recorded from now on belong to another view; what was recorded before must have been flushed. */
export const addressTo = (view: Head): void => {
  head = view;
};

/** Adds an event. It goes within a second, sooner where the batch is full; one that no beacon can hold is dropped. */
export const record = (type: string, fields?: { readonly [key: string]: Json }): void => {
  const rest = encode({ type, ...fields }).slice(1);
  const bytes = sizeBytes(rest) + 20;
  if (bytes > Limit.EventsBytes) return;
  if (waitingBytes + bytes > Limit.EventsBytes || waiting.length >= Limit.Events) flush();
  waiting.push([now(), rest]);
  waitingBytes += bytes;
  if (!timer) timer = later(flush, Limit.OldestEventMs);
};

/** Sends all that waits. Nothing is sent where nothing waits. */
export const flush = (leaving?: boolean): void => {
  clearTimeout(timer);
  const events = waiting.map(([happenedAt, rest]) => `{"ago":${Math.round(now() - happenedAt)},${rest}`);
  waiting = [];
  waitingBytes = timer = 0;
  if (!events.length) return;
  const opening = encode({
    v: 1,
    site: siteName,
    view: head.id_,
    url: head.url_,
    referrer: head.referrer_ || undefined,
    viewport: head.page_.viewport_,
    document: head.page_.document_,
  });
  send(`${opening.slice(0, -1)},"events":[${events}]}`, leaving, head.onReply_);
};
