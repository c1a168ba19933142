// Owns the arithmetic of stacked bars.

/** Returns the sum of all layers, bucket by bucket. */
export function totalsOf(layers: readonly (readonly number[])[]): number[] {
  const length = Math.max(0, ...layers.map((layer) => layer.length));
  return Array.from({ length }, (_, index) => layers.reduce((sum, layer) => sum + (layer[index] ?? 0), 0));
}

/**
 * Returns how high the parts of one bar are drawn. What is there has at least `lowest`; the others give it that room, so that the bar
 * as a whole stays as high as it is, if it is high enough for that.
 */
export function heightsOf(exact: readonly number[], lowest: number): number[] {
  const heights = exact.map((height) => (height > 0 ? Math.max(height, lowest) : 0));
  const lent = sum(heights) - sum(exact);
  const spare = heights.map((height) => Math.max(0, height - lowest));
  const allSpare = sum(spare);
  if (lent <= 0 || allSpare === 0) return heights;
  const taken = Math.min(1, lent / allSpare);
  return heights.map((height, index) => height - (spare[index] ?? 0) * taken);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
