// What the script as a whole does when the server, or the network, is not there: what is sent again, when, and what is not.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pretend, recordSending, showPage, type Answer, type Sent } from './page';
import { endPage, fire, hide, load, startPage } from './script';

/** Of the requests by `fetch` from now on, in their order; then it is `otherwise`, and 202 without. */
let answers: (Answer | undefined)[];
let otherwise: Answer | undefined;
let sent: Sent[];

const REST: Answer = { status: 503 };
const restFor = (seconds: number | string): Answer => ({ status: 503, retryAfter: `${seconds}` });
const drawing = (random: number): unknown => vi.spyOn(Math, 'random').mockReturnValue(random);
const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Makes a batch that holds one event. */
const batch = (name: string): Promise<unknown> => {
  window.heatline!(name);
  return wait(1_000);
};
const numbers = (requests = sent): number[] => requests.map(({ body }) => body.n);
const names = (requests: Sent[]): string[] => requests.flatMap(({ body }) => body.events.map(({ name }: any) => name));
/** Returns when the first batch was tried, in milliseconds since its first try. */
const tries = (): number[] => sent.filter(({ body }) => body.n === 0).map(({ at }) => at - sent[0]!.at);
/** What waits is looked at with each tick. */
const TICK_MS = 500;
/** Expects pauses between the tries, each prolonged to the tick after it. */
const expectPauses = (pausesMs: number[], times = tries()): void => {
  expect(times).toHaveLength(pausesMs.length + 1);
  pausesMs.forEach((ms, i) => {
    expect(times[i + 1]! - times[i]!).toBeGreaterThanOrEqual(ms);
    expect(times[i + 1]! - times[i]!).toBeLessThanOrEqual(ms + TICK_MS);
  });
};

beforeEach(() => {
  startPage();
  // Nobody looks: no report comes between.
  showPage({ focused: false });
  pretend(window, { innerHeight: 0 });
  answers = [];
  otherwise = undefined;
  sent = recordSending({}, () => (answers.length ? answers.shift() : otherwise));
  drawing(0);
});

afterEach(endPage);

