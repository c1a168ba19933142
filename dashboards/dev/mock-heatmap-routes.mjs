// Development only: the routes of heat maps, with screenshots kept in memory, at most 20.
//
// MOCK_BUSY=2 answers the first two of every three maps with 503; MOCK_ROLE=viewer refuses what only an owner may do.

import { elementReport, heatmap, pages } from './mock-heatmap.mjs';

const SCREENSHOTS_AT_MOST = 20;
const BUSY = Number(process.env.MOCK_BUSY ?? 0);
const IS_VIEWER = process.env.MOCK_ROLE === 'viewer';
const TYPES = { png: 'image/png', webp: 'image/webp', gif: 'image/gif', svg: 'image/svg+xml' };

const screenshots = new Map();
let asked = 0;

/** Answers if the route is one of these; says whether it was. */
export function answerHeatmap({ method, route, url, body, bytes, site, response, json, problem }) {
  const params = url.searchParams;
  const path = params.get('path');
  const today = Date.now();
  const file = /^heatmap\.(json|png|webp|gif|svg)$/.exec(route);
  const name = `${method} ${file ? 'heatmap' : route}`;
  const changes = ['POST heatmap/sign', 'DELETE heatmap/sign', 'POST heatmap/overlay', 'PUT screenshot', 'DELETE screenshot'];
  if (IS_VIEWER && changes.includes(name)) return problem(response, 403, 'not_admin'), true;
  switch (name) {
    case 'GET pages': {
      const search = (params.get('search') ?? '').toLowerCase();
      json(response, { pages: site.size === 0 ? [] : pages.filter((page) => page.path.toLowerCase().includes(search)) });
      return true;
    }
    case 'GET elements': {
      const report = elementReport(params, today);
      if (report && site.size > 0) json(response, report);
      else problem(response, 404, 'no_data');
      return true;
    }
    case 'GET heatmap':
      map(response, file[1], params, site, today, json, problem);
      return true;
    case 'POST heatmap/sign': {
      const query = new URLSearchParams({ ...body.parameters, expires: '1800000000', sig: 'mock' });
      json(response, { url: `http://127.0.0.1/api/v1/sites/${site.domain}/heatmap.png?${query}`, expires_at: '2027-01-15T08:00:00Z' }, 201);
      return true;
    }
    case 'DELETE heatmap/sign':
      response.writeHead(204).end();
      return true;
    case 'POST heatmap/overlay': {
      const at = `http://127.0.0.1:${process.env.PORT ?? 7080}${body.path}#heatline-overlay=mock`;
      json(response, { url: at, token: 'mock', expires_at: new Date(today + 3_600_000).toISOString() }, 201);
      return true;
    }
    case 'GET screenshots':
      json(response, { screenshots: [...screenshots.values()].filter((one) => one.path === path).map(({ picture, type, ...one }) => one) });
      return true;
    case 'PUT screenshot': {
      if (bytes.length < 100) problem(response, 400, 'invalid', 'this picture cannot be read');
      else if (screenshots.size >= SCREENSHOTS_AT_MOST) problem(response, 403, 'forbidden');
      else {
        const width = Number(params.get('width'));
        screenshots.set(`${path} ${width}`, { path, width, height: width * 2, uploaded_at: new Date().toISOString(), picture: bytes });
        json(response, {}, 201);
      }
      return true;
    }
    case 'DELETE screenshot':
      screenshots.delete(`${path} ${params.get('width')}`);
      response.writeHead(204).end();
      return true;
  }
  return false;
}

function map(response, format, params, site, today, json, problem) {
  asked += 1;
  if (BUSY > 0 && asked % 3 < BUSY) return problem(response, 503, 'unavailable');
  if (process.env.MOCK_FAULT === '500') return problem(response, 500, 'internal');
  const drawn = heatmap(params, today);
  if (!drawn || site.size === 0) return problem(response, 404, 'no_data');
  if (format === 'json') return json(response, { site: site.domain, ...drawn.data });
  if (params.get('underlay') === 'screenshot') {
    const has = [...screenshots.values()].some((one) => one.path === params.get('path'));
    if (!has) return problem(response, 404, 'no_screenshot');
  }
  response.writeHead(200, { 'Content-Type': TYPES[format] });
  response.end(drawn.png());
}
