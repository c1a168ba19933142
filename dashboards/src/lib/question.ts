// Owns the question that a site page asks: what all its panels have in common.

import { api } from './api';
import type { Filter, Query, QueryAnswer } from './api-types';
import { filterClauses, type Filters } from './filters';
import type { Pace } from './pace';
import { comparisonClause, dateRange, type Comparison, type Range } from './range';

export interface Question {
  site: string;
  range: Range;
  comparison: Comparison;
  filters: Filters;
  /** Changes when the same question shall be asked again. */
  round: number;
  pace: Pace;
}

/** What one report asks for besides. */
export type Report = Omit<Query, 'site_id' | 'date_range' | 'compare'>;

/** Returns the whole question of one report; its own filters come on top of those of the page. */
export function queryOf(question: Question, { filters: own = [], ...report }: Report, compared = true): Query {
  const filters: Filter[] = [...(filterClauses(question.filters) ?? []), ...own];
  const compare = compared ? comparisonClause(question.comparison, question.range) : undefined;
  return {
    site_id: question.site,
    date_range: dateRange(question.range),
    ...(filters.length > 0 ? { filters } : {}),
    ...(compare !== undefined ? { compare } : {}),
    ...report,
  };
}

/** Asks for one report of the question: its metrics, its dimensions. */
export async function ask(question: Question, report: Report, signal: AbortSignal): Promise<QueryAnswer> {
  const end = question.pace.begin(performance.now());
  try {
    return await api.query(queryOf(question, report), signal);
  } finally {
    end(performance.now());
  }
}
