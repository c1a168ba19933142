import { describe, expect, it } from 'vitest';
import { isSharedPath, parseShared, siteRoot } from './share';

const parse = (address: string) => parseShared(new URL(address, 'https://stats.example'));

describe('the address of a shared dashboard', () => {
  it('has what opens the link in the fragment or in the query', () => {
    expect(parse('/share/a.example#auth=hls_1_x')).toMatchObject({ token: 'hls_1_x', embed: false, kept: {}, fragment: '#auth=hls_1_x' });
    const framed = parse('/share/a.example?auth=hls_1_x&embed=true&theme=dark&lang=bg&range=7d');
    expect(framed).toMatchObject({ token: 'hls_1_x', embed: true, theme: 'dark', language: 'bg' });
    expect(framed?.kept).toEqual({ auth: 'hls_1_x', embed: 'true', theme: 'dark', lang: 'bg' });
  });

  it('takes what a program has added behind the fragment', () => {
    expect(parse('/share/a.example#auth=hls_1_x&embed=true&theme=light')).toMatchObject({ token: 'hls_1_x', embed: true, theme: 'light' });
  });

  it('is told from the others', () => {
    expect(parse('/sites/a.example#auth=hls_1_x')).toBeUndefined();
    expect(parse('/share')).toBeUndefined();
    expect(parse('/shared/a')).toBeUndefined();
    expect(isSharedPath('/share/a')).toBe(true);
    expect(parse('/share/a.example')?.token).toBe('');
  });

  it('chooses among a few looks only', () => {
    for (const wrong of ['red', 'url(x)', '#12345', '#fff;x', 'transparent;']) {
      expect(parse(`/share/a?background=${encodeURIComponent(wrong)}`)?.background, wrong).toBeUndefined();
    }
    expect(parse('/share/a?background=%23f4f2ee')?.background).toBe('#f4f2ee');
    expect(parse('/share/a?background=transparent&theme=pink&lang=xx&embed=1')).toMatchObject({
      background: 'transparent',
      theme: undefined,
      language: undefined,
      embed: false,
    });
  });

  it('is the root of all pages that it leads to', () => {
    expect(siteRoot('a/б')).toBe('/sites/a%2F%D0%B1');
    expect(siteRoot('a/б', parse('/share/x'))).toBe('/share/a%2F%D0%B1');
  });
});
