// The script as a whole, in a page that jsdom makes up: what it sends and when.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pretend, recordSending, render, runFromTag, showPage, type Sent } from './page';
import { endPage, fire, hide, load, startPage, tick } from './script';

let sent: Sent[];
const { pushState } = history;

const fail = (): never => {
  throw new Error('no');
};
const events = (): any[] => sent.flatMap(({ body }) => body.events);
const ofType = (type: string): any[] => events().filter((event) => event.type === type);

beforeEach(() => {
  startPage();
  sent = recordSending();
});

afterEach(endPage);

describe('the script tag', () => {
  it('says where beacons go', async () => {
    await load();
    expect(sent[0]).toMatchObject({ way: 'fetch', url: 'https://stats.example/api/beacon' });
    expect(sent[0]!.body).toMatchObject({ v: 1, site: 'demo.example', url: 'https://demo.example/start' });
  });

  it('can name another address', async () => {
    runFromTag({ site: 'demo.example', api: '/count' });
    await load();
    expect(sent[0]!.url).toBe('/count');
  });

  it.each([
    ['names no site', {}, 'https://stats.example/js/heatline.js'],
    ['has no address', { site: 'demo.example' }, ''],
  ])('does nothing where it %s', async (_, attributes, src) => {
    runFromTag(attributes, src);
    await load();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    expect(window.heatline).toBeUndefined();
  });

  it('does nothing where there is none', async () => {
    pretend(document, { currentScript: null });
    await load();
    expect(sent).toEqual([]);
  });

  it('counts once where it is there twice', async () => {
    await load();
    await load();
    expect(ofType('pageview')).toHaveLength(1);
  });
});

describe('a pageview', () => {
  it('goes as soon as the browser is idle, in format 1', async () => {
    pretend(document, { referrer: 'https://news.example/' });
    await load();
    expect(sent).toHaveLength(1);
    expect(sent[0]!.body).toEqual({
      v: 1,
      site: 'demo.example',
      view: expect.stringMatching(/^[0-9]{16}$/),
      n: 0,
      url: 'https://demo.example/start',
      referrer: 'https://news.example/',
      viewport: [1_024, 768],
      document: [1_024, 5_000],
      events: [{ type: 'pageview', ago: expect.any(Number) }],
    });
  });

  it('waits for a page that was opened in the background or is prerendered', async () => {
    pretend(document, { hidden: true });
    await load();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    hide(false);
    tick();
    expect(ofType('pageview')).toHaveLength(1);
  });

  it('goes with the size of the window where the page is left before it was measured', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
    vi.stubGlobal('requestIdleCallback', () => {});
    await load();
    expect(sent).toEqual([]);
    fire('pagehide');
    expect(sent[0]!.body).toMatchObject({ viewport: [1_000, 800], events: [{ type: 'pageview' }, { type: 'leave' }] });
  });

  it('is sent again for a page that comes back from the cache', async () => {
    pretend(document, { referrer: 'https://news.example/' });
    await load();
    fire('pagehide');
    tick();
    tick();
    const views = sent.filter(({ body }) => body.events[0].type === 'pageview').map(({ body }) => body);
    expect(views).toHaveLength(2);
    expect(views[1].view).not.toBe(views[0].view);
    expect(views[1]).not.toHaveProperty('referrer');
  });

  it('cuts long addresses', async () => {
    history.replaceState(null, '', '/start?q=' + 'x'.repeat(5_000));
    await load();
    expect(sent[0]!.body.url).toHaveLength(2_048);
  });

  it('does not send the fragment', async () => {
    history.replaceState(null, '', '/start#access_token=1');
    await load();
    expect(sent[0]!.text).not.toMatch(/token/);
  });

  it('is not sent by those who opted out, before or after the page was loaded', async () => {
    await load();
    const { length } = sent;
    localStorage.heatline_ignore = 'true';
    fire('pagehide');
    expect(sent).toHaveLength(length);
  });
});

