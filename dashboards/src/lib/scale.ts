// Owns the vertical scale of a chart: round numbers that people count in.

export type ScaleKind = 'count' | 'decimal' | 'duration';

const DURATION_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800];

export interface Scale {
  top: number;
  ticks: number[];
}

/** Returns the ticks from zero to the first round number at or above `highest`, about `wanted` of them. */
export function niceScale(highest: number, kind: ScaleKind, wanted = 4): Scale {
  const step = stepFor(Math.max(highest, kind === 'decimal' ? 0.1 : 1) / wanted, kind);
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: ticks[ticks.length - 1] ?? step, ticks };
}

function stepFor(rough: number, kind: ScaleKind): number {
  if (kind === 'duration') {
    const step = DURATION_STEPS.find((candidate) => candidate >= rough);
    return step ?? Math.ceil(rough / 28_800) * 28_800;
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough - 1e-9) ?? 10) * power;
  return kind === 'count' ? Math.max(1, Math.ceil(step)) : step;
}

/** Returns the indices of a time axis that get a label: evenly spaced, as many as fit, the last one among them. */
export function labelledIndices(length: number, room: number): number[] {
  if (length === 0) return [];
  const every = Math.max(1, Math.ceil(length / Math.max(1, room)));
  const indices: number[] = [];
  for (let index = length - 1; index >= 0; index -= every) indices.unshift(index);
  return indices;
}
