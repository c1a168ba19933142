// Development only: answers the dashboard's API with made-up numbers and serves dist with the server's
// Content-Security-Policy, so that pages can be looked at without the service. Never part of a build.
//
//   npm run build && npm run mock        then http://127.0.0.1:7080, any e-mail and password
//
// Its state is in memory and bounded: at most 50 sites, 20 streams. MOCK_FAULT=500|hang makes the reports fail.
// The four sites differ in what became of their events: all reasons, no event, all accepted, most of them dropped.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { answerHeatmap } from './mock-heatmap-routes.mjs';
import { outcomes } from './mock-outcomes.mjs';

const PORT = Number(process.env.PORT ?? 7080);
const FAULT = process.env.MOCK_FAULT ?? '';
const DIST = new URL('../dist/', import.meta.url).pathname;
const SITES_AT_MOST = 50;
const STREAMS_AT_MOST = 20;
const BODY_BYTES_AT_MOST = 11 * 1024 * 1024;

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

const settings = () => ({
  hostnames: [],
  excluded_paths: [],
  excluded_addresses: [],
  public_badge: false,
  public_map: false,
  public_map_min_visitors: 3,
  public_live: false,
  live_frame_ancestors: [],
  honour_privacy_signals: false,
  heatmap_retention_days: 400,
  shared_map_min_visitors: 5,
  live_feed: true,
});
const sites = new Map(
  [
    ['demo.example', 'Europe/Sofia', 1],
    ['empty.example', 'UTC', 0],
    ['кафе-на-ъгъла.example', 'Europe/Sofia', 0.02],
    ['a-really-quite-long-subdomain-name.of-a-department.of-some-university.example', 'America/New_York', 0.2],
  ].map(([domain, timezone, size]) => [domain, { domain, timezone, size, settings: settings() }]),
);
/** Sites that were added here get their first visitor when `POST /mock/visit/{site}` is called. */
let account = process.env.MOCK_SETUP !== '1';

const PAGES = ['/', '/блог/как-да-мерим-внимание', '/pricing', '/docs/getting-started', '/demo/', '/docs/self-hosting/behind-a-reverse-proxy-with-tls', '/about', '/блог', '/contact', '/changelog', '/<script>alert(1)</script>'];
const BREAKDOWNS = {
  'event:page': PAGES,
  'visit:source': ['', 'Google', 'Hacker News', 'GitHub', 'DuckDuckGo', 'newsletter', 'Bing', 'Mastodon', 'lobste.rs', 'Reddit'],
  'visit:country': ['BG', 'DE', 'US', 'GB', 'FR', 'RO', '', 'GR', 'NL', 'JP', 'BR', 'IN'],
  'visit:device': ['desktop', 'mobile', 'tablet'],
  'visit:browser': ['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet', 'Opera', ''],
  'visit:os': ['Windows', 'iOS', 'Android', 'Mac', 'Linux', ''],
};

/** The same number for the same text, between 0 and 1. */
function noise(text) {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4294967296;
}

const iso = (date) => date.toISOString().slice(0, 10);
const wallClock = (timezone, at = new Date()) => {
  const text = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: timezone }).format(at);
  return new Date(`${text.replace(' ', 'T')}Z`);
};

function buckets(range, dimension, now) {
  const today = Date.parse(iso(now));
  const DAY = 86_400_000;
  const HOUR = 3_600_000;
  const days = { '7d': 7, '28d': 28, '30d': 30, '12mo': 365 };
  const [from, to] = Array.isArray(range)
    ? [Date.parse(range[0]), Date.parse(range[1]) + DAY - 1]
    : range === 'day'
      ? [today, today + DAY - 1]
      : range === '24h'
        ? [Math.floor(now / HOUR) * HOUR - 23 * HOUR, Number(now)]
        : [today - ((days[range] ?? 30) - 1) * DAY, today + DAY - 1];
  const step = { 'time:hour': HOUR, 'time:day': DAY, 'time:week': 7 * DAY }[dimension];
  const labels = [];
  for (let at = from; at <= to && labels.length < 1000; at += step) {
    const text = new Date(at).toISOString();
    labels.push(dimension === 'time:hour' ? text.slice(0, 19).replace('T', ' ') : text.slice(0, 10));
  }
  return labels;
}

function metricValue(metric, weight) {
  const visitors = Math.round(weight);
  const part = noise(`${metric}${Math.round(weight * 7)}`);
  return {
    visitors,
    visits: Math.round(visitors * 1.18),
    pageviews: Math.round(visitors * 2.94),
    views_per_visit: visitors ? 2.1 + part : 0,
    engaged_time: visitors ? Math.round(30 + part * 60) : 0,
    events: Math.round(visitors * 3.2),
    bounce_rate: visitors ? Math.round(38 + part * 20) : 0,
    visit_duration: visitors ? Math.round(70 + part * 150) : 0,
  }[metric] ?? null;
}

