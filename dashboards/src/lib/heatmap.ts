// Owns what the heat map page is asked for: its choices, how the address writes them, the questions to the API.

import { rangeText } from './api';
import type { Filter, HeatmapKind } from './api-types';
import { DIMENSION_OF } from './filters';
import { dateRange, isDay, type Range } from './range';

export const KINDS = ['click', 'element', 'rage', 'dead', 'error', 'move', 'scroll', 'attention'] as const;
export const WIDTHS = [360, 768, 1024, 1280, 1440] as const;
export const DEVICES = ['desktop', 'tablet', 'mobile'] as const;
export const PALETTES = ['heat', 'viridis', 'ice', 'night'] as const;
export const UNDERLAYS = ['layout', 'screenshot', 'none'] as const;
export const NORMALISATIONS = ['p99', 'max', 'per_view'] as const;
/** What a segment of visitors is described by, besides the device. */
export const SEGMENT_NAMES = ['source', 'country', 'browser', 'os'] as const;

export const NARROWEST = 120;
export const WIDEST = 3840;
export const DEFAULT_WIDTH = 1280;
export const SMALLEST_RADIUS = 4;
export const LARGEST_RADIUS = 128;
export const DEFAULT_RADIUS = 24;

export type Device = (typeof DEVICES)[number];
export type Palette = (typeof PALETTES)[number];
export type Underlay = (typeof UNDERLAYS)[number];
export type Normalisation = (typeof NORMALISATIONS)[number];
export type SegmentName = (typeof SEGMENT_NAMES)[number];

export interface Segment extends Partial<Record<SegmentName, string>> {
  device?: Device;
}

export type Comparison = 'none' | 'previous_period' | 'year_over_year' | 'segments' | { from: string; to: string };

/** One page, or all pages whose path fits a pattern. */
export type Place = { path: string } | { pattern: string };

export interface Choice {
  /** Undefined until a page is chosen: then the first of the list is shown. */
  place: Place | undefined;
  kind: HeatmapKind;
  width: number;
  segment: Segment;
  /** `any`, `base`, or the id of a state: an open dialog, menu or banner. */
  state: string;
  /** `latest`, or a day on which the wanted layout was current. */
  layout: string;
  palette: Palette;
  underlay: Underlay;
  normalise: Normalisation;
  radius: number;
  compare: Comparison;
  /** Whom the segment is compared with; used where `compare` is `segments`. */
  other: Segment;
  /** Whether a comparison is two maps, and not their difference. */
  beside: boolean;
}

type Param = (name: string) => string | null;

const among = <T extends string>(names: readonly T[], text: string | null): T | undefined => names.find((name) => name === text);

export function parseChoice(param: Param): Choice {
  return {
    place: parsePlace(param),
    kind: among(KINDS, param('kind')) ?? 'click',
    width: parseWidth(param('width')) ?? DEFAULT_WIDTH,
    segment: parseSegment((name) => param(name)),
    state: /^(base|\d{1,10})$/.exec(param('state') ?? '')?.[0] ?? 'any',
    layout: dayOr(param('layout'), 'latest'),
    palette: among(PALETTES, param('palette')) ?? 'heat',
    underlay: among(UNDERLAYS, param('underlay')) ?? 'layout',
    normalise: among(NORMALISATIONS, param('normalise')) ?? 'p99',
    radius: parseBounded(param('radius'), SMALLEST_RADIUS, LARGEST_RADIUS) ?? DEFAULT_RADIUS,
    compare: parseComparison(param('compare')),
    other: parseSegment((name) => param(`with_${name}`)),
    beside: param('beside') === '1',
  };
}

