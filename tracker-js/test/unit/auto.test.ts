// What the script of automatic events tells by itself, in a page that jsdom makes up.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { find, pretend, recordSending, render, runFromTag, type Sent } from './page';
import { endPage, fire, hide, load, startPage, tick } from './script';

let sent: Sent[];

/** What a browser that measures would tell. */
type Entry = { entryType: string; startTime: number; [member: string]: unknown };
let measured: Entry[];
let observers: { types: string[]; tell: (entries: Entry[]) => void }[];

const events = (): any[] => sent.flatMap(({ body }) => body.events);
const ofType = (type: string): any[] => events().filter((event) => event.type === type);

/** The automatic events that were sent, each with its one property. */
const told = (): [string, unknown][] => {
  tick();
  return ofType('event').map(({ name, props }) => [name, ...Object.values(props)] as [string, unknown]);
};

/** Runs the core and the script of automatic events, from a tag with these attributes. */
const start = async (attributes: Record<string, string> = {}): Promise<void> => {
  runFromTag({ site: 'demo.example', ...attributes });
  await load();
  await import('../../src/auto');
};

const click = (target: Element, { type = 'click', ...init }: { type?: string } & MouseEventInit = {}): void => {
  target.dispatchEvent(new MouseEvent(type, { bubbles: true, composed: true, cancelable: true, ...init }));
};

beforeEach(() => {
  startPage();
  sent = recordSending();
  measured = [];
  observers = [];
  pretend(performance, { getEntriesByType: (type: string) => measured.filter(({ entryType }) => entryType === type) });
  vi.stubGlobal(
    'PerformanceObserver',
    class {
      static supportedEntryTypes = ['paint', 'largest-contentful-paint', 'layout-shift', 'event', 'first-input'];
      constructor(private readonly run: (list: { getEntries: () => Entry[] }) => void) {}
      observe({ type }: { type: string }): void {
        const tell = (entries: Entry[]): void => this.run({ getEntries: () => entries });
        observers.push({ types: [type], tell });
        tell(measured.filter(({ entryType }) => entryType === type));
      }
      takeRecords(): Entry[] {
        return [];
      }
    },
  );
  // No click of these tests is to navigate.
  window.addEventListener('click', (event) => event.preventDefault());
});

afterEach(() => {
  endPage();
  document.head.querySelector('meta')?.remove();
});