describe('changes of the URL', () => {
  it('start a view where the path is another one', async () => {
    await load();
    history.pushState(null, '', '/next');
    tick();
    tick();
    expect(sent.map(({ body }) => [body.url, body.events.map(({ type }: any) => type)])).toEqual([
      ['https://demo.example/start', ['pageview']],
      ['https://demo.example/start', ['engagement', 'leave']],
      ['https://demo.example/next', ['pageview']],
    ]);
    history.replaceState(null, '', '/other');
    tick();
    history.replaceState(null, '', '/other');
    tick();
    expect(ofType('pageview')).toHaveLength(3);
  });

  it('start none where it is the same', async () => {
    await load();
    history.pushState({ a: 1 }, '', '/start?page=2');
    history.replaceState(null, '', '/start#part');
    tick();
    tick();
    expect(events()).toHaveLength(1);
  });

  it('follow routes in the fragment where the tag says so', async () => {
    runFromTag({ site: 'demo.example', hash: '' });
    await load();
    for (const url of ['/start?a=1#/cart?step=1', '/start?a=1#/cart?step=2', '/start?a=1#part']) {
      history.pushState(null, '', url);
      tick();
      tick();
    }
    expect(sent.filter(({ body }) => body.events[0].type === 'pageview').map(({ body }) => [body.url, body.hash])).toEqual([
      ['https://demo.example/start', true],
      ['https://demo.example/start?a=1#/cart', true],
      ['https://demo.example/start?a=1', true],
    ]);
  });

  it('let errors of pushState through to the page', async () => {
    await load();
    expect(() => history.pushState(null, '', 'https://elsewhere.example/')).toThrow();
  });

  it('leave the functions of the page’s history alone', async () => {
    await load();
    expect(history.pushState).toBe(pushState);
  });

  it('are noticed at the latest when the next click comes', async () => {
    await load();
    history.pushState(null, '', '/next');
    fire('click');
    fire('pagehide');
    const next = sent.filter(({ body }) => body.url === 'https://demo.example/next');
    expect(next.flatMap(({ body }) => body.events.map(({ type }: any) => type))).toEqual(['pageview', 'leave']);
  });
});

describe('reports', () => {
  it('come after 15 seconds of engagement', async () => {
    await load();
    vi.advanceTimersByTime(16_100);
    expect(ofType('engagement')).toEqual([{ type: 'engagement', engaged: expect.any(Number), depth: 15, ago: expect.any(Number) }]);
    vi.advanceTimersByTime(16_000);
    expect(ofType('engagement')).toHaveLength(2);
    expect(ofType('engagement')[0].engaged).toBeGreaterThan(15_000);
    expect(ofType('engagement')[0].engaged).toBeLessThanOrEqual(15_500);
  });

  it('do not come while nobody looks', async () => {
    showPage({ focused: false });
    await load();
    vi.advanceTimersByTime(16_100);
    const before = events().length;
    vi.advanceTimersByTime(600_000);
    expect(events()).toHaveLength(before);
  });

  it('go when the page is hidden, and do not end the view', async () => {
    await load();
    vi.advanceTimersByTime(3_000);
    hide(true);
    expect(ofType('engagement')).toEqual([{ type: 'engagement', engaged: 3_001, depth: 15, ago: 0 }]);
    expect(vi.mocked(fetch).mock.lastCall![1]).toMatchObject({ keepalive: true });
    expect(vi.mocked(fetch).mock.lastCall![1]).not.toHaveProperty('headers');
    expect(ofType('leave')).toEqual([]);
    hide(false);
    tick();
    expect(ofType('pageview')).toHaveLength(1);
  });

  it('end with a goodbye when the page goes, and nothing comes after it', async () => {
    await load();
    vi.advanceTimersByTime(3_000);
    fire('pagehide');
    hide(true);
    vi.advanceTimersByTime(60_000);
    expect(events().at(-1).type).toBe('leave');
    expect(sent.at(-1)!.body.events.map(({ type }: any) => type)).toEqual(['engagement', 'leave']);
  });

  it('do not count the night that the computer slept', async () => {
    await load();
    vi.setSystemTime(0);
    const { now } = performance;
    vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 8 * 3_600_000);
    hide(true);
    expect(ofType('engagement')[0].engaged).toBe(30_000);
  });

  it('count neither what was hidden nor what had no focus', async () => {
    await load();
    vi.advanceTimersByTime(4_000);
    hide(true);
    vi.advanceTimersByTime(60_000);
    hide(false);
    vi.advanceTimersByTime(2_000);
    vi.mocked(document.hasFocus).mockReturnValue(false);
    vi.advanceTimersByTime(9_000);
    hide(true);
    const engaged = ofType('engagement').reduce((total, event) => total + event.engaged, 0);
    expect(engaged).toBeGreaterThanOrEqual(6_000);
    expect(engaged).toBeLessThanOrEqual(6_500);
  });

  it('tell the deepest point, whatever came after', async () => {
    await load();
    tick();
    pretend(window, { scrollY: 2_000 });
    fire('scroll');
    tick();
    pretend(window, { scrollY: 0 });
    fire('scroll');
    tick();
    hide(true);
    expect(ofType('engagement').at(-1).depth).toBe(55);
  });
});

