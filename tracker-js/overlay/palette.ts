// Owns the colours of heat, the same as the server's `render::palette`. It does not know what is hot.

export const PALETTES = ['heat', 'viridis', 'ice', 'night'] as const;
export type Palette = (typeof PALETTES)[number];

/** How strongly the heat covers the page: spots, or colours over its full width, below which it must stay readable. */
export type Cover = 'density' | 'wash';

/** A colour, or one number, at a place on the scale, in thousandths. */
type Stops<T> = readonly (readonly [place: number, value: T])[];
type Rgb = readonly [number, number, number];

export const STOPS: Record<Palette, Stops<Rgb>> = {
  heat: [
    [0, [88, 120, 255]],
    [160, [64, 116, 246]],
    [320, [32, 186, 214]],
    [480, [72, 204, 112]],
    [620, [196, 222, 56]],
    [740, [255, 214, 40]],
    [870, [255, 138, 24]],
    [960, [240, 52, 28]],
    [1000, [200, 16, 32]],
  ],
  viridis: [
    [0, [246, 230, 80]],
    [150, [200, 224, 48]],
    [300, [116, 208, 84]],
    [450, [42, 176, 126]],
    [600, [32, 144, 140]],
    [740, [48, 104, 142]],
    [880, [70, 50, 126]],
    [1000, [68, 1, 84]],
  ],
  ice: [
    [0, [196, 232, 255]],
    [200, [142, 208, 250]],
    [420, [76, 166, 238]],
    [640, [36, 112, 214]],
    [840, [24, 62, 160]],
    [1000, [12, 24, 92]],
  ],
  night: [
    [0, [92, 84, 200]],
    [200, [132, 72, 206]],
    [420, [206, 76, 170]],
    [620, [246, 112, 104]],
    [800, [255, 172, 72]],
    [920, [255, 224, 112]],
    [1000, [255, 252, 214]],
  ],
};

export const COVERS: Record<Cover, Stops<number>> = {
  density: [
    [0, 0],
    [50, 42],
    [160, 118],
    [400, 176],
    [700, 210],
    [1000, 230],
  ],
  wash: [
    [0, 0],
    [40, 46],
    [1000, 136],
  ],
};

/** Returns the value at `place`, on a straight line between the stops around it. */
const between = <T>(stops: Stops<T>, place: number, part: (value: T) => number): number => {
  const next = Math.max(
    stops.findIndex(([end]) => place <= end),
    1,
  );
  const [start, low] = stops[next - 1]!;
  const [end, high] = stops[next]!;
  return Math.round((part(low) * (end - place) + part(high) * (place - start)) / (end - start));
};

/**
 * The colour of every level from 0 to 255, each four bytes as `ImageData` has them.
 *
 * Guarantee: level 0 is clear; alpha never falls from one level to the next.
 */
export const rampOf = (palette: Palette, cover: Cover): Uint32Array => {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) {
    const place = Math.floor((level * 1000) / 255);
    for (const channel of [0, 1, 2] as const) {
      bytes[level * 4 + channel] = between(STOPS[palette], place, (rgb) => rgb[channel]);
    }
    bytes[level * 4 + 3] = between(COVERS[cover], place, (alpha) => alpha);
  }
  return new Uint32Array(bytes.buffer);
};

/** Returns a level's colour for CSS; `alpha` overrides that of the ramp. */
export const cssColour = (ramp: Uint32Array, level: number, alpha?: number): string => {
  const [red, green, blue, covers] = new Uint8Array(ramp.buffer, level * 4, 4);
  return `rgb(${red} ${green} ${blue} / ${alpha ?? covers! / 255})`;
};

/** Returns true where dark text reads better than white on the level's opaque colour (Rec. 709 luma). */
export const isLight = (ramp: Uint32Array, level: number): boolean => {
  const [red, green, blue] = new Uint8Array(ramp.buffer, level * 4, 4);
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > 140;
};
