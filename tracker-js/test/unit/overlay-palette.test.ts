import { describe, expect, it } from 'vitest';
// @ts-expect-error Vite gives a file's text; TypeScript knows no such module.
import server from '../../../src/render/palette.rs?raw';
import { COVERS, cssColour, isLight, PALETTES, rampOf, STOPS } from '../../overlay/palette';

const alphas = (ramp: Uint32Array): number[] => [...new Uint8Array(ramp.buffer)].filter((_, at) => at % 4 === 3);

describe('palettes', () => {
  it.each(PALETTES.flatMap((palette) => [[palette, 'density'] as const, [palette, 'wash'] as const]))(
    'leave nothing clear and never cover less where there is more: %s, %s',
    (palette, cover) => {
      const covered = alphas(rampOf(palette, cover));
      expect(covered[0]).toBe(0);
      expect(covered).toHaveLength(256);
      expect(covered.every((alpha, at) => !at || alpha >= covered[at - 1]!)).toBe(true);
    },
  );

  /** The numbers of a table in the server's source. */
  const tableOf = (name: string): number[] => {
    const [, table] = new RegExp(`const ${name}: [^=]+= &\\[([^;]+)\\];`).exec(server as string) ?? [];
    return (table?.match(/\d+/g) ?? []).map(Number);
  };

  it.each(PALETTES)('have the colours of the server: %s', (palette) => {
    expect(STOPS[palette].flat(2)).toEqual(tableOf(palette.toUpperCase()));
  });

  it.each(['density', 'wash'] as const)('cover as much as on the server: %s', (cover) => {
    expect(COVERS[cover].flat()).toEqual(tableOf(`${cover.toUpperCase()}_COVER`));
  });

  it('are told in CSS, with dark text where they are light', () => {
    const ramp = rampOf('heat', 'density');
    expect(cssColour(ramp, 255)).toMatch(/^rgb\(200 16 32 \/ 0\.90/);
    expect(cssColour(ramp, 255, 1)).toBe('rgb(200 16 32 / 1)');
    expect([isLight(ramp, 188), isLight(ramp, 255)]).toEqual([true, false]);
  });
});
