// Owns the shape of what the server pushes to the public live page, and what changed from one moment to the next.

export interface Moment {
  visitors: number;
  views_last_minute: number;
  pages: [path: string, visitors: number][];
  other_pages: number;
  countries: [code: string, visitors: number][];
  /** Tenths of a pixel of the map, and visitors. */
  places: [x: number, y: number, visitors: number][];
  map: [width: number, height: number];
  /** Pageviews of each minute of the last hour, the oldest first. */
  minutes: number[];
}

/** Tells one place from another: only the place is known of them. */
export function placeKey([x, y]: readonly number[]): string {
  return `${x},${y}`;
}

/** Returns the keys of the places where somebody arrived since the moment before. At the first moment nobody arrives. */
export function arrivals(before: Moment | undefined, now: Moment): Set<string> {
  const arrived = new Set<string>();
  if (!before) return arrived;
  const were = new Map(before.places.map((place) => [placeKey(place), place[2]]));
  for (const place of now.places) {
    if (place[2] > (were.get(placeKey(place)) ?? 0)) arrived.add(placeKey(place));
  }
  return arrived;
}

/**
 * Returns the radius of a place's disc in the map's tenths of pixels: its area is its visitors. On a map of `shownWidth` pixels no
 * disc is too small to be seen.
 */
export function radius(visitors: number, most: number, shownWidth = 1000): number {
  const enlarged = Math.max(1, Math.sqrt(1000 / Math.max(shownWidth, 100)));
  return enlarged * Math.max(44, 180 * Math.sqrt(visitors / Math.max(most, 12)));
}
