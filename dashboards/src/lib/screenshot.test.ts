import { describe, expect, it } from 'vitest';
import type { SiteSettings } from './api-types';
import { captureCommand, LARGEST_BYTES, refusal } from './screenshot';

const site = (...hostnames: string[]) => ({ domain: 'shop.example', settings: { hostnames } as SiteSettings });

describe('a screenshot', () => {
  it.each([
    ['image/png', 1, undefined],
    ['image/webp', LARGEST_BYTES, undefined],
    ['image/jpeg', LARGEST_BYTES + 1, 'size'],
    ['image/gif', 1, 'type'],
    ['', 1, 'type'],
  ])('of type %j and %d bytes is refused for: %s', (type, size, expected) => {
    expect(refusal({ type, size })).toBe(expected);
  });
});

describe('the capture command', () => {
  it('names the page on the first host name that is no pattern', () => {
    expect(captureCommand(site(), '/pricing', 1280)).toBe('heatline capture https://shop.example/pricing --width 1280 --upload');
    expect(captureCommand(site('*.shop.example', 'www.shop.example'), '/', 360)).toBe(
      'heatline capture https://www.shop.example/ --width 360 --upload',
    );
  });

  it('lets the shell run nothing of a path that a visitor made up', () => {
    expect(captureCommand(site(), "/$(reboot)'`x`", 360)).toBe(
      `heatline capture 'https://shop.example/$(reboot)'\\''\`x\`' --width 360 --upload`,
    );
  });
});
