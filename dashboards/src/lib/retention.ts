// Owns what a table of cohorts is asked for: its choices, how the address writes them, the question to the API.

import type { Filter, RetentionQuestion } from './api-types';
import { dateRange, type Range } from './range';

export const COHORT_INTERVALS = ['day', 'week', 'month'] as const;
export const PERIODS = [6, 12, 24] as const;

export interface Cohorts {
  /** Name of the property that says who somebody is. */
  property: string | undefined;
  interval: (typeof COHORT_INTERVALS)[number];
  periods: number;
  /** Names of the goals that begin and that are a return; any event where there is none. */
  first: string | undefined;
  back: string | undefined;
}

type Param = (name: string) => string | null;

export function parseCohorts(param: Param): Cohorts {
  return {
    property: param('property') ?? undefined,
    interval: COHORT_INTERVALS.find((name) => name === param('by')) ?? 'week',
    periods: PERIODS.find((count) => String(count) === param('periods')) ?? 12,
    first: param('first') ?? undefined,
    back: param('return') ?? undefined,
  };
}

export function cohortParams(cohorts: Cohorts): Record<string, string | undefined> {
  return {
    property: cohorts.property,
    by: cohorts.interval === 'week' ? undefined : cohorts.interval,
    periods: cohorts.periods === 12 ? undefined : String(cohorts.periods),
    first: cohorts.first,
    return: cohorts.back,
  };
}

export function cohortQuestion(cohorts: Cohorts, property: string, range: Range): RetentionQuestion {
  return {
    date_range: dateRange(range),
    by: `event:props:${property}`,
    interval: cohorts.interval,
    periods: cohorts.periods,
    ...(cohorts.first === undefined ? {} : { first: [reaches(cohorts.first)] }),
    ...(cohorts.back === undefined ? {} : { return: [reaches(cohorts.back)] }),
  };
}

function reaches(goal: string): Filter {
  return ['is', 'event:goal', [goal]] as unknown as Filter;
}
