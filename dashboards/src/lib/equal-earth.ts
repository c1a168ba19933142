// Owns where a place lies on the map of the world that the server draws (`/assets/world.svg`): the same projection (Equal Earth) and the
// same sheet as `src/map/projection.rs` and `src/map/sheet.rs`. It does not draw.

const A1 = 1.340264;
const A2 = -0.081106;
const A3 = 0.000893;
const A4 = 0.003796;
const M = Math.sqrt(3) / 2;

/** The meridian in the middle of the map. */
const CENTRAL_MERIDIAN = 11;
/** Half the width of the map, at the equator, in units of the projection. */
const HALF_WIDTH = Math.PI / (M * A1);
/** The latitudes between which the picture lies. */
const SOUTH = -58;
const NORTH = 84;

/** Size of the map in its own pixels. */
export const WIDTH = 1000;
const MARGIN = WIDTH * 0.012;
const SCALE = WIDTH / (2 * HALF_WIDTH);
const TOP = project(0, NORTH)[1];
export const HEIGHT = Math.round(MARGIN + (TOP - project(0, SOUTH)[1]) * SCALE);

/** Returns the place of a point on the plane; `longitude` counts from the central meridian. Degrees. */
export function project(longitude: number, latitude: number): [x: number, y: number] {
  const l = Math.asin(M * Math.sin(radians(latitude)));
  const l2 = l * l;
  const l6 = l2 * l2 * l2;
  const slope = A1 + 3 * A2 * l2 + l6 * (7 * A3 + 9 * A4 * l2);
  return [(radians(longitude) * Math.cos(l)) / (M * slope), l * (A1 + A2 * l2 + l6 * (A3 + A4 * l2))];
}

/** Returns the pixel of a place on the earth. What lies beyond the picture's north or south is moved to its edge. */
export function placeOn(latitude: number, longitude: number): { x: number; y: number } {
  const fromCentre = ((((longitude - CENTRAL_MERIDIAN + 540) % 360) + 360) % 360) - 180;
  const [x, y] = project(fromCentre, Math.min(NORTH, Math.max(SOUTH, latitude)));
  return { x: (x + HALF_WIDTH) * SCALE, y: MARGIN + (TOP - y) * SCALE };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