function query(body) {
  const site = sites.get(body.site_id);
  if (!site) return undefined;
  const now = wallClock(site.timezone);
  const asked = { date_range: ['', ''], dimensions: body.dimensions ?? [] };
  const meta = {};
  const narrow = 0.35 ** (body.filters?.length ?? 0);
  const first = body.dimensions?.[0];
  const dimension = first === 'time' ? 'time:week' : first;
  if (dimension?.startsWith('time:')) {
    const current = now.toISOString().slice(0, 19).replace('T', ' ');
    const results = buckets(body.date_range, dimension, now).map((label) => {
      const hour = dimension === 'time:hour' ? 0.55 + 0.45 * Math.sin(((Number(label.slice(11, 13)) - 9) / 24) * 2 * Math.PI) : 1;
      const base = dimension === 'time:hour' ? 90 : dimension === 'time:day' ? 1250 : 8200;
      const future = label > current ? 0 : 1;
      const running = dimension !== 'time:hour' && label === current.slice(0, 10) ? 0.6 : 1;
      const weight = site.size * narrow * base * hour * future * running * (0.6 + 0.6 * noise(body.site_id + label));
      return { dimensions: [label], metrics: body.metrics.map((metric) => metricValue(metric, weight)) };
    });
    const present = results.findLastIndex(({ dimensions: [label] }) => label <= current);
    return { results, meta: { present_index: present }, query: { ...asked, dimensions: [dimension] } };
  }
  const days = { day: 0.6, '24h': 1, '7d': 7, '30d': 30, '12mo': 365, all: 400 }[body.date_range] ?? 10;
  if (!dimension) return { results: [{ dimensions: [], metrics: body.metrics.map((m) => metricValue(m, site.size * narrow * 1180 * days)) }], meta, query: asked };
  if (site.size === 0 || !BREAKDOWNS[dimension]) return { results: [], meta: { total_rows: 0 }, query: asked };
  const filter = body.filters?.find(([, name]) => name === dimension);
  const values = BREAKDOWNS[dimension].filter((value) => !filter || filter[2].includes(value));
  const results = values.map((value, index) => ({
    dimensions: [value],
    metrics: body.metrics.map((metric) => metricValue(metric, Math.max(1, site.size * narrow * 480 * days * 0.62 ** index))),
  }));
  const { limit = results.length, offset = 0 } = body.pagination ?? {};
  return { results: results.slice(offset, offset + limit), meta: { total_rows: results.length }, query: asked };
}

function live(site) {
  const CITIES = [['BG', 'Sofia', 42.7, 23.3], ['BG', 'Пловдив', 42.1, 24.7], ['DE', 'Berlin', 52.5, 13.4], ['US', 'San Francisco', 37.8, -122.4], ['GB', 'Llanfairpwllgwyngyllgogerychwyrndrobwll', 53.2, -4.2], ['', '']];
  const second = Math.floor(Date.now() / 2000);
  const visitors = site.size === 0 ? 0 : Math.max(1, Math.round(site.size * (24 + 6 * Math.sin(second / 4))));
  const sessions = Array.from({ length: Math.min(visitors, 50) }, (_, index) => {
    const pick = (list, salt) => list[Math.floor(noise(`${index}${salt}`) * list.length)];
    const [country, city] = pick(CITIES, 'city');
    return {
      country,
      city,
      browser: pick(['Chrome', 'Safari', 'Firefox', 'Edge'], 'browser'),
      os: pick(['Windows', 'iOS', 'Android', 'Mac'], 'os'),
      device: pick(['desktop', 'mobile'], 'device'),
      source: pick(['', 'Google'], 'source'),
      path: pick(PAGES, 'path'),
      before: index % 3 === 0 ? [pick(PAGES, 'before')] : [],
      pages: 1 + Math.floor(noise(`${index}pages`) * 7),
      since: new Date(Date.now() - noise(`${index}since`) * 1_800_000).toISOString(),
      returning: index % 5 === 0,
    };
  });
  const count = (key) => {
    const sums = new Map();
    for (const session of sessions) sums.set(session[key], (sums.get(session[key]) ?? 0) + 1);
    return [...sums].map(([value, n]) => ({ [key]: value, visitors: n })).sort((a, b) => b.visitors - a.visitors);
  };
  return {
    visitors,
    views_last_minute: Math.round(visitors * 1.4),
    pages: count('path'),
    countries: count('country'),
    cities: count('city').map(({ city, visitors: n }) => {
      const [country = '', , latitude = null, longitude = null] = CITIES.find(([, name]) => name === city) ?? [];
      return { country, city, latitude, longitude, visitors: n };
    }),
    live_feed: true,
    sources: count('source'),
    devices: count('device'),
    sessions,
  };
}