/** What the address says of a choice: parameters to set, `undefined` for those at their default. */
export function choiceParams(next: Partial<Choice>): Record<string, string | undefined> {
  const params: Record<string, string | undefined> = {};
  const set = (name: string, value: string | number | undefined, usual: string | number) =>
    (params[name] = value === undefined || value === usual ? undefined : String(value));
  if ('place' in next) {
    const { place } = next;
    params['path'] = place && 'path' in place ? place.path : undefined;
    params['pattern'] = place && 'pattern' in place ? place.pattern : undefined;
    // States and layouts are those of one page.
    params['state'] = params['layout'] = undefined;
  }
  if ('kind' in next) set('kind', next.kind, 'click');
  if ('width' in next) set('width', next.width, DEFAULT_WIDTH);
  if (next.segment) setSegment(params, '', next.segment);
  if ('state' in next) set('state', next.state, 'any');
  if ('layout' in next) set('layout', next.layout, 'latest');
  if ('palette' in next) set('palette', next.palette, 'heat');
  if ('underlay' in next) set('underlay', next.underlay, 'layout');
  if ('normalise' in next) set('normalise', next.normalise, 'p99');
  if ('radius' in next) set('radius', next.radius, DEFAULT_RADIUS);
  if (next.compare) set('compare', typeof next.compare === 'string' ? next.compare : `${next.compare.from}..${next.compare.to}`, 'none');
  if (next.compare && next.compare !== 'segments') setSegment(params, 'with_', {});
  if (next.compare === 'none') params['beside'] = undefined;
  if (next.other) setSegment(params, 'with_', next.other);
  if ('beside' in next) params['beside'] = next.beside ? '1' : undefined;
  return params;
}

/** Reads a width in pixels and brings it within the limits; undefined where it is no number. */
export function parseWidth(text: string | null): number | undefined {
  return parseBounded(text, NARROWEST, WIDEST);
}

export function parseBounded(text: string | null, least: number, most: number): number | undefined {
  if (text === null || !/^\d{1,6}$/.test(text.trim())) return undefined;
  return Math.min(most, Math.max(least, Number(text)));
}

/** Whether a kind of map tells of one click (or rest of the pointer) at a time: then it can be compared and has page states. */
export function isOfPoints(kind: HeatmapKind): boolean {
  return kind !== 'scroll' && kind !== 'attention';
}

/** Whether maps of this kind can be laid over each other: those of clicks. */
export function isComparable(kind: HeatmapKind): boolean {
  return kind === 'click' || kind === 'rage' || kind === 'dead' || kind === 'error';
}

/** Whether maps of this kind are made of spots, which can come one after another in a moving picture. */
export function isOfSpots(kind: HeatmapKind): boolean {
  return isComparable(kind) || kind === 'move';
}

/** Whether the map shown is a difference. A comparison of segments waits until the other one is described. */
export function isCompared(choice: Choice): boolean {
  if (choice.compare === 'none' || !isComparable(choice.kind)) return false;
  return choice.compare !== 'segments' || segmentClauses(choice.other, true) !== undefined;
}

/** What the JSON depends on. */
export function dataParams(place: Place, choice: Choice, range: Range): URLSearchParams {
  const params = new URLSearchParams('path' in place ? { path: place.path } : { path_pattern: place.pattern });
  params.set('kind', choice.kind);
  params.set('width', String(choice.width));
  params.set('date_range', rangeText(dateRange(range)));
  const bySegment = isCompared(choice) && choice.compare === 'segments';
  // Of two segments each has its own devices, so they stand among the filters of each.
  if (choice.segment.device && !bySegment) params.set('device', choice.segment.device);
  const filters = segmentClauses(choice.segment, bySegment);
  if (filters) params.set('filters', JSON.stringify(filters));
  if (choice.state !== 'any' && isOfPoints(choice.kind)) params.set('state', choice.state);
  if (choice.layout !== 'latest') params.set('layout', choice.layout);
  if (isCompared(choice)) setComparison(params, choice);
  return params;
}

/** What the picture depends on: the same, and how it is drawn. */
export function imageParams(place: Place, choice: Choice, range: Range): URLSearchParams {
  const params = dataParams(place, choice, range);
  params.set('palette', choice.palette);
  params.set('underlay', choice.underlay);
  params.set('legend', 'true');
  if (choice.normalise !== 'p99') params.set('normalise', choice.normalise);
  if (choice.radius !== DEFAULT_RADIUS) params.set('radius', String(choice.radius));
  return params;
}

/** The smallest scale at which maps are drawn. */
const SMALLEST_SCALE = 0.25;
/** A list shows pages as on a wide screen, but no larger than it needs. */
const THUMB_PAGE_WIDTH = 1024;

