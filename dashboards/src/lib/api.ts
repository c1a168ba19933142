// Owns the requests: one function per endpoint, typed, every failure an `ApiError`.

import type {
  Account,
  Annotation,
  Choices,
  DateRange,
  ElementReport,
  Filter,
  FunnelAnswer,
  FunnelQuestion,
  Goal,
  Heatmap,
  HeatmapPage,
  JourneyAnswer,
  JourneyQuestion,
  Key,
  ListedUser,
  LiveHistory,
  LiveSnapshot,
  LiveVisitors,
  Outcomes,
  Query,
  QueryAnswer,
  RetentionAnswer,
  RetentionQuestion,
  Role,
  Scope,
  Screenshot,
  Segment,
  SharedLink,
  SignedIn,
  SignedInBrowser,
  Site,
  SiteSettings,
} from './api-types';
import type { Answer, Body, Method, Path, Places } from './contract';
import { ApiError, problemFrom, toApiError } from './problem';
import { credential } from './share';
import { upload } from './upload';

const TIMEOUT_MS = 30_000;

let onSignedOut: () => void = () => {};

/** Sets what happens when the server says that nobody is signed in, or that a shared link opens nothing any more. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

interface Ask {
  body?: unknown;
  signal?: AbortSignal | undefined;
  accept?: string;
}

/** Asks a route of the description: what it takes and answers is checked by its types. */
async function call<M extends Method, P extends Path>(
  method: M,
  route: P,
  places: Record<Places<P>, string | number>,
  ask: Omit<Ask, 'body'> & { body?: Body<P, M> } = {},
): Promise<Answer<P, M>> {
  const named: Record<string, string | number> = places;
  return request(method, route.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(named[name]))), ask);
}

async function request<T>(method: Method, path: string, ask: Ask = {}): Promise<T> {
  return answer(method, path, ask, async (response) => {
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  });
}

/** Asks for a file: a picture, or numbers as they are. */
async function file(path: string, signal: AbortSignal): Promise<Blob> {
  return answer('get', path, { signal, accept: '*/*' }, (response) => response.blob());
}

