import { describe, expect, it } from 'vitest';
import { gaussian } from '../../overlay/blur';
import { CELL, densityOf, enlarge, KEPT, PICTURE, SIGMA, TILE, type Points, type Tile } from '../../overlay/density';
import { LEAST_FULL, Scale, survey } from '../../overlay/scale';

const tilesOf = (points: Points): Tile[] => [...densityOf(points)];

/** The density at the cell that holds a place, 0 where no tile is. */
const valueAt = (tiles: Tile[], x: number, y: number): number => {
  const tile = tiles.find(({ column, row }) => column === Math.floor(x / TILE) && row === Math.floor(y / TILE));
  if (!tile) return 0;
  const cell = (place: number, index: number): number => Math.floor((place - index * TILE) / CELL) + 1;
  return tile.values[cell(y, tile.row) * KEPT + cell(x, tile.column)]!;
};

/** The middle of a cell. */
const middle = (cell: number): number => (cell + 0.5) * CELL;

describe('the density', () => {
  it.each([
    ['in the middle of a tile', middle(60), middle(60)],
    ['at the corner of four', TILE + CELL / 2, 2 * TILE + CELL / 2],
    ['above and left of the page', middle(-3), middle(-7)],
  ])('has its peak, as high as the weight, where a lone point is: %s', (_, x, y) => {
    const tiles = tilesOf([x, y, 7]);
    expect(valueAt(tiles, x, y)).toBeGreaterThan(6.5);
    expect(valueAt(tiles, x, y)).toBeLessThan(7.5);
  });

  it('falls off like a Gaussian', () => {
    const tiles = tilesOf([middle(60), middle(60), 100]);
    for (const cells of [1, 2, 3, 4, 6]) {
      const expected = 100 * Math.exp(-((cells * CELL) ** 2) / (2 * SIGMA ** 2));
      expect(Math.abs(valueAt(tiles, middle(60 + cells), middle(60)) - expected), `${cells} cells off`).toBeLessThan(6);
      expect(valueAt(tiles, middle(60 - cells), middle(60))).toBeCloseTo(valueAt(tiles, middle(60), middle(60 + cells)), 3);
    }
    expect(valueAt(tiles, middle(80), middle(60))).toBe(0);
  });

  it('adds up: nothing saturates', () => {
    const one = tilesOf([100, 100, 1]);
    const many = tilesOf(Array.from({ length: 1000 }, () => [100, 100, 1]).flat());
    expect(valueAt(many, 100, 100) / valueAt(one, 100, 100)).toBeCloseTo(1000, 1);
  });

  it('knows no borders of tiles', () => {
    const tiles = tilesOf([TILE - 5, TILE + 3, 10]);
    expect(tiles).toHaveLength(4);
    const [left, right] = [tiles.find(({ column, row }) => !column && row)!, tiles.find(({ column, row }) => column && row)!];
    for (let row = 0; row < KEPT; row++) {
      expect(left.values[row * KEPT + KEPT - 1]).toBeCloseTo(right.values[row * KEPT + 1]!, 4);
      expect(left.values[row * KEPT + KEPT - 2]).toBeCloseTo(right.values[row * KEPT]!, 4);
    }
  });

  it('has tiles only where something is, and refuses what is nowhere', () => {
    expect(tilesOf([100, 100, 1, 100, 60_000, 1])).toHaveLength(2);
    expect(tilesOf([NaN, 1, 1, 1, Infinity, 1, 1e9, 1, 1, 5, 5, 0, 5, 5, -1, 5, 5, NaN])).toEqual([]);
  });

  it('keeps the mass when it is blurred', () => {
    const side = 60;
    const grid = new Float32Array(side * side);
    grid[30 * side + 30] = 5;
    grid[25 * side + 33] = 2;
    gaussian(grid, side, 8.6, 1);
    expect(grid.reduce((sum, value) => sum + value, 0)).toBeCloseTo(7, 3);
    expect(Math.min(...grid)).toBeGreaterThanOrEqual(0);
  });
});

describe('its picture', () => {
  it('has the colour of each level, changing evenly between cells', () => {
    const colours = Uint32Array.from({ length: 256 }, (_, level) => level);
    const levels = Float32Array.from({ length: KEPT * KEPT }, (_, at) => at % KEPT);
    const pixels = new Uint32Array(PICTURE * PICTURE);
    enlarge(levels, colours, pixels);
    const row = [...pixels.subarray(PICTURE * 7, PICTURE * 8)];
    // Two pixels to a cell, a quarter of a cell off its centre, rounded.
    expect(row.slice(0, 6)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(row.every((level, at) => !at || level >= row[at - 1]!)).toBe(true);
    levels.fill(200);
    enlarge(levels, colours, pixels);
    expect(new Set(pixels)).toEqual(new Set([200]));
  });
});

describe('the scale', () => {
  const scaleOf = (points: Points): Scale => {
    const { percentile, highest } = survey(tilesOf(points));
    return new Scale(percentile, highest);
  };

  it('leaves a single click pale and says so', () => {
    const scale = scaleOf([100, 100, 1]);
    expect(scale.heldBack).toBe(true);
    expect(scale.full).toBe(LEAST_FULL);
    expect(scale.position(1)).toBeLessThan(0.3);
  });

  it('is not made pale by one runaway spot', () => {
    const points = Array.from({ length: 400 }, (_, i) => [(i % 20) * 50 + 25, Math.floor(i / 20) * 50 + 25, 40]).flat();
    const scale = scaleOf([...points, 500, 500, 1e6]);
    expect(scale.heldBack).toBe(false);
    expect(scale.position(40)).toBeGreaterThan(0.02);
    expect(scale.position(1e6)).toBeGreaterThan(scale.position(1e5));
  });

  it('finds the value that 99 % stay under', () => {
    const values = new Float32Array(KEPT * KEPT);
    for (let row = 1; row < KEPT - 1; row++) for (let column = 1; column < KEPT - 1; column++) values[row * KEPT + column] = 1 + row * KEPT + column;
    // What belongs to the neighbours does not count twice.
    values[0] = 1e9;
    const { percentile, highest } = survey([{ column: 0, row: 0, values }]);
    const sorted = [...values].filter((value) => value && value < 1e9).sort((a, b) => a - b);
    const exact = sorted[Math.floor(sorted.length * 0.99)]!;
    expect(Math.abs(percentile / exact - 1)).toBeLessThan(0.006);
    expect(highest).toBe(sorted.at(-1));
    expect(survey([])).toEqual({ percentile: 0, highest: 0 });
  });

  it('rises with the values, from nothing to the full colour', () => {
    const scale = new Scale(50, 300);
    const places = Array.from({ length: 4000 }, (_, i) => scale.position(i / 10));
    expect(places.every((place, at) => !at || place >= places[at - 1]!)).toBe(true);
    expect([places[0], scale.position(300), new Scale(50, 50).position(50)]).toEqual([0, 1, 1]);
  });
});