/** The last hours by minute, with a wave for each of the two weeks. */
function history(site) {
  const now = Math.floor(Date.now() / 60_000);
  const at = (minute) => new Date(minute * 60_000).toISOString();
  const size = (minute, shift) => Math.round(site.size * (20 + 9 * Math.sin((minute + shift) / 90) + 4 * noise(`${minute}${shift}`)));
  const points = Array.from({ length: 720 }, (_, index) => now - 720 + index).map((minute) => ({ at: at(minute), visitors: size(minute, 0), peak: size(minute, 0) + 1, week_ago: size(minute, 40) }));
  return { from: at(now - 720), to: at(now), step_seconds: 60, now: { at: at(now), visitors: live(site).visitors, week_ago: size(now, 40) }, peak: { visitors: size(now, 0), at: at(now - 60) }, points };
}

function problem(response, status, code, detail = '') {
  response.writeHead(status, { 'Content-Type': 'application/problem+json', 'Retry-After': status === 503 ? '3' : '45' });
  response.end(JSON.stringify({ type: 'about:blank', title: code, status, detail, code }));
}

function json(response, value, status = 200, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(value === undefined ? '' : JSON.stringify(value));
}

let streams = 0;
function stream(response, site) {
  if (streams >= STREAMS_AT_MOST) return problem(response, 503, 'busy');
  streams += 1;
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  let id = 0;
  const send = (event) => response.write(`id: ${++id}\nevent: ${event}\ndata: ${JSON.stringify(live(site))}\n\n`);
  send('snapshot');
  const timer = setInterval(() => send('update'), 2_000);
  response.on('close', () => {
    clearInterval(timer);
    streams -= 1;
  });
}

const signedIn = (request) => /heatline_session=mock/.test(request.headers.cookie ?? '') || process.env.MOCK_SIGNED_IN === '1';
const user = { id: 1, email: 'owner@demo.example', admin: true, language: null, theme: null, time_format: null };
const who = { user, roles: {} };
const browsers = [
  { id: 'b1', browser: 'Firefox', os: 'Linux', created_at: '2026-06-15T12:00:00Z', last_seen_at: '2026-06-16T08:30:00Z', current: true },
  { id: 'b2', browser: 'Safari', os: 'iOS', created_at: '2026-06-01T12:00:00Z', last_seen_at: '2026-06-14T19:05:00Z', current: false },
];
const people = {
  members: [
    { id: 1, email: user.email, role: 'owner', admin: true },
    { id: 2, email: 'ana@demo.example', role: 'viewer', admin: false },
  ],
  invitations: [{ id: 1, role: 'editor', email: null, created_at: '2026-06-15T12:00:00Z', expires_at: '2026-06-22T12:00:00Z' }],
};
const COOKIE = { 'Set-Cookie': 'heatline_session=mock; HttpOnly; SameSite=Lax; Path=/' };

