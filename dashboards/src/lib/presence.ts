// Owns what the live page makes of two moments: where the dots of the map are, and where somebody arrived. Pure.

import type { LiveSnapshot } from './api-types';
import { placeOn } from './equal-earth';

export type LiveCity = LiveSnapshot['cities'][number];

/** The visitors of a city, in pixels of the map. */
export interface Dot {
  key: string;
  x: number;
  y: number;
  radius: number;
  visitors: number;
}

/** Most arrivals that are shown of one message: a thousand rings at once say nothing. */
const MOST_ARRIVALS = 12;

export const cityKey = ({ country, city }: Pick<LiveCity, 'country' | 'city'>): string => `${country} ${city}`;

/** Returns the dots of the map, the largest first, so that small ones lie above. Cities without a place have none. */
export function dotsOf(cities: readonly LiveCity[], pixelsPerPixel = 1): Dot[] {
  const most = Math.max(1, ...cities.map(({ visitors }) => visitors));
  const dots = cities.flatMap((city) => {
    if (city.latitude === null || city.longitude === null) return [];
    const radius = radiusOf(city.visitors, most, pixelsPerPixel);
    return [{ key: cityKey(city), ...placeOn(city.latitude, city.longitude), radius, visitors: city.visitors }];
  });
  return dots.sort((a, b) => b.visitors - a.visitors);
}

/**
 * Returns the radius of a dot: its area is its visitors. On a map that is shown at `scale` pixels for one of its own no dot is too
 * small to be seen.
 */
export function radiusOf(visitors: number, most: number, scale: number): number {
  const enlarged = Math.max(1, 1 / Math.sqrt(Math.min(1, Math.max(scale, 0.1))));
  return enlarged * Math.max(4.4, 18 * Math.sqrt(visitors / Math.max(most, 12)));
}

/** Returns the keys of the cities where somebody arrived since the moment before. At the first moment nobody arrives. */
export function arrivals(before: readonly LiveCity[] | undefined, now: readonly LiveCity[]): string[] {
  if (!before) return [];
  const were = new Map(before.map((city) => [cityKey(city), city.visitors]));
  return now.filter((city) => city.visitors > (were.get(cityKey(city)) ?? 0)).map(cityKey).slice(0, MOST_ARRIVALS);
}
