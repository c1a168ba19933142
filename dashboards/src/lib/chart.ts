// Owns the drawing of the line over time with uPlot. Knows points and labels, not metrics or languages.

import uPlot from 'uplot';
import { labelledIndices, niceScale, type ScaleKind } from './scale';

export interface ChartHover {
  index: number;
  /** The point, in CSS pixels from the top left corner of the drawing. */
  x: number;
  y: number;
  /** The pointer, in CSS pixels from the top left corner of the plotting area. */
  pointer: { left: number; top: number };
}

export interface Chart {
  width: number;
  height: number;
  values: number[];
  /** The last bucket is not over: its stretch of the line is dashed. */
  lastIsPartial: boolean;
  scale: ScaleKind;
  xLabels: string[];
  yLabel: (value: number) => string;
  onHover: (hover: ChartHover | undefined) => void;
  /** Where the pointer rested on the drawing that this one replaces. */
  pointer: ChartHover['pointer'] | undefined;
}

const X_LABEL_ROOM_PX = 72;
const AXIS_FONT_PX = 12;

/** Draws into `host` and returns what takes the drawing away again. */
export function drawChart(host: HTMLElement, chart: Chart): () => void {
  const color = colorsOf(host);
  const { values } = chart;
  const last = values.length - 1;
  const dashedFrom = chart.lastIsPartial && last > 0 ? last - 1 : last;
  const { top, ticks } = niceScale(Math.max(0, ...values), chart.scale);
  const font = `${AXIS_FONT_PX}px ${getComputedStyle(host).fontFamily}`;
  const yLabels = ticks.map(chart.yLabel);
  const yWidth = Math.ceil(widest(yLabels, font)) + 16;
  const labelled = labelledIndices(values.length, Math.floor((chart.width - yWidth) / X_LABEL_ROOM_PX));

  // The colour tells the height as well: the line gets hotter.
  const heat = (u: uPlot, opacity: readonly [number, number, number]): CanvasGradient => {
    const gradient = u.ctx.createLinearGradient(0, u.bbox.top + u.bbox.height, 0, u.bbox.top);
    gradient.addColorStop(0, withOpacity(color.low, opacity[0]));
    gradient.addColorStop(0.55, withOpacity(color.middle, opacity[1]));
    gradient.addColorStop(1, withOpacity(color.high, opacity[2]));
    return gradient;
  };
  const line = (u: uPlot) => heat(u, [1, 1, 1]);
  const area = (u: uPlot) => heat(u, [0.02, 0.12, 0.22]);
  const round = { width: 2.25, stroke: line, cap: 'round' as const };
  const loneDot = { show: values.length === 1, size: 9, fill: withOpacity(color.middle, 1) };

  const plot = new uPlot(
    {
      width: chart.width,
      height: chart.height,
      padding: [8, Math.ceil(widest(chart.xLabels.slice(-1), font) / 2) + 4, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: false, range: last > 0 ? [0, last] : [-1, 1] },
        y: { range: [0, top] },
      },
      cursor: {
        y: false,
        // On the point, not on the pointer: the line says which value is told.
        move: (u, left, top) => [left < 0 ? left : u.valToPos(u.posToIdx(left), 'x'), top],
        drag: { x: false, y: false },
        points: { size: 9, width: 2, stroke: color.surface, fill: withOpacity(color.middle, 1) },
      },
      axes: [
        {
          stroke: color.text,
          font,
          size: 28,
          gap: 8,
          grid: { show: false },
          ticks: { show: false },
          splits: () => labelled,
          values: (_, splits) => splits.map((index) => chart.xLabels[index] ?? ''),
        },
        {
          stroke: color.text,
          font,
          size: yWidth,
          gap: 8,
          grid: { stroke: color.grid, width: 1 },
          ticks: { show: false },
          splits: () => ticks,
          values: () => yLabels,
        },
      ],
      series: [
        {},
        { ...round, fill: area, points: loneDot },
        { ...round, fill: area, dash: [3, 6], points: { show: false } },
      ],
      hooks: {
        setCursor: [(u) => chart.onHover(hoverOf(u, values))],
      },
    },
    [
      values.map((_, index) => index),
      values.map((value, index) => (index <= dashedFrom ? value : null)),
      values.map((value, index) => (index >= dashedFrom && dashedFrom < last ? value : null)),
    ],
    host,
  );
  if (chart.pointer) plot.setCursor(chart.pointer);
  return () => plot.destroy();
}

function hoverOf(u: uPlot, values: number[]): ChartHover | undefined {
  const index = u.cursor.idx;
  const value = typeof index === 'number' ? values[index] : undefined;
  const { left = -1, top = -1 } = u.cursor;
  if (typeof index !== 'number' || value === undefined || left < 0) return undefined;
  return {
    index,
    x: u.valToPos(index, 'x') + u.over.offsetLeft,
    y: u.valToPos(value, 'y') + u.over.offsetTop,
    pointer: { left, top },
  };
}

type Rgb = readonly [number, number, number];

/** Resolves tokens to colours that a canvas understands: it knows no `var()` and no `light-dark()`. */
function colorsOf(host: HTMLElement) {
  const probe = document.createElement('span');
  host.append(probe);
  const read = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const channels = (token: string) => read(token).match(/[\d.]+/g)?.slice(0, 3).map(Number) as unknown as Rgb;
  const colors = {
    text: read('--ink-faint'),
    grid: read('--line'),
    surface: read('--surface'),
    low: channels('--heat-low'),
    middle: channels('--heat-middle'),
    high: channels('--heat-high'),
  };
  probe.remove();
  return colors;
}

function withOpacity(color: Rgb, opacity: number): string {
  return `rgb(${color.join(' ')} / ${opacity})`;
}

function widest(labels: readonly string[], font: string): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return 48;
  context.font = font;
  return Math.max(...labels.map((label) => context.measureText(label).width));
}
