// Owns the shapes of the HTTP API as the dashboard reads them. The server's OpenAPI document is the reference.

export interface User {
  email: string;
  admin: boolean;
}

export interface SiteSettings {
  hostnames: string[];
  excluded_paths: string[];
  excluded_addresses: string[];
  public_badge: boolean;
  public_map: boolean;
  /** Places with fewer visitors are left out of public maps and of the live page. */
  public_map_min_visitors: number;
  public_live: boolean;
  /** Origins whose pages may frame the live page. */
  live_frame_ancestors: string[];
  honour_privacy_signals: boolean;
  /** Days that clicks, moves and layouts are kept. */
  heatmap_retention_days: number;
  /** Elements with fewer visitors are left out of maps that a link shows. */
  shared_map_min_visitors: number;
  /** Whether the live view lists single visitors. */
  live_feed: boolean;
}

export interface Site {
  domain: string;
  timezone: string;
  /** Visitors here now. */
  live: number;
  settings: SiteSettings;
}

export interface LiveSession {
  country: string;
  city: string;
  browser: string;
  os: string;
  device: string;
  source: string;
  path: string;
  /** The pages before it, the last one first. */
  before: string[];
  pages: number;
  /** RFC 3339. */
  since: string;
  /** Whether they had another visit today; null where that is not known. */
  returning: boolean | null;
}

export interface LiveSnapshot {
  visitors: number;
  views_last_minute: number;
  pages: { path: string; visitors: number }[];
  countries: { country: string; visitors: number }[];
  cities: { country: string; city: string; visitors: number }[];
  sources: { source: string; visitors: number }[];
  devices: { device: string; visitors: number }[];
  /** Whether the site lets single visitors be listed. */
  live_feed: boolean;
  sessions: LiveSession[];
}

export type Metric = 'visitors' | 'visits' | 'pageviews' | 'views_per_visit' | 'bounce_rate' | 'visit_duration';

export type Dimension =
  | 'event:page'
  | 'visit:source'
  | 'visit:country'
  | 'visit:device'
  | 'visit:browser'
  | 'visit:os'
  | 'time:hour'
  | 'time:day'
  | 'time:week';

/** A name such as `7d`, or first and last day. */
export type DateRange = string | [from: string, to: string];

export type Filter = [operator: 'is', dimension: Dimension, values: string[]];

/** A question in the form of Plausible's Stats API v2. */
export interface Query {
  site_id: string;
  metrics: Metric[];
  date_range: DateRange;
  dimensions?: Dimension[];
  filters?: Filter[];
  order_by?: [Metric | Dimension, 'asc' | 'desc'][];
  pagination?: { limit: number; offset: number };
  /** Every time bucket present, empty ones as zero. */
  fill?: boolean;
}

export interface QueryRow {
  dimensions: string[];
  metrics: (number | null)[];
}

export interface QueryAnswer {
  results: QueryRow[];
}

export interface HeatmapPage {
  path: string;
  views: number;
  clicks: number;
  rage: number;
  dead: number;
  /** Viewport widths whose layout is known. */
  widths: number[];
}

export type HeatmapKind = 'click' | 'element' | 'rage' | 'dead' | 'error' | 'move' | 'scroll' | 'attention';

/** A part of the page, in page pixels at the width of the map. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface HeatmapElement extends Box {
  element: string;
  tag: string;
  role: string;
  /** Of the kind of the map; with `move`, milliseconds of rest. */
  clicks: number;
  visitors?: number;
  /** Views that had it on the screen. */
  exposed?: number | null;
  /** Share of those views that clicked it. */
  click_rate?: number | null;
  rage?: number;
  dead?: number;
  error?: number;
  /** Its box is of the viewport, not of the page. */
  fixed: boolean;
}

export interface ScrollBand {
  y0: number;
  y1: number;
  /** Share of views, 0 to 1, that saw this part of the page. */
  share: number;
}

export interface AttentionBand {
  y0: number;
  y1: number;
  seconds_per_view: number;
}

/** Its box is there where the layout has it. */
export interface Landmark extends Partial<Box> {
  element: string;
  seconds_per_view: number;
}

export interface LayoutVersion {
  from: string;
  to: string;
  samples: number;
}

export interface HeatmapLayout {
  samples: number;
  width: number;
  since: string | null;
  versions: LayoutVersion[];
}

/** What was open on the page: a dialog, a menu, a banner. */
export interface PageState {
  id: number;
  /** Empty where no sample of it is known. */
  element: string;
  clicks: number;
}

/** One element in two maps: `a` is the one asked for, `b` what it is compared with. Rates are clicks per view. */
export interface ElementChange {
  element: string;
  a: number;
  b: number;
  rate_a: number;
  rate_b: number;
  q: number;
  changed: boolean;
}

/** What a heat map was drawn from; positions in page pixels at `width`. The cells are not read here. */
export interface Heatmap {
  path: string;
  kind: HeatmapKind;
  width: number;
  height: number;
  views: number;
  /** Of the kind of the map; with `move`, milliseconds of rest. */
  clicks: number;
  anchored: number;
  unanchored: number;
  /** Clicks on elements that the layout does not have: drawn nowhere. */
  gone_clicks?: number;
  elements?: HeatmapElement[];
  /** Elements that were clicked and are not in today's layout. */
  gone?: { element: string; clicks: number }[];
  layout?: HeatmapLayout;
  states?: PageState[];
  fold?: number;
  bands?: (ScrollBand | AttentionBand)[];
  landmarks?: Landmark[];
  compare?: { views: number; clicks: number; elements: ElementChange[] };
}

/** A page's elements with what the map does not tell of them. */
export interface ElementReport {
  views: number;
  elements: { element: string; clicks: number; click_rate: number | null; median_first_click_ms: number | null }[];
}

export interface Screenshot {
  path: string;
  width: number;
  height: number;
  /** RFC 3339. */
  uploaded_at: string;
}

/** Why an event was left out (`bot`) or turned away (`rate_limited`). A newer server may know more words than we do. */
export type OutcomeReason = string;

export interface ReasonCount {
  reason: OutcomeReason;
  events: number;
}

/** What became of the events of one hour or day. A reason without events may be absent. */
export interface OutcomeBucket {
  /** RFC 3339 with the offset of the site's zone. */
  time: string;
  accepted: number;
  dropped: Record<OutcomeReason, number>;
  refused: Record<OutcomeReason, number>;
}

/** What became of all events that reached the server for a site. */
export interface Outcomes {
  site: string;
  date_range: [from: string, to: string];
  interval: 'hour' | 'day';
  accepted: number;
  /** Left out by a documented rule. */
  dropped: ReasonCount[];
  /** Answered with 429 or 503: nothing of the request was kept. */
  refused: ReasonCount[];
  /** Every bucket of the range, empty ones as well. */
  series: OutcomeBucket[];
  /** Values over the cap of a day: these events are counted, under `(other)`. */
  overflow: { kind: string; events: number }[];
}