describe('links', () => {
  const page = `
    <a id="target" href="https://user:secret@other.example/a/b?c=d#secret"><b>Away</b></a>
    <a id="here" href="/next">Here</a> <a id="mail" href="mailto:ivan@example.com">Mail</a> <a id="nowhere">Nowhere</a>
    <a id="file" href="/files/Report.PDF?token=secret#page=2">File</a>
    <a id="named" href="/export?id=1" download="list">Named</a>
    <a id="data" href="data:text/plain,secret" download="secret.txt">Data</a>
    <a id="both" href="https://other.example/a.zip">Both</a>
    <div data-heatline-ignore><a id="ignored" href="https://other.example/">Ignored</a></div>
    <a id="masked" data-heatline-mask href="https://other.example/">Masked</a>
    <svg><a id="drawn" href="https://other.example/svg"><path /></a></svg>
    <map><area id="area" href="https://other.example/area"></map>`;

  it('that lead away are told, without user info and fragment', async () => {
    render(page);
    await start();
    click(find('#target b'));
    click(find('#both'));
    click(find('#area'));
    expect(told()).toEqual([
      ['Outbound Link: Click', 'https://other.example/a/b?c=d'],
      ['Outbound Link: Click', 'https://other.example/a.zip'],
      ['Outbound Link: Click', 'https://other.example/area'],
    ]);
  });

  it('to files are told, without their query', async () => {
    render(page);
    await start();
    click(find('#file'));
    click(find('#named'));
    expect(told()).toEqual([
      ['File Download', 'https://demo.example/files/Report.PDF'],
      ['File Download', 'https://demo.example/export'],
    ]);
  });

  it('of other kinds, and those that are ignored or masked, are not', async () => {
    render(page);
    await start();
    for (const id of ['here', 'mail', 'nowhere', 'data', 'ignored', 'masked']) click(find('#' + id));
    click(find('#target'), { type: 'auxclick', button: 2 });
    expect(told()).toEqual([]);
  });

  it('are told of the middle button, too', async () => {
    render(page);
    await start();
    click(find('#target'), { type: 'auxclick', button: 1 });
    expect(told()).toHaveLength(1);
  });

  it('count as files by the list of the tag', async () => {
    render('<a id="target" href="/a.epub">Book</a> <a id="other" href="/a.pdf">Other</a>');
    await start({ downloads: 'epub, .MOBI' });
    click(find('#target'));
    click(find('#other'));
    expect(told()).toEqual([['File Download', 'https://demo.example/a.epub']]);
  });

  it.each([
    ['none', []],
    ['', []],
    ['downloads forms', ['File Download']],
    ['outbound', ['Outbound Link: Click']],
    ['outbound,downloads', ['File Download', 'Outbound Link: Click']],
  ])('are told as data-auto="%s" says', async (auto, names) => {
    render(page);
    await start({ auto });
    click(find('#file'));
    click(find('#target'));
    expect(told().map(([name]) => name)).toEqual(names);
  });

  it('to files elsewhere are downloads where only those are on', async () => {
    render(page);
    await start({ auto: 'downloads' });
    click(find('#both'));
    expect(told()).toEqual([['File Download', 'https://other.example/a.zip']]);
  });

  it('that the page tells itself, by the same name, are told once, with all that either knows', async () => {
    render(page);
    await start();
    find('#target').addEventListener('click', () => {
      window.heatline!('Outbound Link: Click', { props: { place: 'footer' } });
      window.heatline!('constructor');
    });
    click(find('#target'));
    tick();
    expect(ofType('event').map(({ name, props }) => [name, props])).toEqual([
      ['Outbound Link: Click', { url: 'https://other.example/a/b?c=d', place: 'footer' }],
      ['constructor', {}],
    ]);
    window.heatline!('Outbound Link: Click', { props: { place: 'menu' } });
    tick();
    expect(ofType('event')).toHaveLength(3);
  });

  it('go with the page that is left by them', async () => {
    render(page);
    await start();
    click(find('#target'));
    fire('pagehide');
    expect(sent.at(-1)!.body.events.map(({ type }: any) => type)).toEqual(['event', 'engagement', 'vitals', 'leave']);
  });
});

describe('forms', () => {
  const submit = (form: Element, submitter?: Element): void => {
    form.dispatchEvent(Object.assign(new Event('submit', { bubbles: true, cancelable: true }), { submitter }));
  };

  it('that are sent are told by the path of the page, once', async () => {
    render('<form id="target" method="post"><input name="method" value="dialog"><input name="mail" value="secret"></form>');
    await start();
    submit(find('#target'));
    expect(told()).toEqual([['Form: Submission', '/start']]);
    expect(JSON.stringify(sent)).not.toMatch(/secret/);
  });

  it('of dialogs, and ignored ones, are not', async () => {
    render(`<form id="target" method="DIALOG"></form><form id="ignored" data-heatline-ignore></form>
      <form id="closed"><button formmethod="dialog">Close</button></form>`);
    await start();
    submit(find('#target'));
    submit(find('#ignored'));
    submit(find('#closed'), find('#closed button'));
    expect(told()).toEqual([]);
  });

  it('in shadow roots are told, also where they only pass one', async () => {
    const host = render('<div id="target"><form id="slotted"></form></div>');
    const root = host.attachShadow({ mode: 'open' });
    root.innerHTML = '<slot></slot><form id="inner"><button>Send</button></form>';
    await start();
    click(root.querySelector('button')!);
    click(root.querySelector('button')!);
    submit(root.querySelector('form')!);
    submit(find('#slotted'));
    expect(told()).toHaveLength(2);
  });
});

