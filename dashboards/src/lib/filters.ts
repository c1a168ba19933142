// Owns what the numbers of a site page are narrowed to: one value per dimension, written in the address.

import type { Dimension, Filter } from './api-types';

export const FILTER_NAMES = ['page', 'source', 'country', 'device', 'browser', 'os'] as const;

export type FilterName = (typeof FILTER_NAMES)[number];

/** An empty value is a value: visits without a source, for example. */
export type Filters = Partial<Record<FilterName, string>>;

export const DIMENSION_OF: Record<FilterName, Dimension> = {
  page: 'event:page',
  source: 'visit:source',
  country: 'visit:country',
  device: 'visit:device',
  browser: 'visit:browser',
  os: 'visit:os',
};

export function parseFilters(param: (name: string) => string | null): Filters {
  const filters: Filters = {};
  for (const name of FILTER_NAMES) {
    const value = param(name);
    if (value !== null) filters[name] = value;
  }
  return filters;
}

/** Returns the filters for the API; undefined where there are none. */
export function filterClauses(filters: Filters): Filter[] | undefined {
  const clauses: Filter[] = [];
  for (const name of FILTER_NAMES) {
    const value = filters[name];
    if (value !== undefined) clauses.push(['is', DIMENSION_OF[name], [value]]);
  }
  return clauses.length > 0 ? clauses : undefined;
}