/** What a small picture of a page's clicks is asked for: at the width, of those whose layout is known, that is nearest to a small desk's. */
export function thumbParams(path: string, widths: readonly number[], range: Range): URLSearchParams {
  const away = (width: number) => Math.abs(width - THUMB_PAGE_WIDTH);
  const width = widths.reduce((best, next) => (away(next) < away(best) ? next : best), widths[0] ?? DEFAULT_WIDTH);
  return new URLSearchParams({
    path,
    width: String(Math.min(DEFAULT_WIDTH, Math.max(NARROWEST, width))),
    date_range: rangeText(dateRange(range)),
    scale: String(SMALLEST_SCALE),
    legend: 'false',
  });
}

/**
 * What the two pictures of a comparison are asked for that stand side by side: both on one layout and by one scale, so that the same colour
 * means the same. `otherRange` is the time of the other one, as the API writes it.
 */
export function besideParams(place: Place, choice: Choice, range: Range, otherRange: string): [URLSearchParams, URLSearchParams] {
  const alone: Choice = { ...choice, compare: 'none', normalise: 'per_view' };
  const one = imageParams(place, alone, range);
  const other = imageParams(place, choice.compare === 'segments' ? { ...alone, segment: choice.other } : alone, range);
  other.set('date_range', otherRange);
  return [one, other];
}

/** What the report of elements is asked for: the same views and layout as the map, with nothing to compare. */
export function elementsParams(place: Place, choice: Choice, range: Range): URLSearchParams {
  const params = dataParams(place, { ...choice, compare: 'none' }, range);
  params.delete('kind');
  return params;
}

/** Every page of a site, as if they were one. */
export const ALL_PAGES: Place = { pattern: '/**' };

/** What the page of elements is asked for; without a place it is of all pages. */
export function siteElementsParams(place: Place, device: Device | undefined, range: Range): URLSearchParams {
  const params = new URLSearchParams('path' in place ? { path: place.path } : { path_pattern: place.pattern });
  params.set('date_range', rangeText(dateRange(range)));
  if (device) params.set('device', device);
  return params;
}

/** Returns the name that a downloaded file gets. */
export function fileName(site: string, place: Place, choice: Choice, extension: string): string {
  const page = 'path' in place ? place.path : place.pattern.replaceAll('*', 'all');
  const name = page.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').slice(0, 80);
  return `${[site, name === '' ? 'home' : name, choice.kind, String(choice.width)].join('-')}.${extension}`;
}

export function placeText(place: Place | undefined): string {
  if (!place) return '';
  return 'path' in place ? place.path : place.pattern;
}

function parsePlace(param: Param): Place | undefined {
  const pattern = param('pattern');
  if (pattern?.startsWith('/')) return { pattern };
  const path = param('path');
  return path?.startsWith('/') ? { path } : undefined;
}

function parseSegment(param: Param): Segment {
  const segment: Segment = {};
  for (const name of SEGMENT_NAMES) {
    const value = param(name);
    if (value !== null) segment[name] = value;
  }
  const device = among(DEVICES, param('device')?.toLowerCase() ?? null);
  if (device) segment.device = device;
  return segment;
}

function setSegment(params: Record<string, string | undefined>, prefix: string, segment: Segment): void {
  for (const name of [...SEGMENT_NAMES, 'device'] as const) params[prefix + name] = segment[name];
}

function parseComparison(text: string | null): Comparison {
  if (text === 'previous_period' || text === 'year_over_year' || text === 'segments') return text;
  const [from, to, more] = (text ?? '').split('..');
  if (from !== undefined && to !== undefined && more === undefined && isDay(from) && isDay(to) && from <= to) return { from, to };
  return 'none';
}

function dayOr(text: string | null, otherwise: string): string {
  return text !== null && isDay(text) ? text : otherwise;
}

function segmentClauses(segment: Segment, withDevice: boolean): Filter[] | undefined {
  const clauses: Filter[] = [];
  for (const name of [...SEGMENT_NAMES, 'device'] as const) {
    const value = segment[name];
    if (value === undefined || (name === 'device' && !withDevice)) continue;
    clauses.push(['is', DIMENSION_OF[name], [value]]);
  }
  return clauses.length > 0 ? clauses : undefined;
}

function setComparison(params: URLSearchParams, choice: Choice): void {
  const { compare } = choice;
  if (compare === 'segments') params.set('compare_filters', JSON.stringify(segmentClauses(choice.other, true)));
  else params.set('compare', typeof compare === 'string' ? compare : `${compare.from},${compare.to}`);
}
