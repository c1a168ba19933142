// Owns the density of clicks: additive, in `f32`, on a grid of 4 px that is cut into tiles, so that a page of any length costs what
// its hot places cost. It knows neither colours nor what the points mean.

import { gaussian } from './blur';

/** Clicks on their way to a density: x, y and weight by turns. Flat, for there are thousands. */
export type Points = number[];

/** Side of a cell, in CSS pixels. */
export const CELL = 4;
const TILE_CELLS = 128;
/** Side of a tile, in CSS pixels. */
export const TILE = TILE_CELLS * CELL;

/** Standard deviation of a click's spot, in CSS pixels: the server's default radius of 24 is two of them. */
export const SIGMA = 12;
const SIGMA_CELLS = SIGMA / CELL;

/** What sharing a point among four cells and enlarging the grid add by themselves, in cells²; the blur does that much less. */
const GRID_VARIANCE = 1 / 6 + 1 / 4;

/** So far beyond its edge a tile takes points in, in cells. */
const MARGIN = Math.ceil(3 * SIGMA_CELLS) + 2;

/** A tile keeps one cell of its neighbours on each side, which enlarging it needs. */
export const KEPT = TILE_CELLS + 2;

/**
 * A square of the density; `values` has `KEPT` cells each way.
 *
 * Guarantee: a lone point of weight 1 has the value 1 at its place, so that a value reads as "so many clicks at this spot".
 */
export interface Tile {
  column: number;
  row: number;
  values: Float32Array;
}

/** Points further out than any page are nonsense. */
const FARTHEST = 1e6;

/** Returns the points that each tile needs: its own, and those so near that their spots reach into it. */
const deal = (points: Points): Map<string, { column: number; row: number; points: Points }> => {
  const tiles = new Map<string, { column: number; row: number; points: Points }>();
  const reach = MARGIN * CELL;
  for (let at = 0; at < points.length; at += 3) {
    const [x, y, weight] = [points[at]!, points[at + 1]!, points[at + 2]!];
    // Written so that NaN is refused as well.
    if (!(Math.abs(x) < FARTHEST && Math.abs(y) < FARTHEST && weight > 0)) continue;
    for (let row = Math.floor((y - reach) / TILE); row * TILE < y + reach; row++) {
      for (let column = Math.floor((x - reach) / TILE); column * TILE < x + reach; column++) {
        const key = `${column} ${row}`;
        let tile = tiles.get(key);
        if (!tile) tiles.set(key, (tile = { column, row, points: [] }));
        tile.points.push(x, y, weight);
      }
    }
  }
  return tiles;
};

/** Returns the blurred cells of one tile. */
const blurTile = (column: number, row: number, points: Points): Float32Array => {
  const side = TILE_CELLS + 2 * MARGIN;
  const grid = new Float32Array(side * side);
  for (let at = 0; at < points.length; at += 3) {
    // Shared among four cells by distance: the place is kept to a fraction of a pixel.
    const across = (points[at]! - column * TILE) / CELL - 0.5 + MARGIN;
    const down = (points[at + 1]! - row * TILE) / CELL - 0.5 + MARGIN;
    if (across < 0 || down < 0 || across >= side - 1 || down >= side - 1) continue;
    const weight = points[at + 2]!;
    const [left, top] = [Math.floor(across), Math.floor(down)];
    const [right, below] = [across - left, down - top];
    const cell = top * side + left;
    grid[cell]! += weight * (1 - below) * (1 - right);
    grid[cell + 1]! += weight * (1 - below) * right;
    grid[cell + side]! += weight * below * (1 - right);
    grid[cell + side + 1]! += weight * below * right;
  }
  gaussian(grid, side, SIGMA_CELLS * SIGMA_CELLS - GRID_VARIANCE, 2 * Math.PI * SIGMA_CELLS * SIGMA_CELLS);
  const kept = new Float32Array(KEPT * KEPT);
  for (let line = 0; line < KEPT; line++) {
    const from = (line + MARGIN - 1) * side + MARGIN - 1;
    kept.set(grid.subarray(from, from + KEPT), line * KEPT);
  }
  return kept;
};

/** Computes the tiles one by one, about 1 ms each, so that the caller can pause in between. Where nothing is, there is no tile. */
export function* densityOf(points: Points): Generator<Tile> {
  for (const { column, row, points: near } of deal(points).values()) {
    yield { column, row, values: blurTile(column, row, near) };
  }
}

/** Pixels of a tile's picture each way: two to a cell, which the browser enlarges smoothly. */
export const PICTURE = 2 * TILE_CELLS;

/** Weights of a quadratic spline a quarter of a cell before and after its centre; a bilinear surface has creases that can be seen. */
const FAR = 0.03125;
const MIDDLE = 0.6875;
const NEAR = 0.28125;

/** Turns levels (0 to 255, as many as a tile has values) into `PICTURE × PICTURE` colours. */
export const enlarge = (levels: Float32Array, colours: Uint32Array, pixels: Uint32Array): void => {
  const line = new Float32Array(KEPT);
  for (let y = 0; y < PICTURE; y++) {
    const middle = ((y >> 1) + 1) * KEPT;
    const [near, far] = y & 1 ? [middle + KEPT, middle - KEPT] : [middle - KEPT, middle + KEPT];
    for (let i = 0; i < KEPT; i++) line[i] = NEAR * levels[near + i]! + MIDDLE * levels[middle + i]! + FAR * levels[far + i]!;
    for (let x = 0, at = y * PICTURE; x < PICTURE; x += 2, at += 2) {
      const cell = (x >> 1) + 1;
      const [before, here, after] = [line[cell - 1]!, MIDDLE * line[cell]! + 0.5, line[cell + 1]!];
      pixels[at] = colours[(NEAR * before + here + FAR * after) | 0]!;
      pixels[at + 1] = colours[(FAR * before + here + NEAR * after) | 0]!;
    }
  }
};
