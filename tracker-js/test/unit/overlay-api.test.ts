import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOf, ask } from '../../overlay/api';
import { legendOf, roundBelow } from '../../overlay/legend';
import { Words } from '../../overlay/messages';
import { Scale } from '../../overlay/scale';
import { forgetSettings, loadSettings, saveSettings, type Settings } from '../../overlay/settings';

const ACCESS = { site: 'a b.example', token: 'T-_1', base: 'https://stats.example' };
const settings = (change: Partial<Settings> = {}): Settings => ({ ...loadSettings(), ...change });
const asked = (change: Partial<Settings>, width = 1280): Record<string, string> =>
  Object.fromEntries(new URL(addressOf(ACCESS, settings(change), '/a&b', width)).searchParams);

afterEach(() => sessionStorage.clear());

describe('the question', () => {
  it('has what is set and nothing else', () => {
    expect(addressOf(ACCESS, settings(), '/', 1280)).toMatch(/^https:\/\/stats\.example\/api\/v1\/sites\/a%20b\.example\/heatmap\.json\?/);
    expect(asked({})).toEqual({ token: 'T-_1', path: '/a&b', kind: 'click', spots: 'true', width: '1280', date_range: '30d' });
    expect(asked({ device: 'tablet', state: 'base', kind: 'dead' })).toMatchObject({ device: 'tablet', state: 'base', kind: 'dead' });
  });

  it.each([
    [20, '120'],
    [411.4, '411'],
    [7_680, '3840'],
  ])('asks for a width that the server draws: %s', (width, sent) => {
    expect(asked({}, width).width).toBe(sent);
  });

  it.each([
    ['country', ' bg ', '[["is","visit:country",["BG"]]]'],
    ['country', 'bulg', '[["contains","visit:country_name",["bulg"],{"case_sensitive":false}]]'],
    ['browser', 'fire"fox', '[["contains","visit:browser",["fire\\"fox"],{"case_sensitive":false}]]'],
    ['source', '  ', undefined],
    ['', 'x', undefined],
  ] as const)('filters by %s: "%s"', (segment, segmentValue, filters) => {
    expect(asked({ segment, segmentValue }).filters).toBe(filters);
  });
});

describe('the answer', () => {
  const answering = (status: number, body: unknown, headers = {}) =>
    vi.stubGlobal('fetch', vi.fn(async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })));
  const failure = async () => {
    const result = await ask('https://stats.example/', new AbortController().signal);
    return result && 'failure' in result && result.failure;
  };

  it.each([
    [410, { code: 'link_ended' }, { reason: 'ended' }],
    [401, '', { reason: 'ended' }],
    [404, { code: 'no_data' }, { reason: 'no_data' }],
    [400, { detail: 'a value is not valid', errors: [{ detail: 'One.' }, { detail: 'Two.' }] }, { reason: 'refused', detail: 'One. Two.' }],
    [500, { detail: 'secret' }, { reason: 'unexpected' }],
    [502, '<html>', { reason: 'unexpected' }],
  ])('of %s tells what is the matter', async (status, body, told) => {
    answering(status, body);
    expect(await failure()).toEqual(told);
  });

  it('tells when to come back', async () => {
    answering(503, {}, { 'Retry-After': '7' });
    expect(await failure()).toEqual({ reason: 'busy', retryAfterMs: 7_000 });
  });

  it('that does not come is told; one that was given up is not', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => Promise.reject(new TypeError('Failed to fetch'))));
    expect(await failure()).toEqual({ reason: 'offline' });
    expect(await ask('https://stats.example/', AbortSignal.abort())).toBeUndefined();
  });
});

describe('settings', () => {
  it('last from page to page, but for the state of the page', () => {
    saveSettings(settings({ kind: 'rage', state: '77', collapsed: true }));
    expect(loadSettings()).toMatchObject({ kind: 'rage', state: 'any', collapsed: true });
    forgetSettings();
    expect(sessionStorage).toHaveLength(0);
  });

  it('begin anew where what is stored is broken', () => {
    sessionStorage.setItem('heatline_overlay', '{');
    expect(loadSettings().kind).toBe('click');
  });
});

describe('the legend', () => {
  const answer = { kind: 'click', views: 2_000, clicks: 9 } as Parameters<typeof legendOf>[0];
  const words = new Words('en-GB');

  it('has units and round marks', () => {
    const legend = legendOf(answer, new Scale(200, 300), 0, words)!;
    expect(legend.title).toBe('Clicks per 1\u202f000 views');
    expect(legend.ticks.map(({ label }) => label)).toEqual(['0', '10', '50', '150']);
    expect(legend.ticks.map(({ at }) => at)).toEqual(legend.ticks.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('tells rests in seconds', () => {
    const legend = legendOf({ ...answer, kind: 'move' }, new Scale(200_000, 300_000, 16_000), 0, words)!;
    expect(legend.title).toBe('Seconds of rest per 1\u202f000 views');
    expect(legend.ticks.at(-1)!.label).toBe('150');
  });

  it.each([[0.07, 0.05], [1, 1], [3.9, 2], [99, 50], [100, 100]])('rounds %s down to %s', (value, round) => {
    expect(roundBelow(value)).toBeCloseTo(round, 6);
  });
});

describe('words', () => {
  it('are Bulgarian for those who speak it, else English', () => {
    expect([new Words('bg-BG').text('title'), new Words('de').text('title')]).toEqual(['Топлинна карта', 'Heat map']);
    expect(new Words('bg').counted('gone', 2)).toBe('2 натискани елемента сега не са на страницата');
  });

  it('write shares with a decimal place only where it matters', () => {
    const words = new Words('en');
    expect([0, 0.004, 0.0949, 0.36, 1].map((share) => words.share(share))).toEqual(['0%', '0.4%', '9.5%', '36%', '100%']);
  });
});