async function answer(request, response) {
  const url = new URL(request.url, 'http://mock');
  const path = decodeURIComponent(url.pathname);
  if (!path.startsWith('/api/') && !path.startsWith('/mock/') && !path.startsWith('/badge/')) return file(response, path);
  const chunks = [];
  let size = 0;
  for await (const chunk of request) if ((size += chunk.length) <= BODY_BYTES_AT_MOST) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const isJson = request.headers['content-type'] === 'application/json' && bytes.length > 0;
  const body = isJson ? JSON.parse(bytes.toString()) : {};
  const { method } = request;

  if (path === '/api/v1/setup' && method === 'GET') return json(response, { needed: !account });
  if (path === '/api/v1/setup') {
    if (body.token !== 'mock') return problem(response, 403, 'wrong_setup_token');
    account = true;
    return json(response, who, 201, COOKIE);
  }
  if (path === '/api/v1/session' && method === 'POST') {
    if (body.password === 'wrong') return problem(response, 401, 'wrong_credentials');
    if (body.password === 'again') return problem(response, 429, 'too_many_attempts');
    return json(response, who, 200, COOKIE);
  }
  if (path === '/api/v1/session' && method === 'DELETE') return json(response, undefined, 204, { 'Set-Cookie': 'heatline_session=; Max-Age=0; Path=/' });
  if (!signedIn(request)) return problem(response, 401, 'not_signed_in');
  if (path === '/api/v1/session') return json(response, who);
  if (path === '/api/v1/account') {
    Object.assign(user, method === 'PATCH' ? body : {});
    return json(response, { ...user, created_at: '2026-06-15T12:00:00Z', sites: [] });
  }
  if (path === '/api/v1/account/sessions' && method === 'GET') return json(response, { sessions: browsers });
  if (path === '/api/v1/users' && method === 'GET') return json(response, { users: people.members.map(({ role: _role, ...one }) => ({ ...one, created_at: '2026-06-15T12:00:00Z' })) });
  if (path === '/api/v2/query') {
    if (FAULT === '500') return problem(response, 500, 'internal');
    if (FAULT === 'hang') return;
    const result = query(body);
    return result ? json(response, result) : problem(response, 404, 'not_found');
  }
  const shown = ({ size, ...site }) => ({ ...site, live: live({ size }).visitors });
  if (path === '/api/v1/sites' && method === 'GET') {
    const list = process.env.MOCK_NO_SITES === '1' && sites.size === 4 ? [] : [...sites.values()].map(shown);
    return json(response, { sites: list, meta: { after: null, before: null, limit: 100 } });
  }
  if (path === '/api/v1/sites') {
    if (sites.has(body.domain)) return problem(response, 409, 'site_exists');
    if (sites.size >= SITES_AT_MOST) return problem(response, 403, 'forbidden');
    sites.set(body.domain, { domain: body.domain, timezone: body.timezone ?? 'UTC', size: 0, settings: settings() });
    return json(response, shown(sites.get(body.domain)));
  }
  const visited = /^\/mock\/visit\/([^/]+)$/.exec(path);
  if (visited && sites.has(visited[1])) {
    sites.get(visited[1]).size = 0.04;
    return json(response, {});
  }
  const badge = /^\/badge\/(.+)\.svg$/.exec(path);
  if (badge) {
    response.writeHead(200, { 'Content-Type': 'image/svg+xml' });
    return response.end('<svg xmlns="http://www.w3.org/2000/svg" width="96" height="20"><rect width="96" height="20" rx="4" fill="#555"/><rect x="60" width="36" height="20" rx="4" fill="#e8622a"/><text x="9" y="14" fill="#fff" font-size="11" font-family="sans-serif">online</text><text x="72" y="14" fill="#fff" font-size="11" font-family="sans-serif">24</text></svg>');
  }
  const match = /^\/api\/v1\/sites\/([^/]+)(?:\/(.+))?$/.exec(path);
  const site = match && sites.get(match[1]);
  if (!site) return problem(response, 404, 'not_found');
  switch (`${method} ${match[2] ?? ''}`) {
    case 'GET ':
      return json(response, shown(site));
    case 'PATCH ':
      if (body.settings?.excluded_addresses?.includes('x')) return problem(response, 400, 'invalid', 'excluded_addresses: "x" is not an address');
      Object.assign(site, body);
      return json(response, shown(site));
    case 'DELETE ':
      sites.delete(site.domain);
      return json(response, { deleted: true });
    case 'GET live':
      return json(response, live(site));
    case 'GET live/visitors':
      return json(response, { live_feed: true, ...live(site) });
    case 'GET live/history':
      return json(response, history(site));
    case 'GET live/stream':
      return stream(response, site);
    case 'GET people':
      return json(response, people);
    case 'GET keys':
      return json(response, { keys: [] });
    // What a site has named: nothing. Funnels, retention and journeys are for the real service.
    case 'GET goals':
    case 'GET segments':
    case 'GET props':
    case 'GET annotations':
      return json(response, { [match[2]]: [] });
    case 'GET outcomes': {
      if (FAULT === '500') return problem(response, 500, 'internal');
      if (FAULT === 'hang') return;
      const text = url.searchParams.get('date_range') ?? '7d';
      const range = text.includes(',') ? text.split(',') : text;
      const isShort = range === 'day' || range === '24h' || range[0] === range[1];
      const now = wallClock(site.timezone);
      return json(response, outcomes(site, isShort ? 'hour' : 'day', buckets(range, isShort ? 'time:hour' : 'time:day', now), now, noise));
    }
  }
  const route = match[2] ?? '';
  if (!answerHeatmap({ method, route, url, body, bytes, site, response, json, problem })) problem(response, 404, 'not_found');
}

function file(response, path) {
  const wanted = normalize(path).replace(/^(\.\.\/)+/, '');
  const isAsset = wanted.startsWith('/assets/');
  const name = isAsset ? join(DIST, wanted) : join(DIST, 'index.html');
  try {
    const bytes = readFileSync(name);
    const headers = { 'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP };
    response.writeHead(200, { ...headers, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) problem(response, 500, 'internal');
  });
}).listen(PORT, '127.0.0.1', () => console.log(`mock of the API on http://127.0.0.1:${PORT}`));
