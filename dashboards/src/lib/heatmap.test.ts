import { describe, expect, it } from 'vitest';
import {
  choiceParams,
  dataParams,
  elementsParams,
  fileName,
  imageParams,
  isCompared,
  parseChoice,
  parseWidth,
  type Choice,
} from './heatmap';
import { DEFAULT_RANGE } from './range';

const choose = (search: string) => {
  const params = new URLSearchParams(search);
  return parseChoice((name) => params.get(name));
};

const plain: Choice = {
  place: undefined,
  kind: 'click',
  width: 1280,
  segment: {},
  state: 'any',
  layout: 'latest',
  palette: 'heat',
  underlay: 'layout',
  normalise: 'p99',
  radius: 24,
  compare: 'none',
  other: {},
  beside: false,
};

const rich: Choice = {
  place: { path: '/a' },
  kind: 'rage',
  width: 360,
  segment: { device: 'mobile', source: '', country: 'BG' },
  state: '2166136261',
  layout: '2026-10-04',
  palette: 'night',
  underlay: 'screenshot',
  normalise: 'per_view',
  radius: 48,
  compare: 'segments',
  other: { device: 'desktop' },
  beside: true,
};

describe('the choice in the address', () => {
  it('has defaults for all but the page', () => {
    expect(choose('')).toEqual(plain);
  });

  it('falls back from nonsense', () => {
    const nonsense =
      'path=a&pattern=b*&kind=x&width=x&device=x&state=x&layout=2026-02-30&palette=x&underlay=x&normalise=x&radius=x&compare=x';
    expect(choose(nonsense)).toEqual(plain);
    expect(choose('state=12345678901&compare=2026-02-01..2026-01-01')).toEqual(plain);
  });

  it.each([
    ['everything', rich],
    ['nothing', plain],
    ['a pattern', { ...plain, place: { pattern: '/product/*' } }],
    ['an earlier period', { ...plain, compare: { from: '2026-01-01', to: '2026-01-31' } } as Choice],
  ])('is read as it was written: %s', (_name, choice) => {
    const params = choiceParams(choice);
    expect(parseChoice((name) => params[name] ?? null)).toEqual(choice);
  });

  it('has nothing to tell of defaults', () => {
    expect(Object.values(choiceParams(plain)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('says only what changed', () => {
    expect(choiceParams({ kind: 'dead' })).toEqual({ kind: 'dead' });
    expect(choiceParams({ underlay: 'layout' })).toEqual({ underlay: undefined });
  });

  it('forgets the states and layouts of another page', () => {
    expect(choiceParams({ place: { pattern: '/a/*' } })).toEqual({
      path: undefined,
      pattern: '/a/*',
      state: undefined,
      layout: undefined,
    });
  });

  it('forgets the other segment with its comparison', () => {
    expect(choiceParams({ compare: 'none' })).toMatchObject({ compare: undefined, with_device: undefined, with_source: undefined });
    expect(choiceParams({ compare: 'segments' })).toEqual({ compare: 'segments' });
  });

  it('takes the device as the overview writes it', () => {
    expect(choose('device=Mobile').segment).toEqual({ device: 'mobile' });
  });

  it.each([
    ['768', 768],
    [' 768 ', 768],
    ['1', 120],
    ['99999', 3840],
    ['-5', undefined],
    ['', undefined],
    ['12.5', undefined],
    [null, undefined],
  ])('has a width within the limits: %j', (text, width) => {
    expect(parseWidth(text)).toBe(width);
  });
});

describe('the question to the API', () => {
  const asked = (choice: Choice) => Object.fromEntries(dataParams({ path: '/a' }, choice, DEFAULT_RANGE));

  it('of the JSON does not depend on how the picture is drawn', () => {
    const drawn = { palette: 'ice', underlay: 'none', normalise: 'max', radius: 64 } as const;
    expect(asked({ ...plain, ...drawn })).toEqual(asked(plain));
    expect(asked(plain)).toEqual({ path: '/a', kind: 'click', width: '1280', date_range: '7d' });
  });

  it('of the picture is the same and more', () => {
    const range = { kind: 'custom', from: '2026-01-01', to: '2026-01-02' } as const;
    expect(Object.fromEntries(imageParams({ path: '/път' }, { ...plain, width: 390 }, range))).toEqual({
      path: '/път',
      kind: 'click',
      width: '390',
      date_range: '2026-01-01,2026-01-02',
      palette: 'heat',
      underlay: 'layout',
      legend: 'true',
    });
    const params = imageParams({ path: '/a' }, { ...plain, normalise: 'max', radius: 64 }, DEFAULT_RANGE);
    expect([params.get('normalise'), params.get('radius')]).toEqual(['max', '64']);
  });

  it('of many pages has their pattern and no path', () => {
    const params = dataParams({ pattern: '/product/*' }, plain, DEFAULT_RANGE);
    expect([params.get('path_pattern'), params.get('path')]).toEqual(['/product/*', null]);
  });

  it('has devices, filters, state and layout', () => {
    const choice = { ...rich, compare: 'none' } as const;
    expect(asked(choice)).toMatchObject({
      device: 'mobile',
      filters: '[["is","visit:source",[""]],["is","visit:country",["BG"]]]',
      state: '2166136261',
      layout: '2026-10-04',
    });
    expect(asked({ ...choice, kind: 'scroll' })['state'], 'a scroll map has no states').toBeUndefined();
  });

  it('of a comparison names the other time', () => {
    expect(asked({ ...plain, compare: 'previous_period' })['compare']).toBe('previous_period');
    expect(asked({ ...plain, compare: { from: '2026-01-01', to: '2026-01-31' } })['compare']).toBe('2026-01-01,2026-01-31');
  });

  it('of two segments has the devices of each among its filters', () => {
    const { device, compare, filters, compare_filters } = asked(rich);
    expect([device, compare]).toEqual([undefined, undefined]);
    expect(filters).toContain('["is","visit:device",["mobile"]]');
    expect(compare_filters).toBe('[["is","visit:device",["desktop"]]]');
  });

  it('compares nothing while the other segment is not described, and where nothing can be laid over another', () => {
    for (const choice of [{ ...rich, other: {} }, { ...plain, kind: 'attention', compare: 'previous_period' } as const]) {
      expect(isCompared(choice)).toBe(false);
      expect(Object.keys(asked(choice)).filter((name) => name.startsWith('compare'))).toEqual([]);
    }
    expect(asked({ ...rich, other: {} })['device']).toBe('mobile');
  });

  it('of the elements is about the same views, whatever kind is drawn of them', () => {
    expect(Object.fromEntries(elementsParams({ path: '/a' }, rich, DEFAULT_RANGE))).toEqual({
      path: '/a',
      width: '360',
      date_range: '7d',
      device: 'mobile',
      filters: '[["is","visit:source",[""]],["is","visit:country",["BG"]]]',
      state: '2166136261',
      layout: '2026-10-04',
    });
  });
});

describe('the name of a file', () => {
  it('has nothing that a file system refuses', () => {
    expect(fileName('a.example', { path: '/' }, plain, 'png')).toBe('a.example-home-click-1280.png');
    expect(fileName('a.example', { path: '/блог/../x?y' }, { ...plain, width: 390 }, 'csv')).toBe('a.example-блог-x-y-click-390.csv');
    expect(fileName('a.example', { pattern: '/product/*' }, plain, 'gif')).toBe('a.example-product-all-click-1280.gif');
  });
});
