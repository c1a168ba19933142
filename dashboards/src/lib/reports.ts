// Owns the list of breakdowns: what each is grouped by, what its panel and its table tell, and what it is limited to.

import type { Filter } from './api-types';
import { dimensionOf, isOfEvent, type FilterName } from './filters';
import { isOfPages, type TableMetric } from './metrics';

export interface Breakdown {
  name: FilterName;
  /** In the panel; the first one orders it. */
  metrics: readonly TableMetric[];
  /** In the whole table. */
  columns: readonly TableMetric[];
  within?: Filter;
}

const OF_VISITS = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration'] as const;

const visits = (name: FilterName): Breakdown => ({ name, metrics: ['visitors'], columns: OF_VISITS });

/** Most visits have no tags: they would stand above all that have. */
const tagged = (name: FilterName): Breakdown => ({ ...visits(name), within: not(dimensionOf(name), '(not set)') });

/** The events that the tracker sends by itself, told by their property. */
const automatic = (event: string, property: string): Breakdown => ({
  name: `prop:${property}`,
  metrics: ['visitors', 'events'],
  columns: ['visitors', 'events'],
  within: is('event:name', event),
});

export const BREAKDOWNS = {
  pages: { name: 'page', metrics: ['visitors'], columns: ['visitors', 'pageviews', 'bounce_rate', 'time_on_page', 'scroll_depth'] },
  entry_pages: visits('entry_page'),
  exit_pages: { name: 'exit_page', metrics: ['visitors'], columns: ['visitors', 'visits', 'pageviews'] },
  hostnames: { name: 'hostname', metrics: ['visitors'], columns: ['visitors', 'pageviews'] },
  channels: visits('channel'),
  sources: visits('source'),
  referrers: visits('referrer'),
  utm_campaigns: tagged('utm_campaign'),
  utm_sources: tagged('utm_source'),
  utm_media: tagged('utm_medium'),
  utm_contents: tagged('utm_content'),
  utm_terms: tagged('utm_term'),
  countries: visits('country'),
  regions: visits('region'),
  cities: visits('city'),
  devices: visits('device'),
  browsers: visits('browser'),
  browser_versions: visits('browser_version'),
  systems: visits('os'),
  system_versions: visits('os_version'),
  goals: {
    name: 'goal',
    metrics: ['visitors', 'conversion_rate'],
    columns: ['visitors', 'events', 'conversion_rate', 'total_revenue', 'average_revenue'],
  },
  events: {
    name: 'event',
    metrics: ['visitors', 'events'],
    columns: ['visitors', 'events'],
    within: not('event:name', 'pageview'),
  },
  outbound: automatic('Outbound Link: Click', 'url'),
  downloads: automatic('File Download', 'url'),
  forms: automatic('Form: Submission', 'path'),
  searches: automatic('Site Search', 'search_query'),
  missing: automatic('404', 'path'),
} as const satisfies Record<string, Breakdown>;

export type BreakdownId = keyof typeof BREAKDOWNS;

/** Returns a breakdown by what stands in the address: one of the list, or `prop:NAME`. */
export function breakdownOf(id: string | null): Breakdown | undefined {
  if (id === null) return undefined;
  if (Object.hasOwn(BREAKDOWNS, id)) return BREAKDOWNS[id as BreakdownId];
  return id.startsWith('prop:') && id.length > 'prop:'.length ? ofProperty(id.slice('prop:'.length)) : undefined;
}

export function ofProperty(property: string): Breakdown {
  const dimension = `event:props:${property}`;
  return { name: `prop:${property}`, metrics: ['visitors', 'events'], columns: ['visitors', 'events'], within: not(dimension, '(none)') };
}

/** Returns the metrics that have an answer: those of pages and visits have none for single events. */
export function answerable<M extends TableMetric>(metrics: readonly M[], name: FilterName, ofEvents: boolean): M[] {
  const single = ofEvents || isOfEvent(name);
  return metrics.filter((metric) => {
    if (isOfPages(metric)) return !single && name !== 'goal';
    if (metric === 'conversion_rate' || metric === 'total_revenue' || metric === 'average_revenue') return name === 'goal';
    return true;
  });
}

function is(dimension: string, value: string): Filter {
  return ['is', dimension, [value]] as unknown as Filter;
}

function not(dimension: string, value: string): Filter {
  return ['is_not', dimension, [value]] as unknown as Filter;
}
