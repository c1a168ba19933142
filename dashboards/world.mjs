// Owns the drawing of the world: country borders as SVG paths in one projection, made when the bundle is built, so that no browser
// has to compute it. Borders: Natural Earth 1:110m, public domain, by the package `world-atlas`.

import { readFileSync } from 'node:fs';
import { geoNaturalEarth1, geoPath } from 'd3-geo';
import countries from 'i18n-iso-countries';
import { createRequire } from 'node:module';
import { feature } from 'topojson-client';

export const WIDTH = 960;
export const HEIGHT = 470;
const ANTARCTICA = '010';
/** Without a number of ISO 3166, but with a code that geo databases use. */
const KOSOVO = 'XK';

/** Returns `{code, path}` of every country; the code is empty for land that has none. */
export function world() {
  const topology = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-110m.json'), 'utf8'));
  const lands = feature(topology, topology.objects.countries).features.filter(({ id }) => id !== ANTARCTICA);
  const projection = geoNaturalEarth1().fitSize([WIDTH, HEIGHT], { type: 'FeatureCollection', features: lands });
  const path = geoPath(projection).digits(0);
  return lands.map((land) => ({ code: codeOf(land), path: path(land) ?? '' })).filter(({ path }) => path !== '');
}

function codeOf({ id, properties }) {
  if (properties.name === 'Kosovo') return KOSOVO;
  return (id && countries.numericToAlpha2(id)) ?? '';
}

/** Makes `virtual:world` a module of a bundle. */
export function worldModule() {
  const name = 'virtual:world';
  return {
    name: 'heatline-world',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) =>
      id === `\0${name}`
        ? `export const WIDTH = ${WIDTH}, HEIGHT = ${HEIGHT};\nexport const lands = ${JSON.stringify(world())};`
        : undefined,
  };
}
