// Owns how the other products keep a click and where they draw it, computed from the raw position of the pointer. Read in their
// published source; see docs/heatmaps.md. It does not judge.

/** PostHog keeps and draws on a grid of so many pixels. */
const POSTHOG_GRID_PX = 16;

/**
 * Returns where PostHog draws a click on a page of `width`: x as share of the viewport's width, rounded to two decimals, y in pixels
 * of the page; what is fixed or sticky at its place on the screen (`onScreen`).
 */
export function posthog({ clientX, clientY, scrollX, scrollY, fixed, viewport }, width) {
  const stored = (pixels) => Math.round(pixels / POSTHOG_GRID_PX);
  const x = stored(clientX + (fixed ? 0 : scrollX));
  const y = stored(clientY + (fixed ? 0 : scrollY));
  const share = Math.round((100 * x) / stored(viewport[0])) / 100;
  return { x: share * width, y: y * POSTHOG_GRID_PX, onScreen: fixed };
}

/** Returns the clicks that Umami draws, those of the most frequent exact viewport, each with its place: the exact pixel of the page. */
export function umami(clicks) {
  const counts = new Map();
  for (const { viewport } of clicks) counts.set(`${viewport}`, (counts.get(`${viewport}`) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return new Map(
    clicks
      .filter(({ viewport }) => `${viewport}` === most)
      .map((click) => [click, { x: click.clientX + click.scrollX, y: click.clientY + click.scrollY, onScreen: false }]),
  );
}
