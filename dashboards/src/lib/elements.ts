// Owns the table of a page's elements: its rows from the map and from the report, their order, the file of them.

import type { ElementReport, Heatmap, HeatmapElement, HeatmapKind, ReportedElement } from './api-types';
import { csv } from './csv';

export const COLUMNS = ['clicks', 'rate', 'visitors', 'rage', 'dead', 'error', 'first'] as const;

export type Column = (typeof COLUMNS)[number];

/** What a table tells of an element. */
export interface ElementNumbers extends Record<Exclude<Column, 'rate' | 'first'>, number> {
  element: string;
  /** Clicks for each view that had it on the screen, 0 to 1 as a rule; undefined where no view had. */
  rate: number | undefined;
  /** Median time from the start of the view to its first click, in seconds. */
  first: number | undefined;
}

export interface ElementRow extends ElementNumbers {
  /** Where it is on the map. */
  box: HeatmapElement;
}

export function elementRows(map: Heatmap, report: ElementReport | undefined): ElementRow[] {
  const { kind } = map;
  const isOfKind = kind === 'rage' || kind === 'dead' || kind === 'error';
  const told = new Map(report?.elements.map((row) => [row.element, row]));
  return (map.elements ?? []).map((box) => {
    const more = told.get(box.element);
    const first = more?.median_first_click_ms;
    return {
      element: box.element,
      box,
      // A map of one kind of clicks has those; how many there are in all is in the report.
      clicks: isOfKind ? (more?.clicks ?? box.clicks) : box.clicks,
      rate: box.click_rate ?? more?.click_rate ?? undefined,
      visitors: box.visitors ?? 0,
      rage: box.rage ?? 0,
      dead: box.dead ?? 0,
      error: box.error ?? 0,
      ...(isOfKind ? { [kind]: box.clicks } : {}),
      first: typeof first === 'number' ? first / 1_000 : undefined,
    };
  });
}

/** Rows of the report alone: of elements on whatever page. */
export function reportedRows({ elements }: ElementReport): ElementNumbers[] {
  return elements.map(({ click_rate, median_first_click_ms: first, ...numbers }: ReportedElement) => ({
    ...numbers,
    rate: click_rate ?? undefined,
    first: first === null ? undefined : first / 1_000,
  }));
}

/** The column that a kind of map is about. */
export function columnOf(kind: HeatmapKind): Column {
  if (kind === 'rage' || kind === 'dead' || kind === 'error') return kind;
  return kind === 'element' ? 'rate' : 'clicks';
}

/** Orders rows, the largest first unless `ascending`; what is not known comes last either way. */
export function sortRows<R extends ElementNumbers>(rows: readonly R[], column: Column, ascending = false): R[] {
  return [...rows].sort((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return (ascending ? left - right : right - left) || b.clicks - a.clicks;
  });
}

/** Returns the rows as a file for a spreadsheet. Names of columns are those of the API. */
export function elementsCsv(rows: readonly ElementNumbers[]): string {
  const head = ['element', 'clicks', 'click_rate', 'visitors', 'rage', 'dead', 'error', 'median_first_click_seconds'];
  return csv([head, ...rows.map((row) => [row.element, row.clicks, row.rate, row.visitors, row.rage, row.dead, row.error, row.first])]);
}

/** Returns the smallest element at a point of the page. */
export function elementAt(map: Heatmap, x: number, y: number): HeatmapElement | undefined {
  let found: HeatmapElement | undefined;
  for (const box of map.elements ?? []) {
    const inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
    if (inside && (!found || box.width * box.height < found.width * found.height)) found = box;
  }
  return found;
}