describe('the other scripts', () => {
  const scripts = (): HTMLScriptElement[] => [...document.head.querySelectorAll('script')];

  it('are the heat map and automatic events, once, when the browser is idle', async () => {
    const idle: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (run: () => void) => idle.push(run));
    await load();
    expect(scripts()).toEqual([]);
    idle.splice(0).forEach((run) => run());
    expect(scripts().map(({ src }) => src)).toEqual([
      'https://stats.example/js/heatline-heatmap.js',
      'https://stats.example/js/heatline-auto.js',
    ]);
    history.pushState(null, '', '/next');
    tick();
    tick();
    idle.splice(0).forEach((run) => run());
    expect(scripts()).toHaveLength(2);
  });

  it('are the overlay and nothing else where the fragment has a token', async () => {
    history.replaceState(null, '', '/start#heatline-overlay=abc.DEF-1_2');
    await load();
    tick();
    fire('pagehide');
    expect(scripts().map(({ src, dataset }) => [src, dataset['site'], dataset['token']])).toEqual([
      ['https://stats.example/js/heatline-overlay.js', 'demo.example', 'abc.DEF-1_2'],
    ]);
    expect(sent).toEqual([]);
    expect(window.heatline).toBeUndefined();
  });

  it('learn what happened before they were there, of this view only, and not without end', async () => {
    sent = recordSending({ layout: true });
    await load();
    await vi.advanceTimersByTimeAsync(500);
    for (let i = 0; i < 300; i++) fire('click');
    const { early_ } = window.heatline as any;
    expect(early_.length).toBe(100);
    expect(early_.some(([[news]]: any) => news === 0)).toBe(true);
    expect(early_.some(([[news]]: any) => news === 2)).toBe(true);
    expect(early_.at(-1)[0][0]).toBeInstanceOf(Event);
    history.pushState(null, '', '/next');
    tick();
    expect((window.heatline as any).early_.length).toBeLessThan(3);
  });
});

