// Owns the wire between browser and service: passes all on, and keeps what beacons said and what the service made of them. The
// browser's own log of requests will not do, for it ends where a page is left, and there the last beacon goes.

import assert from 'node:assert/strict';
import http from 'node:http';

import { until } from './until.mjs';

const BEACON_PATH = '/api/beacon';

/** Starts the wire to a service. Pages are opened at its `origin`; `events` grows. */
export async function startWire(target) {
  const events = [];
  let beacons = 0;
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => forward(request, Buffer.concat(chunks), response));
  });

  function forward({ method, url, headers }, body, response) {
    const onward = http.request(new URL(url, target), { method, headers }, (answer) => {
      if (url === BEACON_PATH) events.push(...eventsOf(body, answer, ++beacons));
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    events,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns the events of a beacon, each with its number, what it says of the view, and the service's verdict. */
function eventsOf(body, { statusCode, headers }, beacon) {
  const { url, view, referrer, events } = JSON.parse(body);
  const path = decodeURI(new URL(url).pathname);
  const verdict = { status: statusCode, dropped: headers['x-heatline-dropped'] };
  // The boxes of a layout would drown every message; their number says enough.
  return events.map((event) => ({ ...event, boxes: event.boxes?.length, beacon, path, view, referrer, ...verdict }));
}

const matches = (event, wanted) => Object.entries(wanted).every(([name, value]) => JSON.stringify(event[name]) === JSON.stringify(value));

/**
 * Runs `action` and asserts what was sent meanwhile: each of `expected` within `withinMs` and exactly once, and nothing like
 * `refuted`. Events are told by some of their fields. Returns what was sent.
 */
export async function expectBeacons({ events }, { action, expected = [], refuted = [], withinMs = 3_000 }) {
  const start = events.length;
  await action();
  const sent = () => events.slice(start);
  const count = (wanted) => sent().filter((event) => matches(event, wanted)).length;
  const show = (wanted) => `${JSON.stringify(wanted)}; sent was ${JSON.stringify(sent())}`;
  await until('every expected event is sent', withinMs, () => {
    for (const wanted of expected) assert.ok(count(wanted) > 0, `expected ${show(wanted)}`);
    return true;
  });
  for (const wanted of expected) assert.equal(count(wanted), 1, `expected once ${show(wanted)}`);
  for (const unwanted of refuted) assert.equal(count(unwanted), 0, `refuted ${show(unwanted)}`);
  return sent();
}
