// Owns the form of `heatmap.json`. It does not ask for it.

export const KINDS = ['click', 'rage', 'dead', 'error', 'move', 'scroll', 'attention', 'element'] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that are drawn as spots. */
export const isSpots = (kind: Kind): boolean => !['scroll', 'attention', 'element'].includes(kind);

/** Kinds that count something on elements. */
export const hasClicks = (kind: Kind): boolean => kind !== 'scroll' && kind !== 'attention';

/** Milliseconds in the unit in which rests of the pointer are told. */
const REST_UNIT_MS = 1000;

/** Returns how much of what `clicks` and weights are in is one of what is told: a click, or a second of rest. */
export const unitOf = (kind: Kind): number => (kind === 'move' ? REST_UNIT_MS : 1);

/** Places in CSS pixels of the page at the answer's width; of the viewport if `fixed`. */
interface Box {
  element: string;
  tag?: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface HeatElement extends Box {
  tag: string;
  /** Of the kind of the map; with `move`, milliseconds of rest. */
  clicks: number;
  /** Views that clicked it. */
  views?: number;
  visitors?: number;
  /** Views that had the element on screen. */
  exposed?: number | null;
  /** Share of those views that clicked it. */
  click_rate?: number | null;
  rage?: number;
  dead?: number;
  error?: number;
  fixed?: boolean;
  /** Place in the box, from 0 to 1, and weight. */
  spots?: [x: number, y: number, weight: number][];
}

export interface Landmark extends Box {
  seconds_per_view: number;
}

export interface Band {
  y0: number;
  y1: number;
  /** Of a scroll map: share of views that reached the band. */
  share?: number;
  /** Of an attention map. */
  seconds_per_view?: number;
}

export interface Answer {
  kind: Kind;
  width: number;
  height: number;
  views: number;
  /** All of the kind: placed by their element, by their share of the page, or nowhere; with `move`, milliseconds of rest. */
  clicks: number;
  anchored: number;
  unanchored: number;
  /** Side of the squares that `cells` gathers clicks in. */
  cell: number;
  cells: [x: number, y: number, weight: number][];
  elements: HeatElement[];
  gone?: { element: string; clicks: number }[];
  layout: { samples: number };
  fold: number;
  states?: { id: number; element: string; clicks: number }[];
  measured?: number;
  bands?: Band[];
  landmarks?: Landmark[];
}
