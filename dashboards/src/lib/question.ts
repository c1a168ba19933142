// Owns the question that a site page asks: what all its panels have in common.

import type { Query } from './api-types';
import { filterClauses, type Filters } from './filters';
import { dateRange, type Range } from './range';

export interface Question {
  site: string;
  range: Range;
  filters: Filters;
  /** Changes when the same question shall be asked again. */
  round: number;
}

export function queryFor(question: Question, rest: Omit<Query, 'site_id' | 'date_range' | 'filters'>): Query {
  const filters = filterClauses(question.filters);
  return { site_id: question.site, date_range: dateRange(question.range), ...(filters ? { filters } : {}), ...rest };
}
