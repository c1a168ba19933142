// Owns the question that a site page asks: what all its panels have in common.

import { api } from './api';
import type { Query, QueryAnswer } from './api-types';
import { filterClauses, type Filters } from './filters';
import type { Pace } from './pace';
import { dateRange, type Range } from './range';

export interface Question {
  site: string;
  range: Range;
  filters: Filters;
  /** Changes when the same question shall be asked again. */
  round: number;
  pace: Pace;
}

/** Asks for one report of the question: its metrics, its dimensions. */
export async function ask(
  question: Question,
  report: Omit<Query, 'site_id' | 'date_range' | 'filters'>,
  signal: AbortSignal,
): Promise<QueryAnswer> {
  const filters = filterClauses(question.filters);
  const range = dateRange(question.range);
  const end = question.pace.begin(performance.now());
  try {
    return await api.query({ site_id: question.site, date_range: range, ...(filters ? { filters } : {}), ...report }, signal);
  } finally {
    end(performance.now());
  }
}
