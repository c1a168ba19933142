// Owns the metrics of the overview: their order, how they are written, how their chart is scaled.

import type { Metric } from './api-types';
import { fmt } from './i18n/index.svelte';
import type { ScaleKind } from './scale';

export const METRICS = ['visitors', 'visits', 'pageviews', 'views_per_visit', 'bounce_rate', 'visit_duration'] as const satisfies Metric[];

export const SCALE_OF: Record<Metric, ScaleKind> = {
  visitors: 'count',
  visits: 'count',
  pageviews: 'count',
  views_per_visit: 'decimal',
  bounce_rate: 'count',
  visit_duration: 'duration',
};

/** Returns whether the metric is an average over visits: without visits there is none. */
export function isRatio(metric: Metric): boolean {
  return metric === 'views_per_visit' || metric === 'bounce_rate' || metric === 'visit_duration';
}

export function writeMetric(metric: Metric, value: number | null | undefined): string {
  switch (metric) {
    case 'visitors':
    case 'visits':
    case 'pageviews':
      return fmt.compact(value);
    case 'views_per_visit':
      return fmt.decimal(value);
    case 'bounce_rate':
      return fmt.percent(value);
    case 'visit_duration':
      return fmt.duration(value);
  }
}
