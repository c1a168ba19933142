import { describe, expect, it } from 'vitest';
import { families, fits, isPattern } from './patterns';

describe('a pattern', () => {
  it('begins with a slash and has a star', () => {
    expect([isPattern('/a/*'), isPattern('a*'), isPattern('/a')]).toEqual([true, false, false]);
  });

  it.each([
    ['/product/*', '/product/7', true],
    ['/product/*', '/product/7/reviews', false],
    ['/product/**', '/product/7/reviews', true],
    ['/*/reviews', '/product/reviews', true],
    ['/a.b/*', '/aXb/c', false],
    ['/блог/*', '/блог/статия', true],
    ['/product/*', '/x/product/7', false],
  ])('%s fits %s: %s', (pattern, path, expected) => {
    expect(fits(pattern, path)).toBe(expected);
  });
});

describe('families of pages', () => {
  it('are paths from which at least four pages hang, the largest first', () => {
    const pages = ['/docs/a', '/docs/b', '/docs/c', '/docs/d', '/docs/e', '/p/1/', '/p/2/', '/p/3/', '/p/4/', '/blog/x', '/', '/a'];
    expect(families(pages.map((path) => ({ path })))).toEqual([
      { pattern: '/docs/*', pages: 5 },
      { pattern: '/p/*', pages: 4 },
    ]);
  });
});
