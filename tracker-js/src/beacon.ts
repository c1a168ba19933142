// Owns the wire format, version 1 (docs/tracker.md), and the batching. It does not know when a page is left.

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

/** What waits, each with the time when it happened. */
let waiting: [happenedAt: number, event: Fields][] = [];
let waitingBytes = 0;
let timer = 0;

/** Adds an event to the view. It goes within a second, sooner where the batch is full. */
export const record = (type: string, fields?: Fields): void => {
  const event = { type, ...fields };
  const bytes = sizeBytes(encode(event));
  if (waitingBytes + bytes > Limit.EventsBytes || waiting.length >= Limit.Events) flush();
  waiting.push([now(), event]);
  waitingBytes += bytes;
  if (!timer) timer = later(flush, Limit.OldestEventMs);
};

/** Sends all that waits. Nothing is sent where nothing waits. */
export const flush = (leaving?: boolean): void => {
  const events = waiting.map(([happenedAt, event]) => ({ ...event, ago: now() - happenedAt }));
  waiting = [];
  waitingBytes = timer = 0;
  if (!events.length) return;
  const beacon = {
    v: Format.Version,
    site: site!,
    view: view!.id_,
    url: view!.url_,
    hash: isHashRouted,
    referrer: view!.referrer_,
    viewport: view!.page_.viewport_,
    document: view!.page_.document_,
    events,
  };
  send(encode(beacon), leaving, view!.onReply_);
};
