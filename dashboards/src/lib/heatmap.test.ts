import { describe, expect, it } from 'vitest';
import type { Heatmap } from './api-types';
import { anchoredShare, dataParams, depthRows, elementName, fileName, imageParams, parseChoice, parseWidth, sortedWidths } from './heatmap';
import { DEFAULT_RANGE } from './range';

const choose = (search: string) => {
  const params = new URLSearchParams(search);
  return parseChoice((name) => params.get(name));
};

describe('the choice in the address', () => {
  it('has defaults for all but the page', () => {
    expect(choose('')).toEqual({ path: undefined, kind: 'click', width: 1280, palette: 'heat', underlay: 'layout' });
  });

  it('is read, and nonsense falls back', () => {
    expect(choose('path=/a&kind=scroll&width=390&palette=ice&underlay=none')).toEqual({
      path: '/a',
      kind: 'scroll',
      width: 390,
      palette: 'ice',
      underlay: 'none',
    });
    expect(choose('path=a&kind=x&width=x&palette=x&underlay=x')).toEqual(choose(''));
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

describe('the query of the API', () => {
  it('of the JSON does not depend on how the picture is drawn', () => {
    const key = (search: string) => dataParams('/a', choose(search), DEFAULT_RANGE).toString();
    expect(key('palette=ice&underlay=none')).toBe(key(''));
    expect(key('width=390')).not.toBe(key(''));
  });

  it('of the picture is the same and more', () => {
    const params = imageParams('/път', choose('width=390'), { kind: 'custom', from: '2026-01-01', to: '2026-01-02' });
    expect(Object.fromEntries(params)).toEqual({
      path: '/път',
      kind: 'click',
      width: '390',
      date_range: '2026-01-01,2026-01-02',
      palette: 'heat',
      underlay: 'layout',
      legend: 'true',
    });
  });
});

describe('numbers of a map', () => {
  it('name each width once', () => {
    expect(sortedWidths([1280, 390, 1280])).toEqual([390, 1280]);
  });

  const map = (anchored: number, unanchored: number) => ({ anchored, unanchored }) as Heatmap;

  it('have no anchored share without clicks', () => {
    expect(anchoredShare(map(0, 0))).toBeUndefined();
    expect(anchoredShare(map(3, 1))).toBe(0.75);
  });

  it('sum the bands up into tenths', () => {
    const bands = Array.from({ length: 20 }, (_, index) => ({ y0: index * 50, y1: (index + 1) * 50, share: 1 - index / 20 }));
    const rows = depthRows(bands, 1000);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({ from: 0, to: 0.1, share: 1 });
    expect(rows[9]?.share).toBeCloseTo(0.1);
    expect(depthRows([], 1000)).toEqual([]);
    expect(depthRows(bands, 0)).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['#buy', '#buy', ''],
    ['nav>ul>a[name=docs]', 'a[name=docs]', 'nav › ul'],
    ['a[name=x>y]', 'a[name=x>y]', ''],
    ['nav>a[name=x>y]', 'a[name=x>y]', 'nav'],
    ['', '', ''],
  ])('of an element are split at the last step: %j', (key, last, path) => {
    expect(elementName(key)).toEqual({ last, path });
  });

  it('of a file have nothing that a file system refuses', () => {
    expect(fileName('a.example', '/', choose(''))).toBe('a.example-home-click-1280.png');
    expect(fileName('a.example', '/блог/../x?y', choose('width=390'))).toBe('a.example-блог-x-y-click-390.png');
  });
});
