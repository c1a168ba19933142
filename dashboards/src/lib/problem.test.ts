import { describe, expect, it } from 'vitest';
import { ApiError, explanationOf, messageKeyOf, problemFrom, toApiError } from './problem';

const document = (fields: object) => JSON.stringify({ type: 'about:blank', title: 'x', ...fields });

describe('a failed answer', () => {
  it('gives code, detail and fields of its problem document', () => {
    const body = document({ code: 'invalid', detail: 'bad input', errors: [{ pointer: '/domain', detail: 'it is empty' }, 7, { pointer: 1 }] });
    const error = problemFrom(400, body);
    expect(error).toMatchObject({ code: 'invalid', status: 400, detail: 'bad input' });
    expect(error.fields).toEqual([{ pointer: '/domain', detail: 'it is empty' }]);
    expect(explanationOf(error)).toBe('it is empty');
  });

  it.each(['', '<html>502 Bad Gateway</html>', '[]', 'null', '{"code":5}'])('needs no problem document: %j', (body) => {
    expect(problemFrom(502, body)).toMatchObject({ code: 'http_502', status: 502, detail: '', fields: [] });
  });

  it('tells how long to wait', () => {
    expect(problemFrom(429, '', '45').retryAfterSeconds).toBe(45);
    expect(problemFrom(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterSeconds).toBeUndefined();
    expect(problemFrom(429, '').retryAfterSeconds).toBeUndefined();
  });
});

describe('what is thrown', () => {
  it('becomes an error with a code', () => {
    expect(toApiError(new TypeError('Failed to fetch')).code).toBe('unreachable');
    expect(toApiError(new DOMException('late', 'TimeoutError')).code).toBe('timed_out');
    expect(toApiError('?').code).toBe('unexpected');
    const own = new ApiError('no_data', 404);
    expect(toApiError(own)).toBe(own);
  });
});

describe('the message for people', () => {
  it.each([
    ['wrong_credentials', 401, 'error.wrong_credentials'],
    ['too_many_attempts', 429, 'error.too_many_attempts'],
    ['site_exists', 409, 'error.site_exists'],
    ['unreachable', 0, 'error.unreachable'],
    ['not_signed_in', 401, 'error.not_signed_in'],
    ['something_new', 401, 'error.not_signed_in'],
    ['something_new', 403, 'error.forbidden'],
    ['something_new', 404, 'error.not_found'],
    ['something_new', 429, 'error.busy'],
    ['something_new', 503, 'error.busy'],
    ['something_new', 500, 'error.server'],
    ['something_new', 302, 'error.unexpected'],
    ['something_new', 422, 'error.unexpected'],
  ])('of %s with status %d is %s', (code, status, key) => {
    expect(messageKeyOf(new ApiError(code, status))).toBe(key);
  });

  it('shows the detail of the server where the input was wrong', () => {
    expect(messageKeyOf(new ApiError('invalid', 400, 'the zone is unknown'))).toBe('error.invalid');
  });

  it('never shows the detail of a failure of the server', () => {
    expect(messageKeyOf(new ApiError('internal', 500, 'stack trace'))).toBe('error.server');
  });
});
