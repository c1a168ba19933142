// Owns the websites that are clicked: serves a page of a template or passes on the demo page, and passes the tracker and its beacons
// to the service, as a proxy of a site's owner does. It gives each visit its visitor's address, and counts what was sent.

import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

import { SCRIPT, STYLES, extend } from './extensions.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};
const BOOTSTRAP = path.join(import.meta.dirname, 'node_modules/bootstrap/dist/js/bootstrap.bundle.min.js');
const TRACKER = '<script defer src="/js/heatline.js" data-site="demo.example"></script>';

/** Serves one page, whose visitors the service counts. */
export async function startSite(page, service) {
  const sent = [];
  const asked = new Map();
  let banner = false;
  let module = false;

  const server = http.createServer((request, response) => {
    answer(request, response).catch((error) => {
      console.error(`${page.name}: ${request.url}: ${error.stack}`);
      response.destroy();
    });
  });

  async function answer(request, response) {
    const url = new URL(request.url, 'http://site');
    if (url.pathname === '/api/beacon') return beacon(request, response);
    module ||= url.pathname === '/js/heatline-heatmap.js';
    if (url.pathname.startsWith('/js/heatline')) return pass(request, response);
    if (url.pathname === '/accuracy.css') return say(response, '.css', STYLES);
    if (url.pathname === '/accuracy.js') return say(response, '.js', SCRIPT);
    const placeholder = /^\/placeholder\/(\d+)x(\d+)$/.exec(url.pathname);
    if (placeholder) return say(response, '.svg', picture(placeholder[1], placeholder[2]));
    if (url.pathname === page.path) return say(response, '.html', await html(url), page.root ? {} : await policy());
    if (!page.root) return pass(request, response);
    if (url.pathname === '/npm/bootstrap.js') return say(response, '.js', await readFile(BOOTSTRAP));
    const file = path.join(page.root, decodeURIComponent(url.pathname));
    if (!file.startsWith(page.root)) return void response.writeHead(404).end();
    const body = await readFile(file).catch(() => undefined);
    if (body === undefined) return void response.writeHead(404).end();
    return say(response, path.extname(file), body);
  }

  /** Returns the page; without the tracker where only its boxes are measured, which is no visit. */
  async function html(url) {
    const measured = url.searchParams.has('measure');
    if (!page.root) {
      const text = await (await fetch(service.origin + page.path)).text();
      return extend(measured ? text.replace(/<script[^>]*heatline\.js[^>]*><\/script>/, '') : text, { ...page, banner, head: '' });
    }
    return extend(offline(await readFile(path.join(page.root, page.file), 'utf8')), { ...page, banner, head: measured ? '' : TRACKER });
  }

  const policy = async () => ({ 'content-security-policy': (await fetch(service.origin + page.path)).headers.get('content-security-policy') });

  /** Passes a beacon on, from the address of its visit. */
  async function beacon(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { url, events, viewport } = JSON.parse(body);
    const { searchParams } = new URL(url);
    const visit = Number(searchParams.get('visit'));
    const content = searchParams.get('utm_content');
    const address = `78.90.${visit >> 8}.${visit & 255}`;
    const reply = await fetch(new URL('/api/beacon', service.origin), {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'user-agent': request.headers['user-agent'], 'x-forwarded-for': address },
      body,
    });
    const text = await reply.text();
    for (const event of events) sent.push({ ...event, visit, content, viewport, status: reply.status });
    if (events[0].type === 'pageview') asked.set(visit, text.includes('"layout":true'));
    if (reply.status !== 202) console.error(`${page.name}: a beacon was answered ${reply.status}: ${text}`);
    response.writeHead(reply.status, { 'content-type': 'application/json' }).end(text);
  }

  function pass({ method, url, headers }, response) {
    const onward = http.request(new URL(url, service.origin), { method, headers }, (reply) => {
      response.writeHead(reply.statusCode, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end();
  }

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Every event that was sent, with the number of its visit and the service's verdict. */
    sent,
    /** Returns true where the tracker loads a part of it later. */
    hasModule: () => module,
    /** Tells whether a visit was asked for the layout; nothing before it was answered. */
    wasAsked: (visit) => asked.get(visit),
    hasLeft: (visit) => sent.some((event) => event.type === 'leave' && event.visit === visit),
    hasLayoutOf: (visit) => sent.some((event) => event.type === 'layout' && event.complete && event.visit === visit),
    /** From now on the page has a banner at its top. */
    addBanner() {
      banner = true;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function say(response, extension, body, headers = {}) {
  response.writeHead(200, { 'content-type': TYPES[extension] ?? 'application/octet-stream', 'cache-control': 'max-age=60', ...headers }).end(body);
}

/**
 * Returns a template's page that needs no network: Bootstrap's script from its package, pictures of the size that the placeholder
 * service would have given, and nothing else from other hosts (fonts, icons, analytics).
 */
const offline = (html) =>
  html
    .replace(/https:\/\/cdn\.jsdelivr\.net\/npm\/bootstrap@[^"]*bundle\.min\.js/g, '/npm/bootstrap.js')
    .replace(/https:\/\/dummyimage\.com\/(\d+x\d+)[^"]*/g, '/placeholder/$1')
    .replace(/<(script|link)\b[^>]*(src|href)="https?:[^>]*>(<\/script>)?/g, '')
    .replace(/(<img\b[^>]*src=")https?:[^"]*\/(\d+x\d+)"/g, '$1/placeholder/$2"');

const picture = (width, height) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#c9d1d9"/></svg>`;
