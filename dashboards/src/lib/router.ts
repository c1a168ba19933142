// Owns the table of addresses: path ⇄ page. `navigation.svelte.ts` owns the browser's history, `share.ts` what a shared link keeps.

import { shared, siteRoot } from './share';

export type Route =
  | { page: 'sites' }
  | { page: 'login' }
  | { page: 'setup' }
  | { page: 'invitation' }
  | { page: 'account' }
  | { page: 'users' }
  | { page: 'site'; site: string }
  | { page: 'live'; site: string }
  | { page: 'heatmap'; site: string }
  | { page: 'elements'; site: string }
  | { page: 'funnels'; site: string }
  | { page: 'retention'; site: string }
  | { page: 'journeys'; site: string }
  | { page: 'outcomes'; site: string }
  | { page: 'settings'; site: string }
  | { page: 'stored'; site: string }
  | { page: 'unknown' };

/** Pages of no site; each stands at its own name. */
const ALONE = ['login', 'setup', 'invitation', 'account', 'users'] as const;

/** Pages of a site; each stands at its own name. */
const OF_A_SITE = ['live', 'heatmap', 'elements', 'funnels', 'retention', 'journeys', 'outcomes', 'settings', 'stored'] as const;
/** Those that a shared link shows. */
const OF_A_LINK: readonly string[] = ['heatmap', 'funnels', 'retention', 'journeys'];

export function parseRoute(pathname: string): Route {
  const parts = pathname.split('/').filter((part) => part !== '');
  const [first, second, third] = parts;
  if (first === undefined) return { page: 'sites' };
  const alone = ALONE.find((name) => name === first);
  if (parts.length === 1 && alone) return { page: alone };
  if (first === 'sites' && second === undefined) return { page: 'sites' };
  if ((first === 'sites' || first === 'share') && second !== undefined) {
    const site = decode(second);
    if (site === undefined) return { page: 'unknown' };
    if (parts.length === 2) return { page: 'site', site };
    const page = OF_A_SITE.find((name) => name === third);
    if (parts.length === 3 && page && (first === 'sites' || OF_A_LINK.includes(page))) return { page, site };
  }
  return { page: 'unknown' };
}

type Query = Record<string, string | readonly string[] | undefined>;

export function sitePath(site: string, query: Query = {}): string {
  return pagePath(site, '', query);
}

export function livePath(site: string, query: Query = {}): string {
  return pagePath(site, '/live', query);
}

export function heatmapPath(site: string, query: Query = {}): string {
  return pagePath(site, '/heatmap', query);
}

export function elementsPath(site: string, query: Query = {}): string {
  return pagePath(site, '/elements', query);
}

export function outcomesPath(site: string, query: Query = {}): string {
  return pagePath(site, '/outcomes', query);
}

export function funnelsPath(site: string, query: Query = {}): string {
  return pagePath(site, '/funnels', query);
}

export function retentionPath(site: string, query: Query = {}): string {
  return pagePath(site, '/retention', query);
}

export function journeysPath(site: string, query: Query = {}): string {
  return pagePath(site, '/journeys', query);
}

export function settingsPath(site: string): string {
  return `/sites/${encodeURIComponent(site)}/settings`;
}

export function storedPath(site: string): string {
  return `/sites/${encodeURIComponent(site)}/stored`;
}

/** The sign-in page, which leads back to where the visitor was. */
export function loginPath(back: string): string {
  return withQuery('/login', { next: back === '/' ? undefined : back });
}

/** Returns where to go after signing in. Only a path of ours: the address may come from anybody. */
export function safeNext(next: string | null, origin: string): string {
  if (next === null || !next.startsWith('/')) return '/';
  let url: URL;
  try {
    url = new URL(next, origin);
  } catch {
    return '/';
  }
  if (url.origin !== origin) return '/';
  const { page } = parseRoute(url.pathname);
  return page === 'login' || page === 'setup' || page === 'invitation' || page === 'unknown' ? '/' : url.pathname + url.search;
}

/** Changes some parameters of a query string and keeps the others; `undefined` removes one, a list writes it several times. */
export function changeQuery(search: string, changes: Query): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    params.delete(name);
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) params.append(name, one);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function withQuery(path: string, query: Query): string {
  return path + changeQuery('', query);
}

/** A page of a site, which a shared link leads to by what it was opened with. */
function pagePath(site: string, page: string, query: Query): string {
  return withQuery(siteRoot(site) + page, { ...shared?.kept, ...query }) + (shared?.fragment ?? '');
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