async function answer<T>(method: Method, path: string, { body, signal, accept }: Ask, read: (response: Response) => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: accept ?? 'application/json' };
  // A page in a frame of another site has no cookies: whoever has a shared link shows it with every request.
  const shown = credential();
  if (shown !== undefined) headers['Authorization'] = `Bearer ${shown}`;
  // The server refuses a change that a form of another site could have sent; this header is what such a form cannot set.
  if (method !== 'get') headers['Content-Type'] = 'application/json';
  try {
    const response = await fetch(path, {
      method: method.toUpperCase(),
      headers,
      credentials: shown === undefined ? 'same-origin' : 'omit',
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (!response.ok) throw problemFrom(response.status, await response.text(), response.headers.get('Retry-After'));
    return await read(response);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw told(cause instanceof SyntaxError ? new ApiError('unexpected', 0) : toApiError(cause));
  }
}

/** What was given is wrong; whoever is signed in stays so. */
const WRONG: readonly string[] = ['wrong_credentials', 'wrong_link_password'];
/** How the end of a shared link is told. */
const GONE: readonly string[] = ['shared_link_not_found', 'link_ended'];

/** Every failure passes here, so that whoever is signed out is led to the sign-in page. */
function told(error: ApiError): ApiError {
  const isOut = error.status === 401 && !WRONG.includes(error.code);
  if (isOut || (credential() !== undefined && GONE.includes(error.code))) onSignedOut();
  return error;
}

const of = (site: string): string => `/api/v1/sites/${encodeURIComponent(site)}`;

const screenshotUrl = (site: string, path: string, width: number): string =>
  `${of(site)}/screenshot?${new URLSearchParams({ path, width: String(width) })}`;

/** What a map can be had as. */
export type Format = 'png' | 'webp' | 'svg' | 'gif' | 'json';

const credentials = (email: string, password: string) => ({ email: email.trim(), password });

export const api = {
  setupNeeded: (signal?: AbortSignal) => request<{ needed: boolean }>('get', '/api/v1/setup', { signal }),

  setUp: (token: string, email: string, password: string) =>
    call('post', '/api/v1/setup', {}, { body: { token, ...credentials(email, password) } }),

  session: (signal?: AbortSignal): Promise<SignedIn> => call('get', '/api/v1/session', {}, { signal }),

  signIn: (email: string, password: string): Promise<SignedIn> =>
    call('post', '/api/v1/session', {}, { body: credentials(email, password) }),

  signOut: () => request<void>('delete', '/api/v1/session'),

  /** What the shared link shows. */
  share: (signal?: AbortSignal) => call('get', '/api/v1/share', {}, { signal }),

  unlockShare: (password: string) => call('post', '/api/v1/share', {}, { body: { password } }),

  sharedLinks: async (site: string, signal?: AbortSignal): Promise<SharedLink[]> =>
    (await call('get', '/api/v1/sites/{site}/shared-links', { site }, { signal })).shared_links,

  addSharedLink: (site: string, link: Body<'/api/v1/sites/{site}/shared-links', 'post'>): Promise<SharedLink> =>
    call('post', '/api/v1/sites/{site}/shared-links', { site }, { body: link }),

  changeSharedLink: (site: string, id: number, change: Body<'/api/v1/sites/{site}/shared-links/{id}', 'patch'>): Promise<SharedLink> =>
    call('patch', '/api/v1/sites/{site}/shared-links/{id}', { site, id }, { body: change }),

  removeSharedLink: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/shared-links/{id}', { site, id }),
  account: (signal?: AbortSignal): Promise<Account> => call('get', '/api/v1/account', {}, { signal }),

  changeAccount: (chosen: Partial<Choices>): Promise<Account> => call('patch', '/api/v1/account', {}, { body: chosen }),

  changePassword: (old_password: string, password: string): Promise<SignedIn> =>
    call('put', '/api/v1/account/password', {}, { body: { old_password, password } }),

  sessions: async (signal?: AbortSignal): Promise<SignedInBrowser[]> =>
    (await call('get', '/api/v1/account/sessions', {}, { signal })).sessions,

  endSession: (session: string) => call('delete', '/api/v1/account/sessions/{session}', { session }),

  endOtherSessions: () => call('delete', '/api/v1/account/sessions', {}),

  users: async (signal?: AbortSignal): Promise<ListedUser[]> => (await call('get', '/api/v1/users', {}, { signal })).users,

  /** The answer has the password that was made. */
  addUser: (email: string, admin: boolean) => call('post', '/api/v1/users', {}, { body: { email: email.trim(), admin } }),

  removeUser: (id: number) => call('delete', '/api/v1/users/{id}', { id }),

  people: (site: string, signal?: AbortSignal) => call('get', '/api/v1/sites/{site}/people', { site }, { signal }),

  changeRole: (site: string, id: number, role: Role) => call('patch', '/api/v1/sites/{site}/people/{id}', { site, id }, { body: { role } }),

  removeMember: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/people/{id}', { site, id }),

  /** The answer has the link. */
  invite: (site: string, invitation: Body<'/api/v1/sites/{site}/invitations', 'post'>) =>
    call('post', '/api/v1/sites/{site}/invitations', { site }, { body: invitation }),

  takeBack: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/invitations/{id}', { site, id }),

  invitation: (token: string, signal?: AbortSignal) => call('post', '/api/v1/invitation', {}, { body: { token }, signal }),

  acceptInvitation: (token: string) => request<{ site: string }>('post', '/api/v1/invitation/accept', { body: { token } }),

  /** Makes an account, too, which is signed in then. */
  acceptAsNew: (token: string, email: string, password: string) =>
    request<SignedIn>('post', '/api/v1/invitation/accept', { body: { token, account: credentials(email, password) } }),

  keys: async (site: string, signal?: AbortSignal): Promise<Key[]> =>
    (await call('get', '/api/v1/sites/{site}/keys', { site }, { signal })).keys,

  /** The answer has the key in plain text. */
  makeKey: (site: string, name: string, scopes: Scope[]) => call('post', '/api/v1/sites/{site}/keys', { site }, { body: { name, scopes } }),

  revokeKey: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/keys/{id}', { site, id }),

  sites: (signal?: AbortSignal) => request<{ sites: Site[] }>('get', '/api/v1/sites', { signal }),

  addSite: (domain: string, timezone: string) => request<Site>('post', '/api/v1/sites', { body: { domain, timezone } }),

  site: (site: string, signal?: AbortSignal) => request<Site>('get', of(site), { signal }),

  changeSite: (site: string, change: { timezone?: string; settings?: SiteSettings }) =>
    request<Site>('patch', of(site), { body: change }),

  removeSite: (site: string) => request<{ deleted: boolean }>('delete', of(site)),

  query: (query: Query, signal?: AbortSignal) => request<QueryAnswer>('post', '/api/v2/query', { body: query, signal }),

  pages: (site: string, range: DateRange, search: string, signal?: AbortSignal) => {
    const params = new URLSearchParams({ date_range: rangeText(range), ...(search === '' ? {} : { search }) });
    return request<{ pages: HeatmapPage[] }>('get', `${of(site)}/pages?${params}`, { signal });
  },

  heatmap: (site: string, params: URLSearchParams, signal?: AbortSignal) =>
    request<Heatmap>('get', `${of(site)}/heatmap.json?${params}`, { signal }),

  elements: (site: string, params: URLSearchParams, signal?: AbortSignal) =>
    request<ElementReport>('get', `${of(site)}/elements?${params}`, { signal }),

  outcomes: (site: string, range: DateRange, signal?: AbortSignal) =>
    request<Outcomes>('get', `${of(site)}/outcomes?${new URLSearchParams({ date_range: rangeText(range) })}`, { signal }),

  goals: async (site: string, signal?: AbortSignal): Promise<Goal[]> =>
    (await call('get', '/api/v1/sites/{site}/goals', { site }, { signal })).goals,

  addGoal: (site: string, goal: Body<'/api/v1/sites/{site}/goals', 'post'>): Promise<Goal> =>
    call('post', '/api/v1/sites/{site}/goals', { site }, { body: goal }),

  removeGoal: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/goals/{id}', { site, id }),

  segments: async (site: string, signal?: AbortSignal): Promise<Segment[]> =>
    (await call('get', '/api/v1/sites/{site}/segments', { site }, { signal })).segments,

  addSegment: (site: string, segment: Omit<Segment, 'id'>): Promise<Segment> =>
    call('post', '/api/v1/sites/{site}/segments', { site }, { body: segment }),

  renameSegment: (site: string, id: number, name: string): Promise<Segment> =>
    call('patch', '/api/v1/sites/{site}/segments/{id}', { site, id }, { body: { name } }),

  removeSegment: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/segments/{id}', { site, id }),

  props: async (site: string, signal?: AbortSignal): Promise<string[]> =>
    (await call('get', '/api/v1/sites/{site}/props', { site }, { signal })).props,

  keepProps: (site: string, props: string[]) => call('put', '/api/v1/sites/{site}/props', { site }, { body: { props } }),

  removeProp: (site: string, prop: string) => call('delete', '/api/v1/sites/{site}/props/{prop}', { site, prop }),

  annotations: async (site: string, range: DateRange, signal?: AbortSignal): Promise<Annotation[]> => {
    const params = new URLSearchParams({ date_range: rangeText(range) });
    return (await request<{ annotations: Annotation[] }>('get', `${of(site)}/annotations?${params}`, { signal })).annotations;
  },

  addAnnotation: (site: string, at: string, text: string): Promise<Annotation> =>
    call('post', '/api/v1/sites/{site}/annotations', { site }, { body: { at, text } }),

  removeAnnotation: (site: string, id: number) => call('delete', '/api/v1/sites/{site}/annotations/{id}', { site, id }),

  funnel: (site: string, question: FunnelQuestion, signal?: AbortSignal): Promise<FunnelAnswer> =>
    call('post', '/api/v1/sites/{site}/funnel', { site }, { body: question, signal }),

  retention: (site: string, question: RetentionQuestion, signal?: AbortSignal): Promise<RetentionAnswer> =>
    call('post', '/api/v1/sites/{site}/retention', { site }, { body: question, signal }),

  journeys: (site: string, question: JourneyQuestion, signal?: AbortSignal): Promise<JourneyAnswer> =>
    call('post', '/api/v1/sites/{site}/journeys', { site }, { body: question, signal }),

  /** The address of a report as a file. */
  queryUrl: (query: Query) => `/api/v2/query?${new URLSearchParams({ query: JSON.stringify(query) })}`,

  live: (site: string, signal?: AbortSignal) => request<LiveSnapshot>('get', `${of(site)}/live`, { signal }),

  /** The visitors who are here, as far as the filters select them. */
  liveVisitors: (site: string, filters: readonly Filter[], limit: number, signal?: AbortSignal) => {
    const params = new URLSearchParams({ limit: String(limit), filters: JSON.stringify(filters) });
    return request<LiveVisitors>('get', `${of(site)}/live/visitors?${params}`, { signal });
  },

  liveHistory: (site: string, range: string, signal?: AbortSignal) =>
    request<LiveHistory>('get', `${of(site)}/live/history?${new URLSearchParams({ date_range: range })}`, { signal }),

  liveEventsUrl: (site: string, filters: readonly Filter[]) =>
    `${of(site)}/live/events?${new URLSearchParams({ filters: JSON.stringify(filters) })}`,

  liveStreamUrl: (site: string) => `${of(site)}/live/stream`,

  /** Makes a link that shows one map to whoever has it. */
  signHeatmap: (site: string, params: URLSearchParams, days: number) =>
    request<{ url: string; expires_at: string }>('post', `${of(site)}/heatmap/sign`, {
      body: { parameters: Object.fromEntries(params), expires_in_days: days },
    }),

  /** Ends every link to a map of the site that was ever made. */
  endLinks: (site: string) => request<void>('delete', `${of(site)}/heatmap/sign`),

  heatmapUrl: (site: string, format: Format, params: URLSearchParams) => `${of(site)}/heatmap.${format}?${params}`,

  file,

  /** Makes a short-lived address of the page itself with the map over it. */
  showOnPage: (site: string, path: string) =>
    request<{ url: string; expires_at: string }>('post', `${of(site)}/heatmap/overlay`, { body: { path } }),

  screenshots: (site: string, path: string, signal?: AbortSignal) =>
    request<{ screenshots: Screenshot[] }>('get', `${of(site)}/screenshots?${new URLSearchParams({ path })}`, { signal }),

  uploadScreenshot: (site: string, path: string, width: number, picture: Blob, progress: (part: number) => void) =>
    upload(screenshotUrl(site, path, width), picture, progress).catch((cause: unknown) => {
      throw told(toApiError(cause));
    }),

  removeScreenshot: (site: string, path: string, width: number) => request<void>('delete', screenshotUrl(site, path, width)),
};

/** Writes a range for a query string: two days with a comma between them. */
export function rangeText(range: DateRange): string {
  return typeof range === 'string' ? range : range.join(',');
}
