// Owns what a funnel is made of: its steps and choices, how the address writes them, the question to the API.

import type { FunnelQuestion } from './api-types';
import { dimensionOf, FIELDS, filterClauses, type FieldName, type Filters } from './filters';
import { dateRange, type Range } from './range';

export const STEP_KINDS = ['page', 'goal', 'event'] as const;
export const WINDOWS = ['30m', '1h', '1d', '7d', '30d'] as const;
export const FEWEST_STEPS = 2;
export const MOST_STEPS = 10;
/** Not by time, nor by goals: the server has no funnel of these. */
export const FUNNEL_FIELDS = FIELDS.filter((field) => field !== 'goal' && field !== 'event');

export interface Step {
  kind: (typeof STEP_KINDS)[number];
  value: string;
}

export interface Funnel {
  steps: Step[];
  by: 'visit' | 'visitor';
  strict: boolean;
  window: (typeof WINDOWS)[number] | undefined;
  field: FieldName | undefined;
}

type Param = (name: string) => string | null;

/** Reads a funnel from the address; steps that make no sense are left out. */
export function parseFunnel(steps: readonly string[], param: Param): Funnel {
  return {
    steps: steps.slice(0, MOST_STEPS).flatMap((text) => parseStep(text) ?? []),
    by: param('by') === 'visitor' ? 'visitor' : 'visit',
    strict: param('order') === 'strict',
    window: WINDOWS.find((name) => name === param('window')),
    field: FUNNEL_FIELDS.find((name) => name === param('split')),
  };
}

export function parseStep(text: string): Step | undefined {
  const at = text.indexOf(':');
  const kind = STEP_KINDS.find((name) => name === text.slice(0, at));
  const value = text.slice(at + 1);
  return kind && value.trim() !== '' ? { kind, value } : undefined;
}

export const stepParam = ({ kind, value }: Step): string => `${kind}:${value}`;

export function funnelParams(funnel: Funnel): Record<string, string | string[] | undefined> {
  return {
    step: funnel.steps.map(stepParam),
    by: funnel.by === 'visitor' ? 'visitor' : undefined,
    order: funnel.strict ? 'strict' : undefined,
    window: funnel.window,
    split: funnel.field,
  };
}

export function funnelQuestion(funnel: Funnel, range: Range, filters: Filters): FunnelQuestion {
  const clauses = filterClauses(filters);
  return {
    date_range: dateRange(range),
    steps: funnel.steps.map(({ kind, value }) => ({ [kind]: value.trim() })),
    by: funnel.by,
    order: funnel.strict ? 'strict' : 'loose',
    ...(funnel.window ? { window: funnel.window } : {}),
    ...(funnel.field ? { dimension: dimensionOf(funnel.field), limit: 10 } : {}),
    ...(clauses ? { filters: clauses } : {}),
  };
}
