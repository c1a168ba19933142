// Owns what the feed of the live page can be narrowed to: what is known of somebody who is here. Pure.

import { filterClauses, type FilterName, type Filters } from './filters';
import type { Filter } from './api-types';

/** In the order of the page's fields. */
export const FEED_FIELDS = ['page', 'source', 'country', 'device', 'browser', 'os'] as const satisfies readonly FilterName[];

export type FeedField = (typeof FEED_FIELDS)[number];

const isKnown = (name: FilterName): name is FeedField => FEED_FIELDS.some((field) => field === name);

/** Keeps the filters that the live view understands. An address may come from another page, which has more of them. */
export function feedFilters(filters: Filters): Filters {
  return filters.filter((group) => group.every(({ name, operator }) => isKnown(name) && operator !== 'matches' && operator !== 'matches_not'));
}

/** Returns the filters for the API: none where everybody is wanted. */
export function feedClauses(filters: Filters): Filter[] {
  return filterClauses(filters) ?? [];
}