describe('custom events', () => {
  it('go within a second of the first', async () => {
    await load();
    window.heatline!('signup', { props: { plan: 'pro', seats: 3, trial: true } });
    vi.advanceTimersByTime(398);
    window.heatline!('again');
    expect(ofType('event')).toEqual([]);
    vi.advanceTimersByTime(102);
    expect(ofType('event')).toEqual([
      { type: 'event', name: 'signup', props: { plan: 'pro', seats: '3', trial: 'true' }, ago: expect.any(Number) },
      { type: 'event', name: 'again', props: {}, ago: expect.any(Number) },
    ]);
    expect(sent).toHaveLength(2);
  });

  it('called on the stub before are sent with the first view', async () => {
    const stub: any = (...call: unknown[]) => (stub.q = stub.q || []).push(call);
    window.heatline = stub;
    stub('early', { props: { a: 'b' } });
    await load();
    vi.advanceTimersByTime(1_000);
    expect(ofType('event')).toEqual([{ type: 'event', name: 'early', props: { a: 'b' }, ago: expect.any(Number) }]);
  });

  it('wait for a page that is not yet seen', async () => {
    pretend(document, { hidden: true });
    await load();
    window.heatline!('early');
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
    hide(false);
    vi.advanceTimersByTime(1_000);
    expect(ofType('event')).toHaveLength(1);
  });

  it('stay within what the server takes', async () => {
    await load();
    const props = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}${'ж'.repeat(300)}`, 'ж'.repeat(5_000)]));
    window.heatline!('ж'.repeat(500), { props });
    vi.advanceTimersByTime(1_000);
    const bytes = (text: string): number => new TextEncoder().encode(text).length;
    for (const { text } of sent) expect(bytes(text)).toBeLessThanOrEqual(60_000);
    const shorter = Object.entries(props).map(([name, value]) => [name, value.slice(0, 300)]);
    window.heatline!('ж'.repeat(500), { props: Object.fromEntries(shorter) });
    vi.advanceTimersByTime(1_000);
    const [event] = ofType('event').slice(-1);
    expect(event.name).toHaveLength(39);
    expect(bytes(event.name)).toBeLessThanOrEqual(120);
    expect(Object.keys(event.props)).toHaveLength(30);
    for (const [name, value] of Object.entries<string>(event.props)) {
      expect(bytes(name)).toBeLessThanOrEqual(300);
      expect(bytes(value)).toBeLessThanOrEqual(2_000);
    }
  });

  it('never throw at the page', async () => {
    await load();
    const hostile = { toString: fail };
    const calls = [[], [undefined], [''], [' '], [5], [hostile], ['a', null], ['b', { props: null }], ['c', { props: { d: hostile } }], ['e', { props: 7 }]];
    for (const call of calls) {
      expect(() => (window.heatline as any)(...call)).not.toThrow();
    }
    vi.advanceTimersByTime(1_000);
    expect(ofType('event').map(({ name }) => name)).toEqual(['a', 'b', 'e']);
  });
});

describe('batches', () => {
  it('are numbered within their view', async () => {
    await load();
    for (let i = 0; i < 2; i++) {
      window.heatline!('event');
      tick();
    }
    history.pushState(null, '', '/next');
    tick();
    window.heatline!('event');
    fire('pagehide');
    const views = [...new Set(sent.map(({ body }) => body.view))];
    expect(sent.map(({ body }) => [views.indexOf(body.view), body.n])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 0],
      [1, 1],
    ]);
  });

  it('hold at most 100 events', async () => {
    await load();
    for (let i = 0; i < 250; i++) window.heatline!('e');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ofType('event')).toHaveLength(250);
    for (const { body } of sent) expect(body.events.length).toBeLessThanOrEqual(100);
  });

  it('hold at most 60 kB', async () => {
    await load();
    const props = Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['name' + i, '日'.repeat(1_900)]));
    for (let i = 0; i < 9; i++) {
      for (let k = 0; k < 9; k++) window.heatline!('日'.repeat(39));
      window.heatline!('event', { props });
    }
    await vi.advanceTimersByTimeAsync(20_000);
    expect(ofType('event')).toHaveLength(90);
    for (const { text } of sent) expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(60_000);
  });
});

describe('hostile pages', () => {
  it.each([
    ['no fetch', () => vi.stubGlobal('fetch', undefined)],
    ['a fetch that throws', () => vi.stubGlobal('fetch', fail)],
    ['a fetch that fails', () => vi.stubGlobal('fetch', async () => fail())],
    ['a reply that is no JSON', () => vi.stubGlobal('fetch', async () => ({ json: async () => fail() }))],
    ['a reply that is null', () => vi.stubGlobal('fetch', async () => ({ json: async () => null }))],
    ['no sendBeacon', () => pretend(navigator, { sendBeacon: undefined })],
    ['a Date of its own', () => vi.stubGlobal('Date', Object.assign(() => 'never', { now: () => Number.NaN }))],
    ['no crypto', () => vi.stubGlobal('crypto', undefined)],
    ['no storage', () => pretend(window, { localStorage: undefined })],
    ['a focus that throws', () => vi.spyOn(document, 'hasFocus').mockImplementation(fail)],
    [
      'a page that cannot be measured',
      () => Object.defineProperty(document.documentElement, 'scrollHeight', { configurable: true, get: fail }),
    ],
  ])('with %s notice nothing', async (_, spoil) => {
    const logged = (['log', 'warn', 'error'] as const).map((level) => vi.spyOn(console, level));
    spoil();
    await load();
    for (const type of ['scroll', 'focus', 'blur', 'pagehide', 'pageshow', 'click', 'pointerdown']) {
      expect(() => fire(type)).not.toThrow();
    }
    expect(() => hide(true)).not.toThrow();
    expect(() => history.pushState(null, '', '/next')).not.toThrow();
    await vi.advanceTimersByTimeAsync(20_000);
    for (const spy of logged) expect(spy).not.toHaveBeenCalled();
  });

  it('cannot make up clicks', async () => {
    const button = render('<button id="target"></button>') as HTMLButtonElement;
    await load();
    button.click();
    vi.advanceTimersByTime(1_000);
    expect(ofType('click')).toEqual([]);
  });
});
