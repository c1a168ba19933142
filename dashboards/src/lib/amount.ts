// Owns the number of a cell of a report, whatever the cell is.

import type { MetricValue } from './api-types';

/** Returns the number of a cell; that of money is its amount. */
export function amountOf(value: MetricValue | undefined): number | null {
  return typeof value === 'object' && value !== null ? value.value : (value ?? null);
}
