import { afterEach, describe, expect, it, vi } from 'vitest';
import { changeQuery, heatmapPath, loginPath, outcomesPath, parseRoute, safeNext, settingsPath, sitePath } from './router';

describe('routes', () => {
  it.each([
    ['/', { page: 'sites' }],
    ['/sites', { page: 'sites' }],
    ['/login', { page: 'login' }],
    ['/setup', { page: 'setup' }],
    ['/setup/', { page: 'setup' }],
    ['/invitation', { page: 'invitation' }],
    ['/account', { page: 'account' }],
    ['/users', { page: 'users' }],
    ['/account/more', { page: 'unknown' }],
    ['/sites/demo.example', { page: 'site', site: 'demo.example' }],
    ['/sites/demo.example/', { page: 'site', site: 'demo.example' }],
    ['/sites/demo.example/heatmap', { page: 'heatmap', site: 'demo.example' }],
    ['/sites/demo.example/outcomes', { page: 'outcomes', site: 'demo.example' }],
    ['/sites/demo.example/stored', { page: 'stored', site: 'demo.example' }],
    ['/sites/demo.example/settings', { page: 'settings', site: 'demo.example' }],
    ['/sites/%D0%BA%D0%B0%D1%84%D0%B5.bg', { page: 'site', site: 'кафе.bg' }],
    ['/sites/%E0%A4%A', { page: 'unknown' }],
    ['/sites/demo.example/nothing', { page: 'unknown' }],
    ['/sites/demo.example/heatmap/more', { page: 'unknown' }],
    ['/share/demo.example', { page: 'site', site: 'demo.example' }],
    ['/share/demo.example/heatmap', { page: 'heatmap', site: 'demo.example' }],
    ['/share/demo.example/journeys', { page: 'journeys', site: 'demo.example' }],
    ['/share/demo.example/settings', { page: 'unknown' }],
    ['/share/demo.example/outcomes', { page: 'unknown' }],
    ['/share/demo.example/stored', { page: 'unknown' }],
    ['/share', { page: 'unknown' }],
    ['/login/more', { page: 'unknown' }],
    ['/nowhere', { page: 'unknown' }],
  ])('%s', (path, route) => {
    expect(parseRoute(path)).toEqual(route);
  });

  it('lead back to the site that a path was made of', () => {
    for (const site of ['demo.example', 'кафе.bg', 'a b', '100%', 'a?b#c']) {
      const { pathname } = new URL(sitePath(site), 'http://host');
      expect(parseRoute(pathname)).toEqual({ page: 'site', site });
      expect(parseRoute(new URL(outcomesPath(site, { range: '30d' }), 'http://host').pathname)).toEqual({ page: 'outcomes', site });
      expect(parseRoute(new URL(settingsPath(site), 'http://host').pathname)).toEqual({ page: 'settings', site });
    }
  });
});

describe('paths', () => {
  it('carry their query encoded, and nothing for what is undefined', () => {
    expect(sitePath('a.example', { range: undefined })).toBe('/sites/a.example');
    expect(heatmapPath('a.example', { path: '/a b&c', range: '30d' })).toBe('/sites/a.example/heatmap?path=%2Fa+b%26c&range=30d');
  });

  it('change some parameters and keep the others', () => {
    expect(changeQuery('?range=30d&page=%2F', { page: undefined, device: 'mobile' })).toBe('?range=30d&device=mobile');
    expect(changeQuery('?page=%2F', { page: undefined })).toBe('');
    expect(changeQuery('', { source: '' })).toBe('?source=');
  });
});

describe('paths of a shared dashboard', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  const opened = async (address: string) => {
    vi.resetModules();
    vi.stubGlobal('location', new URL(address, 'https://stats.example'));
    return import('./router');
  };

  it('keep what opens the link, and how it looks', async () => {
    const inFragment = await opened('/share/a.example?range=7d#auth=hls_1_x');
    expect(inFragment.sitePath('a.example', { range: '30d' })).toBe('/share/a.example?range=30d#auth=hls_1_x');
    const inQuery = await opened('/share/a.example?auth=hls_1_x&embed=true&theme=dark&range=7d');
    expect(inQuery.heatmapPath('a.example', { path: '/' })).toBe('/share/a.example/heatmap?auth=hls_1_x&embed=true&theme=dark&path=%2F');
  });
});

describe('the way back after signing in', () => {
  const origin = 'https://stats.example';

  it('returns to where one was', () => {
    const here = '/sites/a.example/heatmap?path=%2Fx';
    const next = new URL(loginPath(here), origin).searchParams.get('next');
    expect(safeNext(next, origin)).toBe(here);
    expect(loginPath('/')).toBe('/login');
  });

  it.each([
    [null, 'nothing asked'],
    ['https://evil.example/', 'another origin'],
    ['//evil.example/', 'another host without a scheme'],
    ['/\\evil.example/', 'a backslash that browsers read as a slash'],
    ['javascript:alert(1)', 'a script'],
    ['/login?next=/', 'the sign-in page itself'],
    ['/invitation', 'a page that is nothing without its token'],
    ['/api/v1/sites', 'no page of ours'],
  ])('is the list of sites for %s: %s', (next, _why) => {
    expect(safeNext(next, origin)).toBe('/');
  });
});
