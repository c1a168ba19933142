// Owns the question to the server: its URL, and what went wrong. It does not show anything.

import type { Answer } from './answer';
import type { Settings } from './settings';

/** What the overlay was started with. */
export interface Access {
  site: string;
  token: string;
  /** Origin of the server, without a slash at its end; a path below it is possible. */
  base: string;
}

/** Why there is no map. `busy` passes by itself. */
export type Failure =
  | { reason: 'ended' | 'no_data' | 'offline' | 'unexpected' }
  | { reason: 'busy'; retryAfterMs: number }
  | { reason: 'refused'; detail: string };

export type Result = { answer: Answer } | { failure: Failure };

/** Widths that the server draws. */
const [NARROWEST, WIDEST] = [120, 3840];
const RETRY_MS = 2_000;

/** Returns the filters of `/api/v2/query` for a typed value: codes are compared as a whole, names by a part of them. */
const filtersOf = ({ segment, segmentValue }: Settings): unknown[] | undefined => {
  const value = segmentValue.trim();
  if (!segment || !value) return undefined;
  if (segment === 'country') {
    if (/^[a-z]{2}$/i.test(value)) return [['is', 'visit:country', [value.toUpperCase()]]];
    return [['contains', 'visit:country_name', [value], { case_sensitive: false }]];
  }
  return [['contains', `visit:${segment}`, [value], { case_sensitive: false }]];
};

/** Returns the address of a map. */
export const addressOf = ({ site, token, base }: Access, settings: Settings, path: string, width: number): string => {
  const parameters = new URLSearchParams({
    token,
    path,
    kind: settings.kind,
    spots: 'true',
    width: String(Math.min(Math.max(Math.round(width), NARROWEST), WIDEST)),
    date_range: settings.period,
  });
  if (settings.device) parameters.set('device', settings.device);
  if (settings.state !== 'any') parameters.set('state', settings.state);
  const filters = filtersOf(settings);
  if (filters) parameters.set('filters', JSON.stringify(filters));
  return `${base}/api/v1/sites/${encodeURIComponent(site)}/heatmap.json?${parameters}`;
};

/** Asks for a map; undefined if it was given up. A simple request: no headers of ours, no cookies, so no preflight. */
export const ask = async (address: string, signal: AbortSignal): Promise<Result | undefined> => {
  try {
    const response = await fetch(address, { credentials: 'omit', mode: 'cors', referrerPolicy: 'no-referrer', signal });
    if (response.ok) return { answer: (await response.json()) as Answer };
    return { failure: await failureOf(response) };
  } catch {
    return signal.aborted ? undefined : { failure: { reason: 'offline' } };
  }
};

const failureOf = async (response: Response): Promise<Failure> => {
  const { code, detail, errors } = (await response.json().catch(() => ({}))) as {
    code?: string;
    detail?: string;
    errors?: { pointer: string; detail: string }[];
  };
  const { status } = response;
  if (code === 'no_data') return { reason: 'no_data' };
  // A link whose time is over, whose site was removed, or whose key was changed.
  if ([401, 403, 404, 410].includes(status)) return { reason: 'ended' };
  if (status === 503 || status === 429) {
    const seconds = Number(response.headers.get('Retry-After'));
    return { reason: 'busy', retryAfterMs: seconds > 0 ? seconds * 1000 : RETRY_MS };
  }
  const told = errors?.map((error) => error.detail).join(' ') || detail;
  return status < 500 && told ? { reason: 'refused', detail: told } : { reason: 'unexpected' };
};
