import { describe, expect, it } from 'vitest';
import { domainFrom, imageTag, looksLikeDomain, pictureUrl, PLACES, scriptTag, snippetFor } from './snippet';

describe('lines to copy', () => {
  it('have the address of this server and the name of the site', () => {
    expect(scriptTag('https://stats.example', 'a.example')).toBe(
      '<script defer src="https://stats.example/js/heatline.js" data-site="a.example"></script>',
    );
    expect(pictureUrl('https://stats.example', 'badge', 'кафе.bg', { style: 'pill', lang: 'bg' })).toBe(
      'https://stats.example/badge/%D0%BA%D0%B0%D1%84%D0%B5.bg.svg?style=pill&lang=bg',
    );
  });

  it('cannot be broken out of', () => {
    expect(scriptTag('https://s.example', '"><script>')).not.toContain('"><script>');
  });
});

describe('a domain', () => {
  it.each([
    ['https://Shop.Example/path?x#y', 'shop.example'],
    ['  shop.example.  ', 'shop.example'],
    ['shop.example:8080', 'shop.example'],
    ['Кафе.BG', 'кафе.bg'],
  ])('is taken out of what was pasted: %j', (text, domain) => {
    expect(domainFrom(text)).toBe(domain);
  });

  it.each([
    ['shop.example', true],
    ['localhost', true],
    ['кафе.bg', true],
    ['', false],
    ['a b', false],
    ['-a', false],
    ['a@b', false],
    ['a'.repeat(254), false],
  ])('%j looks like one: %s', (text, verdict) => {
    expect(looksLikeDomain(text)).toBe(verdict);
  });
});

describe('what is pasted for heat maps', () => {
  it('turns the rests of the pointer on', () => {
    expect(scriptTag('https://h.example', 'a.example', true)).toBe(
      '<script defer src="https://h.example/js/heatline.js" data-site="a.example" data-move></script>',
    );
  });

  it('is a picture whose text cannot leave its attribute', () => {
    expect(imageTag('https://h.example/m.png?a=1&b=2', 'Map of /"><script>')).toBe(
      '<img src="https://h.example/m.png?a=1&amp;b=2" alt="Map of /&quot;>&lt;script>" loading="lazy">',
    );
  });
});

describe('what is pasted elsewhere', () => {
  const hostile = `a'"<\/script>$\\`;

  it.each(PLACES)('names the service and, but for the policy, the site: %s', (place) => {
    const text = snippetFor(place, 'https://stats.example', 'shop.example');
    expect(text).toContain('https://stats.example');
    expect(text.includes('shop.example')).toBe(place !== 'csp');
  });

  it.each(PLACES)('cannot be broken out of by the name of a site: %s', (place) => {
    const text = snippetFor(place, 'https://stats.example', hostile);
    // The name itself never stands there as it is.
    expect(text).not.toContain(hostile);
    if (place === 'gtm') expect(text.match(/<\/script/g)).toHaveLength(1);
  });
});
