// Owns the drawing of the line over time with uPlot. Knows points and labels, not metrics or languages.

import uPlot from 'uplot';
import { frameOf, hoverOf, moveToPoint, withTokens, type ChartHover } from './chart-parts';
import type { ScaleKind } from './scale';

export interface Chart {
  width: number;
  height: number;
  /** Nothing for buckets that are still to come. */
  values: (number | null)[];
  /** The bucket that is not over: its stretch of the line is dashed. */
  partial: number | undefined;
  /** What was there in the period that it is compared with: a thin grey line. */
  compared: (number | null)[] | undefined;
  /** Buckets that somebody has written a note on. */
  marks: readonly number[];
  scale: ScaleKind;
  xLabels: string[];
  yLabel: (value: number) => string;
  onHover: (hover: ChartHover | undefined) => void;
  /** Where the pointer rested on the drawing that this one replaces. */
  pointer: ChartHover['pointer'] | undefined;
}

/** Draws into `host` and returns what takes the drawing away again. */
export function drawChart(host: HTMLElement, chart: Chart): () => void {
  const { values, compared, partial, marks } = chart;
  const last = values.length - 1;
  const dashedFrom = partial !== undefined && partial > 0 ? partial - 1 : last;
  const known = [...values, ...(compared ?? [])].filter((value) => value !== null);
  const { color, frame } = withTokens(host, (read) => ({
    color: colorsOf(read),
    frame: frameOf(host, { ...chart, highest: Math.max(0, ...known) }, read),
  }));

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
  const loneDot = { show: values.length === 1 || partial === 0, size: 9, fill: withOpacity(color.middle, 1) };

  const plot = new uPlot(
    {
      width: chart.width,
      height: chart.height,
      padding: frame.padding,
      legend: { show: false },
      scales: {
        x: { time: false, range: last > 0 ? [0, last] : [-1, 1] },
        y: { range: [0, frame.top] },
      },
      cursor: {
        y: false,
        move: moveToPoint,
        drag: { x: false, y: false },
        points: { size: 9, width: 2, stroke: color.surface, fill: (_, index) => (index === COMPARED ? color.faint : withOpacity(color.middle, 1)) },
      },
      axes: frame.axes,
      series: [
        {},
        { ...round, fill: area, points: loneDot },
        { ...round, fill: area, dash: [3, 6], points: { show: false } },
        { stroke: color.faint, width: 1.5, points: { show: false } },
      ],
      hooks: {
        drawClear: [(u) => marks.forEach((index) => drawMark(u, index, color.mark))],
        setCursor: [(u) => chart.onHover(hoverOf(u, (index) => values[index] ?? compared?.[index] ?? undefined))],
      },
    },
    [
      values.map((_, index) => index),
      values.map((value, index) => (index <= dashedFrom ? value : null)),
      values.map((value, index) => (index >= dashedFrom && partial !== undefined && index <= partial && partial > 0 ? value : null)),
      compared ?? values.map(() => null),
    ],
    host,
  );
  if (chart.pointer) plot.setCursor(chart.pointer);
  return () => plot.destroy();
}

/** Where the line of the other period stands among the series. */
const COMPARED = 3;
const MARK_PX = 4;

/** A line from the ground up with a dot on top, behind the numbers. */
function drawMark(u: uPlot, index: number, color: string): void {
  const ratio = devicePixelRatio;
  const x = Math.round(u.valToPos(index, 'x', true)) + 0.5;
  const top = u.bbox.top + MARK_PX * ratio;
  u.ctx.save();
  u.ctx.strokeStyle = u.ctx.fillStyle = color;
  u.ctx.lineWidth = ratio;
  u.ctx.setLineDash([2 * ratio, 3 * ratio]);
  u.ctx.beginPath();
  u.ctx.moveTo(x, top);
  u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
  u.ctx.stroke();
  u.ctx.beginPath();
  u.ctx.arc(x, top, MARK_PX * ratio, 0, 2 * Math.PI);
  u.ctx.fill();
  u.ctx.restore();
}

type Rgb = readonly [number, number, number];

function colorsOf(read: (token: string) => string) {
  const channels = (token: string) => read(token).match(/[\d.]+/g)?.slice(0, 3).map(Number) as unknown as Rgb;
  return {
    surface: read('--surface'),
    faint: read('--compared'),
    mark: read('--note'),
    low: channels('--heat-low'),
    middle: channels('--heat-middle'),
    high: channels('--heat-high'),
  };
}

function withOpacity(color: Rgb, opacity: number): string {
  return `rgb(${color.join(' ')} / ${opacity})`;
}