describe('a batch that did not get through', () => {
  it.each<[string, Answer]>([
    ['the server is busy', { status: 503 }],
    ['the visitor sends too much', { status: 429 }],
    ['a proxy does not reach the server', { status: 502 }],
    ['the network is down', 'offline'],
  ])('is sent again where %s, and not after that', async (_, answer) => {
    answers = [answer, answer];
    await load();
    await wait(600_000);
    expectPauses([1_000, 2_000]);
    expect(sent).toHaveLength(3);
    const [first, ...others] = sent.map(({ body }) => body);
    for (const { events, ...beacon } of others) {
      expect({ ...beacon, events: first.events }).toEqual(first);
      expect(events).toEqual([{ type: 'pageview', ago: expect.any(Number) }]);
    }
  });

  it.each([400, 401, 403, 404, 413, 422, 500])('is given up where the answer is %i', async (status) => {
    answers = [{ status }];
    await load();
    await wait(600_000);
    expect(sent).toHaveLength(1);
    await batch('next');
    expect(numbers()).toEqual([0, 1]);
  });

  it.each([
    [0, 10_000],
    [0.5, 15_000],
    [0.999, 19_990],
  ])('comes back no sooner than asked for, and not with all others (%d)', async (random, afterMs) => {
    drawing(random);
    answers = [restFor(10)];
    await load();
    await wait(afterMs - 1);
    expect(sent).toHaveLength(1);
    await wait(1 + TICK_MS);
    expectPauses([afterMs]);
  });

  it.each([
    ['an hour', '3600', 60_000],
    ['a date', 'Fri, 31 Dec 2100 23:59:59 GMT', 1_000],
    ['no time', '0', 1_000],
  ])('comes back in good time where it is asked to wait for %s', async (_, retryAfter, afterMs) => {
    answers = [restFor(retryAfter)];
    await load();
    await wait(600_000);
    expectPauses([afterMs]);
  });

  it('comes back less and less often, until one gets through', async () => {
    answers = [REST, 'offline', REST, REST, REST, REST, REST, undefined, REST];
    await load();
    await wait(128_000);
    expectPauses([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
    await batch('next');
    await wait(1_000);
    expect(numbers(sent.slice(8))).toEqual([1, 1]);
  });

  it('is given up when it is five minutes old', async () => {
    otherwise = REST;
    await load();
    await wait(900_000);
    expect(tries().at(-1)).toBeGreaterThan(200_000);
    // The last try may be a pause later.
    expect(tries().at(-1)).toBeLessThan(361_000);
    // Another is not punished for that.
    otherwise = undefined;
    await batch('next');
    await wait(60_000);
    expect(numbers(sent.slice(-1))).toEqual([1]);
  });

  it('says how old its events are by then', async () => {
    answers = [undefined, restFor(10)];
    await load();
    window.heatline!('first');
    await wait(300);
    window.heatline!('second');
    await wait(20_000);
    const [, before, after] = sent.map(({ body }) => body.events.map(({ ago }: any) => ago));
    expect(before).toHaveLength(2);
    const waitedMs = sent[2]!.at - sent[1]!.at;
    expect(waitedMs).toBeGreaterThanOrEqual(10_000);
    expect(after).toEqual(before.map((ago: number) => ago + waitedMs));
  });

  it('belongs to its view, even if another one is looked at', async () => {
    answers = [restFor(5)];
    await load();
    history.pushState(null, '', '/next');
    pretend(document.documentElement, { scrollWidth: 500, scrollHeight: 700 });
    fire('scroll');
    await wait(20_000);
    const again = sent.filter(({ body: { view, n } }) => view === sent[0]!.body.view && n === 0);
    expect(again).toHaveLength(2);
    expect({ ...again[1]!.body, events: [] }).toEqual({ ...sent[0]!.body, events: [] });
  });

  it('is forgotten when the visitor opts out', async () => {
    answers = [REST];
    await load();
    localStorage.heatline_ignore = 'true';
    await wait(60_000);
    localStorage.clear();
    await batch('next');
    expect(numbers()).toEqual([0, 1]);
  });
});

describe('while one batch waits', () => {
  it('those after it wait too, and follow one by one', async () => {
    answers = [restFor(10)];
    await load();
    await batch('a');
    await batch('b');
    await wait(7_900);
    expect(numbers()).toEqual([0]);
    await wait(600_000);
    expect(numbers()).toEqual([0, 0, 1, 2]);
    const [, first, second, third] = sent;
    expect([second!.at - first!.at, third!.at - second!.at]).toEqual([TICK_MS, TICK_MS]);
  });

  it('only the last twenty-one are kept', async () => {
    answers = [restFor(60)];
    await load();
    for (let i = 1; i <= 30; i++) await batch('event-' + i);
    expect(sent).toHaveLength(1);
    await wait(600_000);
    expect(names(sent.slice(1))).toEqual(Array.from({ length: 21 }, (_, i) => `event-${i + 10}`));
  });

  it('one request at a time asks whether the server is back', async () => {
    otherwise = restFor(10);
    await load();
    await wait(100);
    for (let i = 0; i < 8; i++) await batch('event');
    await wait(31_600);
    expect(numbers().slice(0, 4)).toEqual([0, 0, 0, 0]);
    expectPauses([10_000, 10_000, 10_000]);
  });

  it('those that were under way with it wait for the same end', async () => {
    answers = [undefined, restFor(10), restFor(2)];
    await load();
    // Full batches go at once, and the rest waits.
    for (let i = 0; i < 150; i++) window.heatline!('event');
    await wait(9_000);
    const { length } = sent;
    await wait(600_000);
    const firstAgain = sent[length]!;
    expect(firstAgain.at - sent[1]!.at).toBeGreaterThanOrEqual(10_000);
    const all = sent.filter(({ body }, i) => sent.findIndex((other) => other.body.n === body.n) === i);
    expect(names(all).filter(Boolean)).toHaveLength(150);
  });
});

describe('a page that is left', () => {
  it.each([
    ['hidden', () => hide(true)],
    ['gone', () => fire('pagehide')],
  ])('sends what waits, once, when it is %s', async (_, leave) => {
    answers = [restFor(60)];
    await load();
    await batch('a');
    await batch('b');
    expect(sent).toHaveLength(1);
    leave();
    const [, ...last] = sent;
    expect(numbers(last).slice(0, 3)).toEqual([0, 1, 2]);
    expect(last[0]!.body.events).toEqual([{ type: 'pageview', ago: expect.any(Number) }]);
    await wait(600_000);
    expect(new Set(sent.slice(1).map(({ body }) => `${body.view} ${body.n}`)).size).toBe(sent.length - 1);
  });

  it('does not send again what is under way', async () => {
    await load();
    hide(true);
    expect(numbers()).toEqual([0]);
  });

  it('tries again if it lives on', async () => {
    answers = [restFor(30), 'offline'];
    await load();
    await wait(1_000);
    hide(true);
    await wait(28_000);
    expect(numbers()).toEqual([0, 0]);
    await wait(600_000);
    expect(numbers()).toEqual([0, 0, 0]);
  });

  it('leaves nothing on the device', async () => {
    otherwise = 'offline';
    await load();
    await batch('a');
    fire('pagehide');
    await wait(600_000);
    expect([localStorage.length, sessionStorage.length, document.cookie]).toEqual([0, 0, '']);
  });
});
