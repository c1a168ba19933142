// Owns what the heat map page shows: its choices in the address, the query for the API, derived numbers.

import { rangeText } from './api';
import type { Heatmap, HeatmapKind, ScrollBand } from './api-types';
import { dateRange, type Range } from './range';

export const KINDS = ['click', 'scroll'] as const;
export const WIDTHS = [390, 768, 1280, 1440, 1920] as const;
export const PALETTES = ['heat', 'viridis', 'ice'] as const;
export const UNDERLAYS = ['layout', 'none'] as const;

export const NARROWEST = 120;
export const WIDEST = 3840;

export type Palette = (typeof PALETTES)[number];
export type Underlay = (typeof UNDERLAYS)[number];

export interface Choice {
  /** Undefined until a page is chosen: then the most clicked one is shown. */
  path: string | undefined;
  kind: HeatmapKind;
  width: number;
  palette: Palette;
  underlay: Underlay;
}

export const DEFAULT_WIDTH = 1280;

export function parseChoice(param: (name: string) => string | null): Choice {
  const path = param('path');
  return {
    path: path?.startsWith('/') ? path : undefined,
    kind: KINDS.find((kind) => kind === param('kind')) ?? 'click',
    width: parseWidth(param('width')) ?? DEFAULT_WIDTH,
    palette: PALETTES.find((palette) => palette === param('palette')) ?? 'heat',
    underlay: UNDERLAYS.find((underlay) => underlay === param('underlay')) ?? 'layout',
  };
}

/** Reads a width in pixels and brings it within the limits; undefined where it is no number. */
export function parseWidth(text: string | null): number | undefined {
  if (text === null || !/^\d{1,6}$/.test(text.trim())) return undefined;
  return Math.min(WIDEST, Math.max(NARROWEST, Number(text)));
}

/** Returns each width once, narrowest first. */
export function sortedWidths(widths: readonly number[]): number[] {
  return [...new Set(widths)].sort((a, b) => a - b);
}

/** What the JSON depends on. */
export function dataParams(path: string, choice: Choice, range: Range): URLSearchParams {
  return new URLSearchParams({
    path,
    kind: choice.kind,
    width: String(choice.width),
    date_range: rangeText(dateRange(range)),
  });
}

/** What the picture depends on: the same, and how it is drawn. */
export function imageParams(path: string, choice: Choice, range: Range): URLSearchParams {
  const params = dataParams(path, choice, range);
  params.set('palette', choice.palette);
  params.set('underlay', choice.underlay);
  params.set('legend', 'true');
  return params;
}

/** Returns the share of clicks placed by their element; undefined where there are no clicks. */
export function anchoredShare(map: Heatmap): number | undefined {
  const placed = map.anchored + map.unanchored;
  return placed > 0 ? map.anchored / placed : undefined;
}

export interface ElementName {
  /** The element itself. */
  last: string;
  /** Its ancestors, empty where the key names it alone. */
  path: string;
}

/** Splits an element key, `nav>a[name=docs]`, at its last step; a `>` inside brackets is no step. */
export function elementName(key: string): ElementName {
  const steps = key.split(/>(?![^[]*\])/);
  const last = steps.pop() ?? key;
  return { last, path: steps.join(' › ') };
}

export interface DepthRow {
  /** Shares of the page's height, 0 to 1. */
  from: number;
  to: number;
  /** Largest share of views that saw any of it. */
  share: number;
}

/** Sums the bands of a scroll map up into tenths of the page. */
export function depthRows(bands: readonly ScrollBand[], height: number): DepthRow[] {
  if (bands.length === 0 || height <= 0) return [];
  return Array.from({ length: 10 }, (_, index) => {
    const [from, to] = [index / 10, (index + 1) / 10];
    const touched = bands.filter((band) => band.y0 < to * height && band.y1 > from * height);
    return { from, to, share: Math.max(0, ...touched.map((band) => band.share)) };
  });
}

/** Returns the name that a downloaded picture gets. */
export function fileName(site: string, path: string, choice: Choice): string {
  const place = path.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80);
  return `${[site, place === '' ? 'home' : place, choice.kind, String(choice.width)].join('-')}.png`;
}
