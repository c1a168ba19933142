// Owns what journeys are asked for: from where, in which direction, how far; how the address writes it.

import type { JourneyQuestion } from './api-types';
import { filterClauses, type Filters } from './filters';
import { parseStep, type Step } from './funnel';
import { dateRange, type Range } from './range';

export const DIRECTIONS = ['after', 'before', 'both'] as const;
export const LENGTHS = [1, 2, 3, 4, 5] as const;

export interface Journey {
  from: Step;
  direction: (typeof DIRECTIONS)[number];
  length: number;
}

type Param = (name: string) => string | null;

export function parseJourney(param: Param): Journey {
  return {
    from: parseStep(param('from') ?? '') ?? { kind: 'page', value: '/' },
    direction: DIRECTIONS.find((name) => name === param('direction')) ?? 'both',
    length: LENGTHS.find((count) => String(count) === param('length')) ?? 2,
  };
}

export function journeyParams({ from, direction, length }: Journey): Record<string, string | undefined> {
  const isUsual = from.kind === 'page' && from.value === '/';
  return {
    from: isUsual ? undefined : `${from.kind}:${from.value}`,
    direction: direction === 'both' ? undefined : direction,
    length: length === 2 ? undefined : String(length),
  };
}

export function journeyQuestion({ from, direction, length }: Journey, range: Range, filters: Filters): JourneyQuestion {
  const clauses = filterClauses(filters);
  return {
    date_range: dateRange(range),
    [from.kind]: from.value.trim(),
    direction,
    steps: length,
    limit: 10,
    ...(clauses ? { filters: clauses } : {}),
  };
}
