// Owns what the address says of a shared link: what opens it, and how the page shall look.

import type { LanguageCode } from './i18n/translate';

/** Where shared dashboards stand. */
const ROOT = '/share';
/** What opens the link: in the fragment, which no server is sent, or in the query, where a frame has to say it. */
const AUTH = 'auth';
/** Parameters that stay while somebody goes from page to page. */
const KEPT = [AUTH, 'embed', 'theme', 'lang', 'background'] as const;

export interface Shared {
  /** Empty where the address has none. */
  token: string;
  /** Without head and foot, in a frame. */
  embed: boolean;
  theme: 'light' | 'dark' | 'system' | undefined;
  language: LanguageCode | undefined;
  /** A colour, or `transparent`. */
  background: string | undefined;
  /** The part of the query that stays. */
  kept: Record<string, string>;
  fragment: string;
}

export function isSharedPath(pathname: string): boolean {
  return pathname.startsWith(`${ROOT}/`);
}

/** Reads an address; undefined where it is not of a shared dashboard. */
export function parseShared({ pathname, search, hash }: Pick<URL, 'pathname' | 'search' | 'hash'>): Shared | undefined {
  if (!isSharedPath(pathname)) return undefined;
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.slice(1));
  const text = (name: string) => fragment.get(name) ?? query.get(name) ?? undefined;
  const theme = text('theme');
  const language = text('lang');
  const background = text('background');
  return {
    token: text(AUTH) ?? '',
    embed: text('embed') === 'true',
    theme: theme === 'light' || theme === 'dark' || theme === 'system' ? theme : undefined,
    language: language === 'en' || language === 'bg' ? language : undefined,
    background: background !== undefined && isColor(background) ? background : undefined,
    kept: Object.fromEntries(KEPT.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : []))),
    fragment: hash,
  };
}

/** What a page of others may choose as its own ground, and nothing else of a style. */
function isColor(text: string): boolean {
  return text === 'transparent' || /^#([\da-f]{3}|[\da-f]{6})$/i.test(text);
}

/** TRICKY: tests run where there is no address. */
export const shared: Shared | undefined = typeof location === 'undefined' ? undefined : parseShared(location);

/** Whether whoever looks may change what the site's owner has named. Who has a link looks only. */
export const looksOnly = shared !== undefined;

/** Where the pages of a site stand. */
export function siteRoot(site: string, among: Shared | undefined = shared): string {
  return `${among ? ROOT : '/sites'}/${encodeURIComponent(site)}`;
}

/** Where the pass of this tab is kept, with the link that it is of: a reload shall not ask for the password again. */
const KEY = 'heatline.pass';

/** What is shown to the server in place of a cookie. A pass takes the place of the link, once its password was given. */
let shown = shared && (keptPass(shared.token) ?? shared.token);

export function credential(): string | undefined {
  return shown;
}

/** Whether a pass is shown, and not the link itself. */
export function hasPass(): boolean {
  return shown !== shared?.token;
}

/** Shows a pass from now on, or the link again. */
export function showPass(pass: string | undefined): void {
  if (!shared) return;
  shown = pass ?? shared.token;
  try {
    if (pass === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify([shared.token, pass]));
  } catch {
    // Forbidden, as in some frames: it is good for this page then.
  }
}

function keptPass(token: string): string | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return Array.isArray(kept) && kept[0] === token && typeof kept[1] === 'string' ? kept[1] : undefined;
  } catch {
    return undefined;
  }
}
