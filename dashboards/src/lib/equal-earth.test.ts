import { expect, test } from 'vitest';
// Longitude, latitude, x, y of d3-geo: the fixture that the server's projection is tested with.
import OF_THE_SERVER from '../../../src/map/fixtures/equal_earth.tsv?raw';
import { HEIGHT, placeOn, project, WIDTH } from './equal-earth';

test('projects as the server does', () => {
  const lines = OF_THE_SERVER.trim().split('\n');
  expect(lines.length).toBe(98);
  for (const line of lines) {
    const [longitude = NaN, latitude = NaN, x = NaN, y = NaN] = line.split('\t').map(Number);
    const [ourX, ourY] = project(longitude, latitude);
    expect(Math.abs(ourX - x), line).toBeLessThan(1e-9);
    expect(Math.abs(ourY - y), line).toBeLessThan(1e-9);
  }
});

test('the sheet is that of the server', () => {
  // `public_live.rs` tells this size, and `base.rs` draws it.
  expect([WIDTH, HEIGHT]).toEqual([1000, 449]);
  expect(placeOn(0, 11).x).toBeCloseTo(500);
  expect(placeOn(90, 0).y).toBeCloseTo(12);
  expect(placeOn(-90, 0).y).toBeCloseTo(449, -0.5);
  // East of the cut in the Bering Strait is the left edge, west of it the right one.
  expect(placeOn(65, -168).x).toBeLessThan(250);
  expect(placeOn(65, -170).x).toBeGreaterThan(750);
});
