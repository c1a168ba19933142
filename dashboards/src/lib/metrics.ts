// Owns the metrics that the dashboard shows: their order, how they are written, how their chart is scaled.

import type { Metric, MetricValue } from './api-types';
import { fmt } from './i18n/index.svelte';
import type { ScaleKind } from './scale';

/** The totals above the chart. */
export const METRICS = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration', 'engaged_time'] as const satisfies Metric[];

/** What the chart can show besides. */
export const MORE_METRICS = ['views_per_visit', 'events', 'clicks', 'rage_clicks', 'dead_clicks'] as const satisfies Metric[];

export const CHART_METRICS = [...METRICS, ...MORE_METRICS] as const;

export type ChartMetric = (typeof CHART_METRICS)[number];

/** What tables have columns for. */
export type TableMetric =
  | ChartMetric
  | 'conversion_rate'
  | 'total_revenue'
  | 'average_revenue'
  | 'time_on_page'
  | 'scroll_depth'
  | 'lcp_p75'
  | 'inp_p75'
  | 'cls_p75'
  | 'fcp_p75'
  | 'ttfb_p75';

type Kind = 'count' | 'decimal' | 'percent' | 'percent_exact' | 'duration' | 'milliseconds' | 'shift' | 'money';

const KIND_OF: Record<TableMetric, Kind> = {
  visitors: 'count',
  visits: 'count',
  pageviews: 'count',
  events: 'count',
  clicks: 'count',
  rage_clicks: 'count',
  dead_clicks: 'count',
  views_per_visit: 'decimal',
  bounce_rate: 'percent',
  conversion_rate: 'percent_exact',
  scroll_depth: 'percent',
  visit_duration: 'duration',
  engaged_time: 'duration',
  time_on_page: 'duration',
  total_revenue: 'money',
  average_revenue: 'money',
  lcp_p75: 'milliseconds',
  inp_p75: 'milliseconds',
  fcp_p75: 'milliseconds',
  ttfb_p75: 'milliseconds',
  cls_p75: 'shift',
};

/** Belong to the page and the visit: a question about single events has no answer for them. */
const OF_PAGES: readonly Metric[] = ['engaged_time', 'time_on_page', 'scroll_depth', 'clicks', 'rage_clicks', 'dead_clicks'];

export function isOfPages(metric: Metric): boolean {
  return OF_PAGES.includes(metric) || /_p75$/.test(metric);
}

export function scaleOf(metric: ChartMetric): ScaleKind {
  const kind = KIND_OF[metric];
  return kind === 'duration' || kind === 'decimal' ? kind : 'count';
}

/** Returns whether the metric is an average over visits: without visits there is none. */
export function isRatio(metric: TableMetric): boolean {
  return ['views_per_visit', 'bounce_rate', 'visit_duration', 'engaged_time'].includes(metric);
}

/** Returns whether less of it is the better news. */
export function isBetterLow(metric: TableMetric): boolean {
  return ['bounce_rate', 'rage_clicks', 'dead_clicks'].includes(metric) || /_p75$/.test(metric);
}

/** Returns whether its change is told in points: it is a percentage itself. */
export function isPercentage(metric: TableMetric): boolean {
  const kind = KIND_OF[metric];
  return kind === 'percent' || kind === 'percent_exact';
}

export function writeMetric(metric: TableMetric, value: MetricValue | undefined): string {
  if (typeof value === 'object' && value !== null) return fmt.money(value);
  switch (KIND_OF[metric]) {
    case 'count':
      return fmt.compact(value);
    case 'decimal':
      return fmt.decimal(value);
    case 'percent':
    case 'percent_exact':
      return fmt.percent(value);
    case 'duration':
      return fmt.duration(value);
    case 'milliseconds':
      return fmt.milliseconds(value);
    case 'shift':
      return fmt.shift(value);
    case 'money':
      return fmt.number(null);
  }
}

/** Writes a change as the API tells it: percent, or points of percentages. */
export function writeChange(metric: TableMetric, change: number): string {
  return isPercentage(metric) ? fmt.points(change) : fmt.signedShare(change / 100);
}
