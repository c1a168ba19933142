// Owns the pictures that show three schemes beside each other: clicks of a narrow window drawn on a wide page, over the same
// screenshot. Heatline's heat is the service's own picture; those of the others are their dots.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DEMO_SITE } from '../browser/helpers/service.mjs';
import { posthog, umami } from './schemes.mjs';

/** Half as large as the page, so that a picture has less than 300 kB. */
const SCALE = 0.5;

/** Writes `NAME-360-at-1440-heatline.png`, `…-posthog.png` and `…-umami.png`. */
export async function takePictures({ run, service, browser, folder, from, at }) {
  await mkdir(folder, { recursive: true });
  const { page, walk } = run;
  const screenshot = await walk.photograph(at);
  const clicks = walk.clicks.filter(({ viewport }) => viewport[0] === from);
  const kept = umami(clicks);
  const heat = await service.api.heatmapFile(DEMO_SITE, { path: page.path, width: at, widths: `${from}-${from}`, underlay: 'none' });
  const layers = {
    heatline: { heat },
    posthog: { places: clicks.map((click) => posthog(click, at)) },
    umami: { places: [...kept.values()] },
  };
  for (const [name, layer] of Object.entries(layers)) {
    const bytes = await over(browser, screenshot, { width: at, ...layer });
    await writeFile(path.join(folder, `${page.name.replace('.html', '')}-${from}-at-${at}-${name}.png`), bytes);
  }
}

/** Draws heat or dots over a screenshot. */
async function over(browser, screenshot, { width, heat, places = [] }) {
  const context = await browser.newContext({ viewport: { width: width * SCALE, height: 600 } });
  const tab = await context.newPage();
  await tab.setContent('<body style="margin:0"><canvas style="display:block"></canvas>');
  const source = (bytes) => bytes && `data:image/png;base64,${bytes.toString('base64')}`;
  await tab.evaluate(draw, { page: source(screenshot), heat: source(heat), places, scale: SCALE });
  const bytes = await tab.locator('canvas').screenshot();
  await context.close();
  return bytes;
}

/** Runs in a page of ours. */
async function draw({ page, heat, places, scale }) {
  const load = async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    return image;
  };
  const image = await load(page);
  const canvas = document.querySelector('canvas');
  canvas.width = image.naturalWidth * scale;
  canvas.height = image.naturalHeight * scale;
  const brush = canvas.getContext('2d');
  // Paler, so that the heat is seen on pages of any colour.
  brush.filter = 'saturate(0.3)';
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  brush.filter = 'none';
  brush.fillStyle = 'rgba(255, 255, 255, 0.35)';
  brush.fillRect(0, 0, canvas.width, canvas.height);
  if (heat) {
    const layer = await load(heat);
    brush.drawImage(layer, 0, 0, layer.naturalWidth * scale, layer.naturalHeight * scale);
  }
  for (const { x, y } of places) {
    const spot = brush.createRadialGradient(x * scale, y * scale, 0, x * scale, y * scale, 24 * scale);
    spot.addColorStop(0, 'rgba(230, 40, 30, 0.85)');
    spot.addColorStop(0.5, 'rgba(240, 150, 30, 0.45)');
    spot.addColorStop(1, 'rgba(60, 120, 240, 0)');
    brush.fillStyle = spot;
    brush.fillRect(0, 0, canvas.width, canvas.height);
  }
}
