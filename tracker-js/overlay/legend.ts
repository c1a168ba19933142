// Owns what the colours stand for: title, marks and notes of the legend, in units (the server's `heatmap::picture`, in the same numbers).

import { isSpots, unitOf, type Answer } from './answer';
import { SIGMA } from './density';
import type { Message, Words } from './messages';
import type { Scale } from './scale';

export interface Legend {
  title: string;
  note: string;
  /** Places on the colour scale, from 0 to 1, and what stands there. */
  ticks: { at: number; label: string }[];
}

/** Returns the largest 1, 2 or 5 times a power of ten that is not above `value`. */
export const roundBelow = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return [5, 2].map((times) => times * power).find((round) => round <= value * (1 + 1e-9)) ?? power;
};

/** Returns the legend of a map; `scale` is that of its spots, `full` what the hottest colour of others stands for. */
export const legendOf = (answer: Answer, scale: Scale | undefined, full: number, words: Words): Legend | undefined => {
  const { kind, views } = answer;
  const what = words.text(`unit_${kind}` as Message);
  if (isSpots(kind)) {
    if (!scale) return undefined;
    const unit = (views > 0 ? 1000 / views : 1) / unitOf(kind);
    const round = [0.14, 0.5].map((part) => roundBelow(scale.full * unit * part));
    // A Gaussian spot counts as much as a disc of √2 standard deviations.
    const pixels = words.number(Math.SQRT2 * SIGMA);
    return {
      title: views > 0 ? words.text('per_1000', { what }) : what,
      note: words.text('within', { pixels }),
      ticks: [
        { at: 0, label: '0' },
        ...round.map((rate) => ({ at: scale.position(rate / unit), label: words.figure(rate) })),
        { at: 1, label: words.figure(scale.highest * unit) },
      ],
    };
  }
  const write = kind === 'attention' ? (value: number) => words.figure(value) : (value: number) => words.share(value);
  const parts = kind === 'element' ? [0, 0.1, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  // Click rates are spread by their square root, like clicks.
  const ticks = parts.map((part) => ({ at: kind === 'element' ? Math.sqrt(part) : part, label: write(part * full) }));
  return full > 0 ? { title: what, note: '', ticks } : undefined;
};
