// Owns the question where the service draws the clicks on one element: asked of its API, as the picture is drawn.

const PARAMETERS = { date_range: '7d', kind: 'click' };

/**
 * Returns the cells `[x, y, clicks]` of the clicks on an element, drawn at a width; each element was clicked in visits of its own,
 * which a filter selects. `only` are the widths of the windows that count.
 */
export async function cellsOf(api, site, path, { number, width, only }) {
  const filters = JSON.stringify([['is', 'visit:utm_content', [`e${number}`]]]);
  return api.heatmap(site, { ...PARAMETERS, path, width, filters, ...(only ? { widths: `${only}-${only}` } : {}) });
}

/** Returns the whole map of a page at a width. */
export const mapOf = (api, site, path, width) => api.heatmap(site, { ...PARAMETERS, path, width });