describe('searches', () => {
  const search = (url: string): void => history.replaceState(null, '', url);
  const stay = (): void => void vi.advanceTimersByTime(2_100);
  const searches = (): unknown[] => told().flatMap(([name, query]) => (name === 'Site Search' ? [query] : []));

  it.each([
    ['/start?q=+warm+socks+', ['warm socks']],
    ['/start?page=2&keyword=%D1%87%D0%BE%D1%80%D0%B0%D0%BF', ['чорап']],
    ['/start?q=&s=socks', ['socks']],
    ['/start?id=5', []],
    ['/start?q=ivan%40example.com', [':email']],
    ['/start?q=call+%2B359+(88)+812-3456', [':number']],
    ['/start?q=12345678', ['12345678']],
    ['/start?q=iphone+15+pro+2024', ['iphone 15 pro 2024']],
    ['/start?q=' + '%F0%9F%A7%A6'.repeat(300), ['🧦'.repeat(200)]],
  ])('in %s are told', async (url, expected) => {
    search(url);
    await start();
    expect(searches()).toEqual(expected);
  });

  it('are read from the parameters that the tag names', async () => {
    search('/start?q=no&term=yes');
    await start({ search: 'term' });
    expect(searches()).toEqual(['yes']);
  });

  it('are not told where that is off', async () => {
    search('/start?q=socks');
    await start({ auto: 'outbound' });
    expect(searches()).toEqual([]);
  });

  it('of a route in the fragment are told where the tag says so', async () => {
    search('/start#/find?q=socks');
    await start({ hash: '' });
    expect(searches()).toEqual(['socks']);
  });

  it('count once on all routes that have them, and again after another', async () => {
    await start();
    for (const url of ['/find?q=a', '/find?q=a&page=2', '/find/more?q=a', '/find/more?q=b', '/item', '/find?q=b']) {
      search(url);
      tick();
      stay();
    }
    expect(searches()).toEqual(['a', 'b', 'b']);
  });

  it('that are typed count when they stay, or when the page is left', async () => {
    await start();
    for (const text of ['s', 'so', 'soc', 'sock', 'socks']) {
      search('/start?q=' + text);
      vi.advanceTimersByTime(800);
    }
    expect(searches()).toEqual([]);
    stay();
    search('/start?q=hats');
    vi.advanceTimersByTime(1_000);
    fire('pagehide');
    expect(searches()).toEqual(['socks', 'hats']);
  });
});

describe('a page that is not there', () => {
  const mark = (): HTMLElement => {
    const meta = document.createElement('meta');
    meta.name = 'heatline-404';
    document.head.append(meta);
    return meta;
  };

  it.each([
    ['the answer of the server', () => measured.push({ entryType: 'navigation', startTime: 0, responseStatus: 404 }), {}],
    ['the tag', () => {}, { 404: '' }],
    ['its mark', mark, {}],
  ] as [string, () => void, Record<string, string>][])('is told by %s', async (_, prepare, attributes) => {
    prepare();
    await start(attributes);
    vi.advanceTimersByTime(5_000);
    expect(told()).toEqual([['404', '/start']]);
    document.head.querySelector('meta')?.remove();
    history.replaceState(null, '', '/next');
    tick();
    vi.advanceTimersByTime(5_000);
    expect(told()).toHaveLength(1);
  });

  it('of a single-page app is told when the mark stays', async () => {
    await start();
    history.replaceState(null, '', '/nowhere');
    tick();
    const meta = mark();
    vi.advanceTimersByTime(3_000);
    history.replaceState(null, '', '/somewhere');
    tick();
    meta.remove();
    vi.advanceTimersByTime(3_000);
    expect(told()).toEqual([['404', '/nowhere']]);
  });

  it('is not told of others', async () => {
    measured.push({ entryType: 'navigation', startTime: 0, responseStatus: 200 });
    await start();
    expect(told()).toEqual([]);
  });

  it('is not told where that is off', async () => {
    mark();
    await start({ auto: 'search' });
    vi.advanceTimersByTime(3_000);
    expect(told()).toEqual([]);
  });
});

