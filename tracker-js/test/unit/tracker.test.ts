// The script as a whole, in a page that jsdom makes up: what it sends and when.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pretend, recordSending, render, runFromTag, showPage, type Sent } from './page';
import { endPage, fire, hide, load, startPage } from './script';

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
  it('goes at once, in format 1', async () => {
    pretend(document, { referrer: 'https://news.example/' });
    await load();
    expect(sent).toHaveLength(1);
    expect(sent[0]!.body).toEqual({
      v: 1,
      site: 'demo.example',
      view: expect.stringMatching(/^[0-9a-f]{16}$/),
      n: 0,
      url: 'https://demo.example/start',
      referrer: 'https://news.example/',
      viewport: [1_024, 768],
      document: [1_024, 5_000],
      events: [{ type: 'pageview', ago: 0 }],
    });
  });

  it('waits for a page that was opened in the background or is prerendered', async () => {
    pretend(document, { hidden: true });
    await load();
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual([]);
    hide(false);
    expect(ofType('pageview')).toHaveLength(1);
  });

  it('is sent again for a page that comes back from the cache', async () => {
    pretend(document, { referrer: 'https://news.example/' });
    await load();
    fire('pagehide');
    fire('pageshow');
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
    localStorage.heatline_ignore = 'true';
    fire('pagehide');
    expect(sent).toHaveLength(1);
  });
});

