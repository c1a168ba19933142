// Owns what can go wrong in a request and which text tells it. Knows nothing of fetch.

import type { MessageKey } from './i18n/catalogue';

export interface ProblemField {
  pointer: string;
  detail: string;
}

/** An RFC 9457 problem document, or a failure that has none: `unreachable`, `timed_out`, `unexpected`, `stale`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    /** 0 where no answer came. */
    readonly status: number,
    readonly detail: string = '',
    readonly fields: readonly ProblemField[] = [],
    readonly retryAfterSeconds: number | undefined = undefined,
  ) {
    super(detail === '' ? code : `${code}: ${detail}`);
  }
}

/** Reads the body of a failed answer, whatever it is: a proxy in between may have written it. */
export function problemFrom(status: number, body: string, retryAfter: string | null = null): ApiError {
  const wait = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
  const document = parseObject(body);
  const code = typeof document?.['code'] === 'string' ? document['code'] : codeOf(status);
  const detail = typeof document?.['detail'] === 'string' ? document['detail'] : '';
  return new ApiError(code, status, detail, fieldsOf(document?.['errors']), wait);
}

/** Turns anything thrown into an [`ApiError`]. */
export function toApiError(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  if (cause instanceof DOMException && cause.name === 'TimeoutError') return new ApiError('timed_out', 0);
  if (cause instanceof TypeError) return new ApiError('unreachable', 0);
  return new ApiError('unexpected', 0, String(cause));
}

const KNOWN: Record<string, MessageKey> = {
  unreachable: 'error.unreachable',
  timed_out: 'error.timed_out',
  stale: 'error.stale',
  not_signed_in: 'error.not_signed_in',
  wrong_credentials: 'error.wrong_credentials',
  too_many_attempts: 'error.too_many_attempts',
  wrong_setup_token: 'error.wrong_setup_token',
  already_set_up: 'error.already_set_up',
  site_exists: 'error.site_exists',
  shared_link_not_found: 'error.shared_link_not_found',
  link_ended: 'error.link_ended',
  wrong_link_password: 'error.wrong_link_password',
  wrong_password: 'error.wrong_password',
  user_exists: 'error.user_exists',
  last_owner: 'error.last_owner',
  removes_self: 'error.removes_self',
  invitation_not_found: 'invitation.gone',
  invited_somebody_else: 'error.invited_somebody_else',
  not_owner: 'error.not_owner',
};

/** Returns the message for people. The detail of the server is shown where only it can tell what was wrong. */
export function messageKeyOf(error: ApiError): MessageKey {
  const known = KNOWN[error.code];
  if (known) return known;
  const { status } = error;
  if (status === 401) return 'error.not_signed_in';
  if (status === 403) return 'error.forbidden';
  if (status === 404) return 'error.not_found';
  if (status === 429 || status === 503) return 'error.busy';
  if (status >= 500) return 'error.server';
  if (status >= 400 && explanationOf(error) !== '') return 'error.invalid';
  return 'error.unexpected';
}

/** Returns the server's own words on what was wrong with the input. */
export function explanationOf(error: ApiError): string {
  return error.fields.length > 0 ? error.fields.map((field) => field.detail).join(' · ') : error.detail;
}

function codeOf(status: number): string {
  return status === 404 ? 'not_found' : `http_${status}`;
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): ProblemField[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { pointer, detail } = entry as Record<string, unknown>;
    return typeof detail === 'string' ? [{ pointer: typeof pointer === 'string' ? pointer : '', detail }] : [];
  });
}