describe('web vitals', () => {
  const tell = (...entries: Entry[]): void => {
    for (const entry of entries) observers.find(({ types }) => types.includes(entry.entryType))!.tell([entry]);
  };
  const vitals = (): any[] => ofType('vitals').map(({ type, ago, ...rest }) => rest);
  const shiftAt = (startTime: number, value: number, hadRecentInput = false): Entry => ({
    entryType: 'layout-shift',
    startTime,
    value,
    hadRecentInput,
  });
  const interaction = (interactionId: number, duration: number): Entry => ({ entryType: 'event', startTime: 0, interactionId, duration });
  const loading = (): Entry[] => [
    { entryType: 'navigation', startTime: 0, responseStart: 80.6, activationStart: 0, domContentLoadedEventEnd: 300 },
    { entryType: 'paint', name: 'first-paint', startTime: 90 },
    { entryType: 'paint', name: 'first-contentful-paint', startTime: 120.4 },
    { entryType: 'largest-contentful-paint', startTime: 130 },
    { entryType: 'largest-contentful-paint', startTime: 900.5 },
    { entryType: 'visibility-state', name: 'visible', startTime: 0 },
  ];

  it('of the loading are told when the page is hidden, once', async () => {
    measured = loading();
    await start();
    vi.advanceTimersByTime(1_000);
    hide(true);
    expect(vitals()).toEqual([{ lcp: 901, cls: 0, fcp: 120, ttfb: 81 }]);
    hide(false);
    tell(shiftAt(5_000, 1));
    vi.advanceTimersByTime(1_000);
    hide(true);
    fire('pagehide');
    expect(ofType('vitals')).toHaveLength(1);
  });

  it('go when a page is hidden that nobody has looked at since', async () => {
    await start();
    vi.advanceTimersByTime(1_000);
    vi.mocked(document.hasFocus).mockReturnValue(false);
    vi.advanceTimersByTime(15_100);
    hide(true);
    hide(true);
    tick();
    expect(ofType('vitals')).toHaveLength(1);
  });

  it('count from the activation of a page that was prerendered', async () => {
    measured = loading().map((entry) => (entry.entryType === 'navigation' ? { ...entry, activationStart: 100 } : entry));
    measured.unshift({ entryType: 'visibility-state', name: 'hidden', startTime: 0 });
    await start();
    fire('pagehide');
    expect(vitals()).toEqual([{ lcp: 801, cls: 0, fcp: 20, ttfb: 0 }]);
  });

  it.each([
    ['was hidden before', [{ entryType: 'visibility-state', name: 'hidden', startTime: 500 }], { lcp: 130, cls: 0, fcp: 120, ttfb: 81 }],
    ['was opened in the background', [{ entryType: 'visibility-state', name: 'hidden', startTime: 0 }], { cls: 0, ttfb: 81 }],
  ] as [string, Entry[], unknown][])('leave out what was painted where the page %s', async (_, states, expected) => {
    measured = [...loading(), ...states];
    await start();
    fire('pagehide');
    expect(vitals()).toEqual([expected]);
  });

  it('leave out paints of minutes where the browser does not tell of the background', async () => {
    measured = loading().filter(({ entryType }) => !/visib|paint/.test(entryType));
    measured.push({ entryType: 'paint', name: 'first-contentful-paint', startTime: 120_000 });
    measured.push({ entryType: 'largest-contentful-paint', startTime: 120_500 });
    await start();
    fire('pagehide');
    expect(vitals()).toEqual([{ cls: 0, ttfb: 81 }]);
  });

  it('sum up shifts in windows of five seconds with gaps of less than one, but for those after input', async () => {
    await start();
    tell(shiftAt(0, 0.1), shiftAt(900, 0.1), shiftAt(1_000, 5, true), shiftAt(2_000, 0.15));
    for (let at = 10_000; at <= 16_000; at += 900) tell(shiftAt(at, 0.05));
    fire('pagehide');
    expect(vitals()).toEqual([{ cls: 0.3 }]);
  });

  it('take the longest interaction, and leave out one of fifty', async () => {
    await start();
    tell(interaction(0, 9_000), interaction(7, 48), interaction(7, 500), interaction(7, 56));
    for (let id = 14; id < 7 * 49; id += 7) tell(interaction(id, 40 + (id % 100)));
    hide(true);
    expect(vitals()).toEqual([{ inp: 500, cls: 0 }]);
    hide(false);
    history.replaceState(null, '', '/next');
    tick();
    for (let id = 1_001; id < 1_001 + 7 * 50; id += 7) tell(interaction(id, id === 1_001 ? 500 : 64));
    fire('pagehide');
    expect(vitals()[1]).toEqual({ inp: 64, cls: 0 });
  });

  it('go by the number of interactions that the browser has counted', async () => {
    await start();
    tell(interaction(7, 500), interaction(14, 300));
    pretend(performance, { interactionCount: 60 });
    fire('pagehide');
    expect(vitals()).toEqual([{ inp: 300, cls: 0 }]);
  });

  it('of later routes have shifts and interactions of their own', async () => {
    measured = loading();
    await start();
    tell(shiftAt(100, 0.2), interaction(7, 80));
    history.replaceState(null, '', '/next');
    tick();
    tell(shiftAt(9_000, 0.01), interaction(14, 120));
    fire('pagehide');
    expect(vitals()).toEqual([
      { lcp: 901, inp: 80, cls: 0.2, fcp: 120, ttfb: 81 },
      { inp: 120, cls: 0.01 },
    ]);
    expect(events().map(({ type }) => type).filter((type) => /vitals|leave|pageview/.test(type))).toEqual([
      'pageview', 'vitals', 'leave', 'pageview', 'vitals', 'leave',
    ]);
  });

  it('are not told where that is off', async () => {
    measured = loading();
    await start({ auto: 'outbound downloads forms 404 search' });
    fire('pagehide');
    expect(observers).toEqual([]);
    expect(vitals()).toEqual([]);
  });

  it('are not told by a browser that measures nothing', async () => {
    vi.stubGlobal('PerformanceObserver', undefined);
    render('<a id="target" href="https://other.example/">Away</a>');
    await start();
    click(find('#target'));
    fire('pagehide');
    expect(vitals()).toEqual([]);
    expect(ofType('event')).toHaveLength(1);
  });
});

