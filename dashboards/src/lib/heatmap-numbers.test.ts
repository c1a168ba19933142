import { describe, expect, it } from 'vitest';
import { anchoredShare, attentionRows, depthRows, elementName, layoutVersions, quartiles, sortedWidths } from './heatmap-numbers';

const bands = Array.from({ length: 20 }, (_, index) => ({ y0: index * 50, y1: (index + 1) * 50, share: 1 - index / 20 }));

describe('numbers of a map', () => {
  it('name each width once', () => {
    expect(sortedWidths([1280, 390, 1280])).toEqual([390, 1280]);
  });

  it('have no anchored share without clicks', () => {
    expect(anchoredShare({ anchored: 0, unanchored: 0 })).toBeUndefined();
    expect(anchoredShare({ anchored: 3, unanchored: 1 })).toBe(0.75);
  });

  it('sum scroll bands up into tenths, each reached by those who saw any of it', () => {
    const rows = depthRows(bands, 1000);
    expect(rows).toHaveLength(10);
    expect(rows[0]).toEqual({ from: 0, to: 0.1, value: 1 });
    expect(rows[9]?.value).toBeCloseTo(0.1);
    expect(depthRows([], 1000)).toEqual([]);
    expect(depthRows(bands, 0)).toEqual([]);
  });

  it('sum attention up into tenths, bands that lie in two of them by their parts', () => {
    const rows = attentionRows(
      [
        { y0: 0, y1: 150, seconds_per_view: 10 },
        { y0: 150, y1: 1000, seconds_per_view: 2 },
      ],
      1000,
    );
    expect(rows.slice(0, 3).map((row) => row.value)).toEqual([10, 6, 2]);
  });

  it('tell how far three quarters, half and a quarter of the views get', () => {
    expect(quartiles(bands).map(({ y }) => y)).toEqual([300, 550, 800]);
    expect(quartiles([]).map(({ y }) => y)).toEqual([0, 0, 0]);
  });

  it('have the newest version of a layout first, by the days of the site', () => {
    const versions = [
      { from: '2026-09-01T10:00:00Z', to: '2026-11-11T20:00:00Z', samples: 1 },
      { from: '2026-11-11T23:30:00Z', to: '2026-11-28T10:00:00Z', samples: 1 },
    ];
    const layout = { samples: 2, width: 1280, since: '2026-11-11T23:30:00Z', versions };
    expect(layoutVersions(layout, 'Europe/Sofia').map(({ from }) => from)).toEqual(['2026-11-12', '2026-09-01']);
    expect(layoutVersions(layout, 'UTC')[0]?.from).toBe('2026-11-11');
    expect(layoutVersions(undefined, 'UTC')).toEqual([]);
  });
});

describe('the name of an element', () => {
  it.each([
    ['#buy', '#buy', ''],
    ['nav>ul>a[name=docs]', 'a[name=docs]', 'nav › ul'],
    ['a[name=x>y]', 'a[name=x>y]', ''],
    ['nav>a[name=x>y]', 'a[name=x>y]', 'nav'],
    ['section:nth-of-type(2)>li:nth-of-type(13)', 'li 13', 'section 2'],
    ['', '', ''],
  ])('is split at the last step: %j', (key, last, path) => {
    expect(elementName(key)).toEqual({ last, path });
  });
});
