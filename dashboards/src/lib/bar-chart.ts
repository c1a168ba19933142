// Owns the drawing of stacked bars over time with uPlot. Knows layers and labels, not reasons or languages.

import uPlot from 'uplot';
import { frameOf, hoverOf, moveToPoint, withTokens, type ChartHover } from './chart-parts';
import { heightsOf, totalsOf } from './stack';

export interface BarLayer {
  /** Name of the token of its colour. */
  token: string;
  striped: boolean;
  values: number[];
}

export interface BarChart {
  width: number;
  height: number;
  /** From the ground up, all of the same length. */
  layers: BarLayer[];
  xLabels: string[];
  yLabel: (value: number) => string;
  onHover: (hover: ChartHover | undefined) => void;
  /** Where the pointer rested on the drawing that this one replaces. */
  pointer: ChartHover['pointer'] | undefined;
}

/** Share of its place that a bar fills. */
const FILLED = 0.78;
const WIDEST_BAR_PX = 56;
/** What happened is seen, were it one event of a million. */
const LOWEST_PX = 1.5;
/** Between layers, so that they are told apart without their colour. */
const GAP_PX = 1;
const STRIPE_PX = 6;

/** Draws into `host` and returns what takes the drawing away again. */
export function drawBars(host: HTMLElement, chart: BarChart): () => void {
  const totals = totalsOf(chart.layers.map((layer) => layer.values));
  const count = totals.length;
  const { colors, ground, frame } = withTokens(host, (read) => ({
    colors: chart.layers.map((layer) => read(layer.token)),
    ground: read('--surface'),
    frame: frameOf(host, { ...chart, scale: 'count', highest: Math.max(0, ...totals) }, read),
  }));

  function draw(u: uPlot): void {
    const { ctx } = u;
    const ratio = devicePixelRatio;
    const fills = chart.layers.map(({ striped }, layer) => {
      const color = colors[layer] ?? ground;
      return striped ? stripes(ctx, color, ground, Math.round(STRIPE_PX * ratio)) : color;
    });
    const width = Math.max(1, Math.min((u.bbox.width / count) * FILLED, WIDEST_BAR_PX * ratio));
    const pixels = u.bbox.height / frame.top;
    ctx.save();
    for (let index = 0; index < count; index += 1) {
      const left = u.valToPos(index, 'x', true) - width / 2;
      const heights = heightsOf(chart.layers.map((layer) => (layer.values[index] ?? 0) * pixels), LOWEST_PX * ratio);
      let bottom = u.bbox.top + u.bbox.height;
      heights.forEach((height, layer) => {
        const gap = height > 4 * GAP_PX * ratio ? GAP_PX * ratio : 0;
        ctx.fillStyle = fills[layer] ?? ground;
        ctx.fillRect(left, bottom - height + gap, width, height - gap);
        bottom -= height;
      });
    }
    ctx.restore();
  }

  const plot = new uPlot(
    {
      width: chart.width,
      height: chart.height,
      padding: frame.padding,
      legend: { show: false },
      scales: {
        x: { time: false, range: [-0.5, count - 0.5] },
        y: { range: [0, frame.top] },
      },
      cursor: { y: false, move: moveToPoint, drag: { x: false, y: false }, points: { show: false } },
      axes: frame.axes,
      // The totals are there for the scale and the pointer; the bars are drawn by the hook.
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [draw],
        ready: [(u) => u.root.style.setProperty('--column', `${u.over.clientWidth / count}px`)],
        setCursor: [(u) => chart.onHover(hoverOf(u, (index) => totals[index]))],
      },
    },
    [totals.map((_, index) => index), totals],
    host,
  );
  if (chart.pointer) plot.setCursor(chart.pointer);
  return () => plot.destroy();
}

function stripes(ctx: CanvasRenderingContext2D, color: string, ground: string, size: number): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = size;
  const brush = tile.getContext('2d');
  if (!brush) return color;
  brush.fillStyle = ground;
  brush.fillRect(0, 0, size, size);
  brush.strokeStyle = color;
  brush.lineWidth = size * 0.42;
  // One stripe from corner to corner, and the two that the neighbours reach over with.
  for (const shift of [-size, 0, size]) {
    brush.beginPath();
    brush.moveTo(shift - size, size * 2);
    brush.lineTo(shift + size * 2, -size);
    brush.stroke();
  }
  return ctx.createPattern(tile, 'repeat') ?? color;
}
