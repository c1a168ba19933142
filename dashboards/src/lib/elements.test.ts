import { describe, expect, it } from 'vitest';
import type { Heatmap, HeatmapElement } from './api-types';
import { columnOf, elementAt, elementRows, elementsCsv, reportedRows, sortRows, type ElementRow } from './elements';

const box = (element: string, more: Partial<HeatmapElement> = {}): HeatmapElement => ({
  element,
  tag: 'a',
  role: '',
  clicks: 0,
  visitors: 0,
  exposed: 0,
  click_rate: null,
  rage: 0,
  dead: 0,
  error: 0,
  fixed: false,
  x: 0,
  y: 0,
  width: 10,
  height: 10,
  ...more,
});

const reported = (element: string, median_first_click_ms: number | null) => ({
  ...{ element, clicks: 9, click_rate: 0.5, visitors: 4, rage: 3, dead: 2, error: 1, median_first_click_ms },
});

const map = (...elements: HeatmapElement[]) => ({ elements }) as Heatmap;

const row = (element: string, more: Partial<ElementRow> = {}): ElementRow => ({
  ...elementRows(map(box(element)), undefined)[0]!,
  ...more,
});

describe('rows of elements', () => {
  it('are put together from the map and the report', () => {
    const report = { views: 9, elements: [reported('#b', 2_500)] };
    const [a, b] = elementRows(map(box('#a', { clicks: 3, click_rate: 0.25 }), box('#b', { clicks: 1 })), report);
    expect(a).toMatchObject({ element: '#a', clicks: 3, rate: 0.25, first: undefined });
    expect(b).toMatchObject({ element: '#b', clicks: 1, rate: 0.5, first: 2.5 });
  });

  it('are made of the report alone, where there is no map', () => {
    const [a] = reportedRows({ views: 9, elements: [reported('#a', 1_500)] });
    expect(a).toEqual({ element: '#a', clicks: 9, rate: 0.5, visitors: 4, rage: 3, dead: 2, error: 1, first: 1.5 });
  });

  it('of a map of one kind have its clicks there, and all clicks from the report', () => {
    const report = { views: 9, elements: [reported('#a', null)] };
    const rage = { ...map(box('#a', { clicks: 2, rage: 1 })), kind: 'rage' } as Heatmap;
    expect(elementRows(rage, report)[0]).toMatchObject({ clicks: 9, rage: 2, first: undefined });
  });

  it('are there before the report is, and without a map of elements', () => {
    expect(elementRows(map(box('#a')), undefined)).toHaveLength(1);
    expect(elementRows({} as Heatmap, undefined)).toEqual([]);
  });

  it('stand in order, what is not known last either way', () => {
    const rows = [row('#none'), row('#slow', { first: 9 }), row('#fast', { first: 1 })];
    const order = (ascending: boolean) => sortRows(rows, 'first', ascending).map(({ element }) => element);
    expect(order(true)).toEqual(['#fast', '#slow', '#none']);
    expect(order(false)).toEqual(['#slow', '#fast', '#none']);
  });

  it('are about what the map is about', () => {
    expect([columnOf('click'), columnOf('rage'), columnOf('element'), columnOf('move')]).toEqual(['clicks', 'rage', 'rate', 'clicks']);
  });

  it('become a file that a spreadsheet reads and does not run', () => {
    const text = elementsCsv([
      row('nav>a[name="x, y"]', { clicks: 2, rate: 0.5, first: 1.5 }),
      row('=HYPERLINK("http://evil.example")'),
    ]);
    const [head, first, second, end] = text.split('\r\n');
    expect(head).toBe('element,clicks,click_rate,visitors,rage,dead,error,median_first_click_seconds');
    expect(first).toBe('"nav>a[name=""x, y""]",2,0.5,0,0,0,0,1.5');
    expect(second).toBe('"\'=HYPERLINK(""http://evil.example"")",0,,0,0,0,0,');
    expect(end).toBe('');
  });
});

describe('the element at a point', () => {
  const page = map(box('#card', { width: 100, height: 100 }), box('#link', { x: 20, y: 20 }));

  it('is the smallest one around it', () => {
    expect(elementAt(page, 25, 25)?.element).toBe('#link');
    expect(elementAt(page, 90, 90)?.element).toBe('#card');
    expect(elementAt(page, 100, 50)).toBeUndefined();
  });
});
