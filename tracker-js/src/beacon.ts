// Owns the wire format, version 1 (docs/tracker.md), and the batching. It does not know when a page is left, nor what has
// got through.

import { now } from './clock';
import { isHashRouted, site } from './config';
import { later } from './guard';
import { encode, sizeBytes, type Json } from './json';
import { send } from './transport';
import { view } from './view';

const enum Format {
  Version = 1,
}

const enum Limit {
  /** The server takes 64 KiB and 100 events; the head of a beacon holds two URLs. */
  EventsBytes = 55_000,
  Events = 100,
  /** A live heat map moves within two seconds of the click. */
  OldestEventMs = 1_000,
}

type Fields = { readonly [key: string]: Json };

/** What waits for its batch to go. */
let waiting: (Fields & { readonly ago: number })[] = [];
let waitingBytes = 0;
let timer = 0;

/** Adds an event to the view. It goes within a second, sooner where the batch is full. */
export const record = (type: string, fields?: Fields): void => {
  const happenedAt = now();
  const event = {
    type,
    ...fields,
    // TRICKY: a getter, so that it is right each time that the event is written.
    get ago() {
      return now() - happenedAt;
    },
  };
  const bytes = sizeBytes(encode(event));
  if (waitingBytes + bytes > Limit.EventsBytes || waiting.length >= Limit.Events) flush();
  waiting.push(event);
  waitingBytes += bytes;
  if (!timer) timer = later(flush, Limit.OldestEventMs);
};

/** Sends all that waits. Where the page is left, so does what did not get through before, even if nothing else waits. */
export const flush = (leaving?: boolean): void => {
  const events = waiting;
  waiting = [];
  waitingBytes = timer = 0;
  send(
    events[0] && {
      beacon_: {
        v: Format.Version,
        site: site!,
        view: view!.id_,
        n: view!.batches_++,
        url: view!.url_,
        hash: isHashRouted,
        referrer: view!.referrer_,
        viewport: view!.page_.viewport_,
        document: view!.page_.document_,
        events,
      },
      onReply_: view!.onReply_,
    },
    leaving,
  );
};