describe('changes of the URL', () => {
  it('start a view where the path is another one', async () => {
    await load();
    history.pushState(null, '', '/next');
    expect(sent.map(({ body }) => [body.url, body.events.map(({ type }: any) => type)])).toEqual([
      ['https://demo.example/start', ['pageview']],
      ['https://demo.example/start', ['engagement', 'scroll', 'leave']],
      ['https://demo.example/next', ['pageview']],
    ]);
    history.replaceState(null, '', '/other');
    history.replaceState(null, '', '/other');
    expect(ofType('pageview')).toHaveLength(3);
  });

  it('start none where it is the same', async () => {
    await load();
    history.pushState({ a: 1 }, '', '/start?page=2');
    history.replaceState(null, '', '/start#part');
    expect(events()).toHaveLength(1);
  });

  it('follow routes in the fragment where the tag says so', async () => {
    runFromTag({ site: 'demo.example', hash: '' });
    await load();
    history.pushState(null, '', '/start?a=1#/cart?step=1');
    history.pushState(null, '', '/start?a=1#/cart?step=2');
    history.pushState(null, '', '/start?a=1#part');
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

  it('come from the Navigation API where there is one, and pushState stays the page’s own', async () => {
    const navigation = Object.assign(new EventTarget(), { currentEntry: {} });
    pretend(window, { navigation });
    await load();
    expect(history.pushState).toBe(pushState);
    history.pushState(null, '', '/next');
    expect(ofType('pageview')).toHaveLength(1);
    navigation.dispatchEvent(new Event('currententrychange'));
    expect(ofType('pageview')).toHaveLength(2);
  });

  it('are noticed where an element of the page is called navigation', async () => {
    pretend(window, { navigation: document.createElement('nav') });
    await load();
    history.pushState(null, '', '/next');
    expect(ofType('pageview')).toHaveLength(2);
  });
});

describe('reports', () => {
  it('come every 15 seconds while the page is looked at', async () => {
    await load();
    vi.advanceTimersByTime(16_100);
    expect(ofType('engagement')).toEqual([{ type: 'engagement', engaged: 15_000, depth: 15, ago: 1_000 }]);
    expect(ofType('scroll')).toEqual([{ type: 'scroll', depth: 768, exposure: expect.any(Array), ago: 1_000 }]);
    vi.advanceTimersByTime(15_000);
    expect(ofType('engagement')).toHaveLength(2);
  });

  it('do not come while nobody looks', async () => {
    showPage({ focused: false });
    await load();
    vi.advanceTimersByTime(16_100);
    const before = events().length;
    vi.advanceTimersByTime(600_000);
    expect(events()).toHaveLength(before);
  });

  it('outlive the page when it is hidden, and do not end the view', async () => {
    await load();
    vi.advanceTimersByTime(3_000);
    hide(true);
    expect(sent.at(-1)).toMatchObject({ way: 'beacon' });
    expect(ofType('engagement')).toEqual([{ type: 'engagement', engaged: 3_000, depth: 15, ago: 0 }]);
    expect(ofType('leave')).toEqual([]);
    hide(false);
    expect(ofType('pageview')).toHaveLength(1);
  });

  it('end with a goodbye when the page goes, and nothing comes after it', async () => {
    await load();
    vi.advanceTimersByTime(3_000);
    fire('pagehide');
    hide(true);
    vi.advanceTimersByTime(60_000);
    expect(events().at(-1).type).toBe('leave');
    expect(sent.at(-1)!.body.events.map(({ type }: any) => type)).toEqual(['engagement', 'scroll', 'leave']);
  });

  it('tell the deepest point, whatever came after', async () => {
    await load();
    vi.advanceTimersByTime(1_000);
    pretend(window, { scrollY: 2_000 });
    fire('scroll');
    vi.advanceTimersByTime(1_000);
    pretend(window, { scrollY: 0 });
    fire('scroll');
    hide(true);
    expect(ofType('scroll')[0].depth).toBe(2_768);
    expect(ofType('engagement')[0].depth).toBe(55);
    expect(ofType('scroll')[0].exposure[50]).toBe(1_000);
  });

  it('use fetch where sendBeacon refuses', async () => {
    await load();
    vi.advanceTimersByTime(1_000);
    pretend(navigator, { sendBeacon: () => false });
    fire('pagehide');
    expect(sent.at(-1)).toMatchObject({ way: 'fetch' });
    expect(vi.mocked(fetch).mock.lastCall![1]).toMatchObject({ keepalive: true, method: 'POST' });
    expect(vi.mocked(fetch).mock.lastCall![1]).not.toHaveProperty('headers');
  });
});

describe('custom events', () => {
  it('go within a second of the first', async () => {
    await load();
    window.heatline!('signup', { props: { plan: 'pro', seats: 3, trial: true } });
    vi.advanceTimersByTime(900);
    window.heatline!('again');
    expect(ofType('event')).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(ofType('event')).toEqual([
      { type: 'event', name: 'signup', props: { plan: 'pro', seats: '3', trial: 'true' }, ago: 1_000 },
      { type: 'event', name: 'again', props: {}, ago: 100 },
    ]);
    expect(sent).toHaveLength(2);
  });

  it('called on the stub before are sent with the first view', async () => {
    const stub: any = (...call: unknown[]) => (stub.q = stub.q || []).push(call);
    window.heatline = stub;
    stub('early', { props: { a: 'b' } });
    await load();
    vi.advanceTimersByTime(1_000);
    expect(ofType('event')).toEqual([{ type: 'event', name: 'early', props: { a: 'b' }, ago: 1_000 }]);
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
      vi.advanceTimersByTime(1_000);
    }
    history.pushState(null, '', '/next');
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
    for (let i = 0; i < 250; i++) window.heatline!('event');
    vi.advanceTimersByTime(1_000);
    expect(sent.slice(1).map(({ body }) => body.events.length)).toEqual([100, 100, 50]);
  });

  it('hold at most 60 kB', async () => {
    await load();
    const props = Object.fromEntries(Array.from({ length: 5 }, (_, i) => ['name' + i, 'x'.repeat(1_900)]));
    for (let i = 0; i < 20; i++) window.heatline!('event', { props });
    vi.advanceTimersByTime(1_000);
    expect(ofType('event')).toHaveLength(20);
    for (const { text } of sent) expect(text.length).toBeLessThanOrEqual(60_000);
    expect(sent).toHaveLength(1 + 4);
  });
});

describe('layout samples', () => {
  const askForLayout = async (): Promise<void> => {
    sent = recordSending({ layout: true });
    await load();
    await vi.advanceTimersByTimeAsync(3_000);
  };

  it('are taken once when a reply asks for one', async () => {
    render('<main id="target"></main>');
    await askForLayout();
    window.heatline!('another reply');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ofType('layout')).toEqual([
      { type: 'layout', complete: true, boxes: [['body', 'body', '', 0, 0, 1_024, 5_000, 0]], ago: expect.any(Number) },
    ]);
  });

  it('are not taken of a page that was left meanwhile', async () => {
    sent = recordSending({ layout: true });
    await load();
    fire('pagehide');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ofType('layout')).toEqual([]);
  });

  it('wait until the page has loaded', async () => {
    pretend(document, { readyState: 'interactive' });
    await askForLayout();
    expect(ofType('layout')).toEqual([]);
    pretend(document, { readyState: 'complete' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(ofType('layout')).toHaveLength(1);
  });
});

describe('hostile pages', () => {
  it.each([
    ['no fetch', () => vi.stubGlobal('fetch', undefined)],
    ['a fetch that throws', () => vi.stubGlobal('fetch', fail)],
    ['a fetch that fails', () => vi.stubGlobal('fetch', async () => fail())],
    [
      'no network and no chance',
      () => {
        vi.stubGlobal('fetch', async () => fail());
        vi.spyOn(Math, 'random').mockImplementation(fail);
      },
    ],
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
