// Owns what the drawings over time have in common: the two axes, and colours of the stylesheet for a canvas.

import type uPlot from 'uplot';
import { labelledIndices, niceScale, type ScaleKind } from './scale';

export interface ChartHover {
  index: number;
  /** The point, in CSS pixels from the top left corner of the drawing. */
  x: number;
  y: number;
  /** The pointer, in CSS pixels from the top left corner of the plotting area. */
  pointer: { left: number; top: number };
}

export interface AxisTexts {
  width: number;
  /** The highest value that the vertical scale has to reach. */
  highest: number;
  scale: ScaleKind;
  xLabels: string[];
  yLabel: (value: number) => string;
}

export interface Frame {
  /** End of the vertical scale. */
  top: number;
  padding: uPlot.Padding;
  axes: uPlot.Axis[];
}

/** Of letters of the usual size; on a wall they are larger. */
const X_LABEL_ROOM_PX = 72;
const X_AXIS_PX = 28;
const AXIS_FONT_PX = 12;

/** Returns the axes and the room they take. */
export function frameOf(host: HTMLElement, texts: AxisTexts, read: (token: string) => string): Frame {
  const { xLabels } = texts;
  const { top, ticks } = niceScale(texts.highest, texts.scale);
  const style = getComputedStyle(host);
  const letters = Number.parseFloat(style.getPropertyValue('--axis-letters')) || 1;
  const font = `${AXIS_FONT_PX * letters}px ${style.fontFamily}`;
  const yLabels = ticks.map(texts.yLabel);
  const yWidth = Math.ceil(widest(yLabels, font)) + 16;
  const labelled = labelledIndices(xLabels.length, Math.floor((texts.width - yWidth) / (X_LABEL_ROOM_PX * letters)));
  const shared = { stroke: read('--ink-faint'), font, gap: 8, ticks: { show: false } };
  return {
    top,
    padding: [Math.ceil(AXIS_FONT_PX * letters * 0.6), Math.ceil(widest(xLabels.slice(-1), font) / 2) + 4, 0, 0],
    axes: [
      {
        ...shared,
        size: X_AXIS_PX * letters,
        grid: { show: false },
        splits: () => labelled,
        values: (_, splits) => splits.map((index) => xLabels[index] ?? ''),
      },
      {
        ...shared,
        size: yWidth,
        grid: { stroke: read('--line'), width: 1 },
        splits: () => ticks,
        values: () => yLabels,
      },
    ],
  };
}

/** Runs `use` with what resolves tokens to colours that a canvas understands: it knows no `var()` and no `light-dark()`. */
export function withTokens<T>(host: HTMLElement, use: (read: (token: string) => string) => T): T {
  const probe = document.createElement('span');
  host.append(probe);
  try {
    return use((token) => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    });
  } finally {
    probe.remove();
  }
}

/** Returns where the pointer is, told at the height of `value`. */
export function hoverOf(u: uPlot, valueAt: (index: number) => number | undefined): ChartHover | undefined {
  const index = u.cursor.idx;
  const value = typeof index === 'number' ? valueAt(index) : undefined;
  const { left = -1, top = -1 } = u.cursor;
  if (typeof index !== 'number' || value === undefined || left < 0) return undefined;
  return {
    index,
    x: u.valToPos(index, 'x') + u.over.offsetLeft,
    y: u.valToPos(value, 'y') + u.over.offsetTop,
    pointer: { left, top },
  };
}

/** The mark is on the point, not on the pointer: it says which value is told. */
export function moveToPoint(u: uPlot, left: number, top: number): [number, number] {
  return [left < 0 ? left : u.valToPos(u.posToIdx(left), 'x'), top];
}

function widest(labels: readonly string[], font: string): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return 48;
  context.font = font;
  return Math.max(...labels.map((label) => context.measureText(label).width));
}
