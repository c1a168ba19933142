import { afterEach, describe, expect, it, vi } from 'vitest';
import { api, rangeText, whenSignedOut } from './api';

function answer(body: string, init: ResponseInit = {}) {
  const fetch = vi.fn(async (_path: string, _init: RequestInit) => new Response(body, init));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

describe('a request of who has a shared link', () => {
  afterEach(() => vi.resetModules());

  const opened = async () => {
    vi.resetModules();
    vi.stubGlobal('location', new URL('https://stats.example/share/a.example#auth=hls_1_x'));
    return import('./api');
  };

  it('shows what opens the link, and no cookie', async () => {
    const shared = await opened();
    const fetch = answer('{"pages":[]}');
    await shared.api.pages('a.example', '7d', '');
    expect(fetch.mock.calls[0]?.[1]).toMatchObject({ credentials: 'omit', headers: { Authorization: 'Bearer hls_1_x' } });
  });

  it('tells when the link opens nothing any more, and not when a password was wrong', async () => {
    const shared = await opened();
    const ended = vi.fn();
    shared.whenSignedOut(ended);
    for (const [status, code] of [[404, 'shared_link_not_found'], [410, 'link_ended'], [401, 'password_required']] as const) {
      answer(JSON.stringify({ code }), { status });
      await expect(shared.api.share()).rejects.toMatchObject({ code });
    }
    expect(ended).toHaveBeenCalledTimes(3);
    answer('{"code":"wrong_link_password"}', { status: 401 });
    await expect(shared.api.unlockShare('x')).rejects.toMatchObject({ code: 'wrong_link_password' });
    answer('{"code":"site_not_found"}', { status: 404 });
    await expect(shared.api.live('b.example')).rejects.toMatchObject({ code: 'site_not_found' });
    expect(ended).toHaveBeenCalledTimes(3);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  whenSignedOut(() => {});
});

describe('a request', () => {
  it('encodes the site in the path', async () => {
    const fetch = answer('{}');
    await api.site('кафе/../x');
    expect(fetch.mock.calls[0]?.[0]).toBe('/api/v1/sites/%D0%BA%D0%B0%D1%84%D0%B5%2F..%2Fx');
  });

  it('for outcomes names the range as the other reports do', async () => {
    const fetch = answer('{}');
    await api.outcomes('a.example', 'day');
    await api.outcomes('a.example', ['2026-01-01', '2026-01-31']);
    expect(fetch.mock.calls.map(([path]) => path)).toEqual([
      '/api/v1/sites/a.example/outcomes?date_range=day',
      '/api/v1/sites/a.example/outcomes?date_range=2026-01-01%2C2026-01-31',
    ]);
  });

  it('for pages has their text only where one is looked for', async () => {
    const fetch = answer('{}');
    await api.pages('a.example', '7d', '');
    await api.pages('a.example', '7d', '/a&b');
    expect(fetch.mock.calls.map(([path]) => path)).toEqual([
      '/api/v1/sites/a.example/pages?date_range=7d',
      '/api/v1/sites/a.example/pages?date_range=7d&search=%2Fa%26b',
    ]);
  });

  it('for a picture gives its bytes as they are', async () => {
    const fetch = answer('picture', { headers: { 'Content-Type': 'image/png' } });
    const blob = await api.file(api.heatmapUrl('a.example', 'png', new URLSearchParams({ path: '/a' })), new AbortController().signal);
    expect([blob.type, await blob.text()]).toEqual(['image/png', 'picture']);
    expect(fetch.mock.calls[0]?.[0]).toBe('/api/v1/sites/a.example/heatmap.png?path=%2Fa');
  });

  it('for a picture fails as any other, with the time to wait', async () => {
    answer('{"code":"unavailable"}', { status: 503, headers: { 'Retry-After': '4' } });
    const asked = api.file('/api/v1/sites/a.example/heatmap.png', new AbortController().signal);
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', status: 503, retryAfterSeconds: 4 });
  });

  it('is JSON where it changes something, also without a body', async () => {
    const fetch = answer('', { status: 200 });
    await api.signOut();
    await api.addSite('a.example', 'UTC');
    const [signOut, addSite] = fetch.mock.calls.map(([, init]) => init);
    expect(signOut).toMatchObject({ method: 'DELETE', body: null, headers: { 'Content-Type': 'application/json' } });
    expect(addSite?.body).toBe('{"domain":"a.example","timezone":"UTC"}');
  });

  it('trims the e-mail and never the password', async () => {
    const fetch = answer('{"user":{}}');
    await api.signIn(' a@b.c ', ' p ');
    expect(fetch.mock.calls[0]?.[1].body).toBe('{"email":"a@b.c","password":" p "}');
  });

  it('takes an answer without a body', async () => {
    answer('');
    await expect(api.signOut()).resolves.toBeUndefined();
  });
});

describe('a failed request', () => {
  it('tells that nobody is signed in, once, and still fails', async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    answer('{"code":"not_signed_in"}', { status: 401 });
    await expect(api.sites()).rejects.toMatchObject({ code: 'not_signed_in', status: 401 });
    expect(signedOut).toHaveBeenCalledOnce();
  });

  it('does not take a wrong password for a lost session', async () => {
    const signedOut = vi.fn();
    whenSignedOut(signedOut);
    answer('{"code":"wrong_credentials"}', { status: 401 });
    await expect(api.signIn('a@b.c', 'x')).rejects.toMatchObject({ code: 'wrong_credentials' });
    expect(signedOut).not.toHaveBeenCalled();
  });

  it('is unreachable where the network fails, and unexpected where the answer is no JSON', async () => {
    vi.stubGlobal('fetch', async () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.sites()).rejects.toMatchObject({ code: 'unreachable', status: 0 });
    answer('<html>');
    await expect(api.sites()).rejects.toMatchObject({ code: 'unexpected' });
  });

  it('is not an error of ours where it was called off', async () => {
    const controller = new AbortController();
    vi.stubGlobal('fetch', async () => {
      controller.abort();
      throw controller.signal.reason;
    });
    await expect(api.sites(controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a range in a query string', () => {
  it('is a name or two days with a comma', () => {
    expect(rangeText('30d')).toBe('30d');
    expect(rangeText(['2026-01-01', '2026-01-31'])).toBe('2026-01-01,2026-01-31');
  });
});
