// Owns the table of addresses: path ⇄ page. Pure; `navigation.svelte.ts` owns the browser's history.

export type Route =
  | { page: 'sites' }
  | { page: 'login' }
  | { page: 'setup' }
  | { page: 'site'; site: string }
  | { page: 'heatmap'; site: string }
  | { page: 'funnels'; site: string }
  | { page: 'retention'; site: string }
  | { page: 'journeys'; site: string }
  | { page: 'outcomes'; site: string }
  | { page: 'settings'; site: string }
  | { page: 'stored'; site: string }
  | { page: 'unknown' };

/** Pages of a site; each stands at its own name. */
const OF_A_SITE = ['heatmap', 'funnels', 'retention', 'journeys', 'outcomes', 'settings', 'stored'] as const;

export function parseRoute(pathname: string): Route {
  const parts = pathname.split('/').filter((part) => part !== '');
  const [first, second, third] = parts;
  if (first === undefined) return { page: 'sites' };
  if (parts.length === 1 && first === 'login') return { page: 'login' };
  if (parts.length === 1 && first === 'setup') return { page: 'setup' };
  if (first === 'sites' && second === undefined) return { page: 'sites' };
  if (first === 'sites' && second !== undefined) {
    const site = decode(second);
    if (site === undefined) return { page: 'unknown' };
    if (parts.length === 2) return { page: 'site', site };
    const page = OF_A_SITE.find((name) => name === third);
    if (parts.length === 3 && page) return { page, site };
  }
  return { page: 'unknown' };
}

type Query = Record<string, string | readonly string[] | undefined>;

export function sitePath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}`, query);
}

export function heatmapPath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}/heatmap`, query);
}

export function outcomesPath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}/outcomes`, query);
}

export function funnelsPath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}/funnels`, query);
}

export function retentionPath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}/retention`, query);
}

export function journeysPath(site: string, query: Query = {}): string {
  return withQuery(`/sites/${encodeURIComponent(site)}/journeys`, query);
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
  return page === 'login' || page === 'setup' || page === 'unknown' ? '/' : url.pathname + url.search;
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

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
