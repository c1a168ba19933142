// Owns the names that the dashboard has for the shapes of the HTTP API. They come from the server's description (`api-schema.d.ts`);
// written by hand is only what that leaves open.

import type { Answer, Body, Schema } from './contract';

export type SignedIn = Schema<'SignedIn'>;

export type User = SignedIn['user'];

export type Role = SignedIn['roles'][string];

/** What people choose for themselves. */
export type Choices = { [Name in 'language' | 'theme' | 'time_format']: NonNullable<User[Name]> };

export type Account = Schema<'Account'>;
export type Member = Schema<'Member'>;
export type Invitation = Schema<'Invitation'>;
export type Key = Schema<'Key'>;
export type Scope = Key['scopes'][number];
export type SignedInBrowser = Answer<'/api/v1/account/sessions', 'get'>['sessions'][number];
export type ListedUser = Answer<'/api/v1/users', 'get'>['users'][number];

export type SiteSettings = Required<Schema<'Settings'>>;

export type Site = Omit<Schema<'Site'>, 'settings'> & { settings: SiteSettings };

/** What a shared link shows, once it is open. */
export type SharedSite = Required<Omit<Answer<'/api/v1/share', 'get'>, 'needs_password'>>;

/** What pages need to know of a site. Who has a shared link is not told its settings. */
export type SiteDetails = Site | SharedSite;

export type LiveSnapshot = Schema<'Live'>;

/** In a stream each visitor has a name that is good within it. */
export type LiveSession = LiveSnapshot['sessions'][number] & { id?: string };

/** Something that a visitor did: a page view, or an event with a name of its own. */
export type LiveEvent = Pick<LiveSession, 'country' | 'city' | 'source' | 'device' | 'browser' | 'os' | 'path'> & {
  /** RFC 3339. */
  at: string;
  name: string;
};

/** Who is here of those that filters select. */
export type LiveVisitors = Answer<'/api/v1/sites/{site}/live/visitors', 'get'>;

/** How many were here at the same time, beside the week before. */
export type LiveHistory = Answer<'/api/v1/sites/{site}/live/history', 'get'>;

export type Metric = Schema<'Metric'>;

export type Dimension = Schema<'Dimension'>;

/** A name such as `7d`, or first and last day. */
export type DateRange = Schema<'DateRange'>;

export type Filter = Schema<'Filter'>;

/** A question in the form of Plausible's Stats API v2. */
export type Query = Schema<'Query'>;

export type Goal = Schema<'Goal'>;
export type Segment = Schema<'Segment'>;
export type SharedLink = Schema<'SharedLink'>;
export type Annotation = Schema<'Annotation'>;

/** An amount in one currency, in figures and as it is written. */
export interface Money {
  value: number;
  currency: string;
  short: string;
  long: string;
}

export type MetricValue = number | Money | null;

/** What was there in the period that a report is compared with. */
export interface ComparedRow {
  dimensions: string[];
  metrics: MetricValue[];
  /** Percent; of metrics that are percentages, points. `null` where nothing was there before. */
  change: (number | null)[];
}

export interface QueryRow {
  dimensions: string[];
  metrics: MetricValue[];
  compare?: ComparedRow;
}

/** The description leaves the cells open; here they are told apart. */
export type QueryAnswer = Omit<Schema<'Report'>, 'results' | 'query'> & {
  results: QueryRow[];
  query: { date_range: [from: string, to: string]; dimensions: string[]; compare?: { date_range: [from: string, to: string] } };
};

export type FunnelQuestion = Body<'/api/v1/sites/{site}/funnel', 'post'>;
export type FunnelAnswer = Answer<'/api/v1/sites/{site}/funnel', 'post'>;
export type FunnelStep = FunnelAnswer['steps'][number];
export type RetentionQuestion = Body<'/api/v1/sites/{site}/retention', 'post'>;
export type RetentionAnswer = Answer<'/api/v1/sites/{site}/retention', 'post'>;
export type JourneyQuestion = Body<'/api/v1/sites/{site}/journeys', 'post'>;
export type JourneyAnswer = Answer<'/api/v1/sites/{site}/journeys', 'post'>;
export type PageNode = Schema<'PageNode'>;

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

/** What happened to one element, on one page or on all that fit a pattern. */
export interface ReportedElement {
  element: string;
  clicks: number;
  click_rate: number | null;
  visitors: number;
  rage: number;
  dead: number;
  error: number;
  median_first_click_ms: number | null;
}

/** A page's elements with what the map does not tell of them. */
export interface ElementReport {
  views: number;
  elements: ReportedElement[];
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
