// Owns the numbers that are read off a map: how much is anchored, how far people get, what a layout's history says.

import type { AttentionBand, Heatmap, HeatmapLayout, LayoutVersion, ScrollBand } from './api-types';
import { wallClock } from './range';

/** Below this a picture shows single people rather than a habit. */
export const LITTLE = 50;
const TENTHS = 10;

/** Returns the share of clicks placed by their element; undefined where there are no clicks. */
export function anchoredShare(map: Pick<Heatmap, 'anchored' | 'unanchored'>): number | undefined {
  const placed = map.anchored + map.unanchored;
  return placed > 0 ? map.anchored / placed : undefined;
}

/** Returns each width once, narrowest first. */
export function sortedWidths(widths: readonly number[]): number[] {
  return [...new Set(widths)].sort((a, b) => a - b);
}

export interface ElementName {
  /** The element itself. */
  last: string;
  /** Its ancestors, empty where the key names it alone. */
  path: string;
}

/**
 * Splits an element key, `nav>a[name=docs]`, at its last step; a `>` inside brackets is no step. Of `li:nth-of-type(3)` only
 * the number is left, which is what tells it from the others.
 */
export function elementName(key: string): ElementName {
  const steps = key.split(/>(?![^[]*\])/).map((step) => step.replace(/:nth-of-type\((\d+)\)/g, ' $1'));
  const last = steps.pop() ?? key;
  return { last, path: steps.join(' › ') };
}

export interface DepthRow {
  /** Shares of the page's height, 0 to 1. */
  from: number;
  to: number;
  value: number;
}

/** Sums the bands of a scroll map up into tenths of the page: the largest share of views that saw any of it. */
export function depthRows(bands: readonly ScrollBand[], height: number): DepthRow[] {
  return tenths(bands, height, (touched) => Math.max(0, ...touched.map(({ band }) => band.share)));
}

/** Sums the bands of an attention map up into tenths of the page: seconds per view. */
export function attentionRows(bands: readonly AttentionBand[], height: number): DepthRow[] {
  return tenths(bands, height, (touched) => {
    const size = touched.reduce((sum, { overlap }) => sum + overlap, 0);
    return size > 0 ? touched.reduce((sum, { band, overlap }) => sum + band.seconds_per_view * overlap, 0) / size : 0;
  });
}

type Extent = { y0: number; y1: number };

function tenths<B extends Extent>(
  bands: readonly B[],
  height: number,
  value: (touched: { band: B; overlap: number }[]) => number,
): DepthRow[] {
  if (bands.length === 0 || height <= 0) return [];
  return Array.from({ length: TENTHS }, (_, index) => {
    const [from, to] = [index / TENTHS, (index + 1) / TENTHS];
    const touched = bands
      .map((band) => ({ band, overlap: Math.min(band.y1, to * height) - Math.max(band.y0, from * height) }))
      .filter(({ overlap }) => overlap > 0);
    return { from, to, value: value(touched) };
  });
}

export interface Quartile {
  /** Share of views. */
  share: number;
  /** Page pixels that at least so many views got to. */
  y: number;
}

/** Tells how far down three quarters, half and a quarter of the views get. */
export function quartiles(bands: readonly ScrollBand[]): Quartile[] {
  return [0.75, 0.5, 0.25].map((share) => ({
    share,
    y: bands.reduce((deepest, band) => (band.share >= share ? Math.max(deepest, band.y1) : deepest), 0),
  }));
}

/** Returns the versions of a layout, newest first, with their first and last days in the site's zone. */
export function layoutVersions(layout: HeatmapLayout | undefined, timeZone: string): LayoutVersion[] {
  const day = (time: string): string => dayOf(time, timeZone);
  const versions = (layout?.versions ?? []).map(({ from, to, samples }) => ({ from: day(from), to: day(to), samples }));
  return versions.sort((a, b) => (a.from < b.from ? 1 : -1));
}

/** Returns the day of a time of the API in a zone. */
export function dayOf(time: string, timeZone: string): string {
  return wallClock(new Date(time), timeZone).slice(0, 10);
}