describe('a page of a single-page app', () => {
  const pages = (): string[] => {
    const begun = sent.filter(({ body }) => body.events.some(({ type }: { type: string }) => type === 'pageview'));
    return begun.map(({ body }) => new URL(body.url).pathname);
  };

  it('is sent as soon as a click has led to it, with the end of the last one', async () => {
    await start();
    tick();
    document.body.addEventListener('click', () => history.pushState(null, '', '/second'), { once: true });
    click(document.body);
    vi.advanceTimersByTime(49);
    expect(pages()).toEqual(['/start']);
    vi.advanceTimersByTime(2);
    expect(pages()).toEqual(['/start', '/second']);
    expect(ofType('leave')).toHaveLength(1);
  });

  it('is sent as soon as the browser tells of it', async () => {
    const navigation = new EventTarget();
    vi.stubGlobal('navigation', navigation);
    await start();
    tick();
    history.pushState(null, '', '/second');
    navigation.dispatchEvent(new Event('currententrychange'));
    vi.advanceTimersByTime(51);
    expect(pages()).toEqual(['/start', '/second']);
  });

  it('is none where it is left at once', async () => {
    await start();
    tick();
    document.body.addEventListener('click', () => history.pushState(null, '', '/redirect'), { once: true });
    click(document.body);
    vi.advanceTimersByTime(20);
    history.replaceState(null, '', '/second');
    vi.advanceTimersByTime(31);
    tick();
    expect(pages()).toEqual(['/start', '/second']);
  });
});
