// Owns what tests know of beacons on the wire.

import assert from 'node:assert/strict';

import { until } from './until.mjs';

/** Returns true for a request, or a response, of our tracker's beacons. */
export const isBeacon = (message) => {
  const request = message.request?.() ?? message;
  return request.method() === 'POST' && new URL(request.url()).pathname === '/api/beacon';
};

/** Returns true where a request is a beacon with an event of this type and these fields. */
export const holdsEvent = (request, type, fields = {}) =>
  isBeacon(request) && eventsOf(request).some((event) => matches(event, { type, ...fields }));

const eventsOf = (request) => {
  const beacon = request.postDataJSON();
  return beacon.events.map((event) => ({ ...event, url: decodeURI(beacon.url), view: beacon.view, referrer: beacon.referrer }));
};

const matches = (event, wanted) => Object.entries(wanted).every(([name, value]) => JSON.stringify(event[name]) === JSON.stringify(value));

/** Returns the list, growing, of all events that a context sends. */
export function sentBy(context) {
  const sent = [];
  context.on('request', (request) => {
    if (isBeacon(request)) sent.push(...eventsOf(request));
  });
  return sent;
}

/**
 * Runs `action` and asserts what was sent meanwhile: each event of `expected` exactly once, and none like those of `refuted`.
 * Events are told by some of their fields.
 */
export async function expectBeacons(sent, { action, expected = [], refuted = [], withinMs = 3_000 }) {
  const start = sent.length;
  await action();
  const fresh = () => sent.slice(start);
  const times = (wanted) => fresh().filter((event) => matches(event, wanted)).length;
  await until('all expected events are sent', withinMs, () => {
    for (const wanted of expected) {
      assert.ok(times(wanted) > 0, `sent: ${JSON.stringify(wanted)}; but only ${JSON.stringify(fresh())}`);
    }
    return true;
  });
  for (const wanted of expected) assert.equal(times(wanted), 1, `sent once: ${JSON.stringify(wanted)}`);
  for (const unwanted of refuted) assert.equal(times(unwanted), 0, `not sent: ${JSON.stringify(unwanted)}`);
}
