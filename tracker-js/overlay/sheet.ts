// Owns the heat of what moves together: its tiles, and their pictures, which are made when they come on screen. It does not know where
// on screen that is.

import { guard } from '../src/guard';
import type { Carrier } from './carrier';
import { densityOf, enlarge, PICTURE, type Points, type Tile } from './density';
import { Scale, survey } from './scale';

/** Pictures that are kept, at 256 KiB each; beyond that those off screen are dropped. */
const MOST_PICTURES = 120;

export class Sheet {
  readonly tiles: Tile[] = [];
  private readonly pictures = new Map<Tile, HTMLCanvasElement>();

  constructor(
    /** Another object after every placing; the same in what it means. */
    public carrier: Carrier,
    readonly points: Points,
  ) {}

  /** Returns true where the points are those that the tiles were made of. */
  hasPoints(points: Points): boolean {
    return points.length === this.points.length && points.every((value, at) => Math.abs(value - this.points[at]!) < 0.25);
  }

  *compute(): Generator<void> {
    for (const tile of densityOf(this.points)) {
      this.tiles.push(tile);
      yield;
    }
  }

  /** Returns the picture of a tile; undefined where there is none yet and `mayMake` says that there is no time for it. */
  pictureOf(tile: Tile, scale: Scale, ramp: Uint32Array, mayMake: boolean): HTMLCanvasElement | undefined {
    let picture = this.pictures.get(tile);
    if (!picture && mayMake) {
      picture = paint(tile, scale, ramp);
      if (picture) this.pictures.set(tile, picture);
    }
    return picture;
  }

  /** Other colours, or another scale. */
  forgetPictures(): void {
    this.pictures.clear();
  }

  /** Drops what was not drawn now. */
  keepOnly(drawn: ReadonlySet<Tile>): void {
    if (this.pictures.size <= MOST_PICTURES) return;
    for (const tile of this.pictures.keys()) if (!drawn.has(tile)) this.pictures.delete(tile);
  }
}

const paint = (tile: Tile, scale: Scale, ramp: Uint32Array): HTMLCanvasElement | undefined => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PICTURE;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  const image = context.createImageData(PICTURE, PICTURE);
  const levels = tile.values.map((value) => 255 * scale.position(value));
  enlarge(levels, ramp, new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
};

/**
 * Makes the sheets of a map, or takes over those of `before` whose points are still the same. Gives them to `done` with the scale that
 * follows from all of them.
 */
export function* makeSheets(
  points: ReadonlyMap<Carrier, Points>,
  before: readonly Sheet[],
  leastFull: number,
  done: (sheets: Sheet[], scale: Scale) => void,
): Generator<void> {
  const sheets: Sheet[] = [];
  const old = new Set(before);
  for (const [carrier, list] of points) {
    const same = [...old].find(
      (sheet) =>
        sheet.carrier.element === carrier.element && sheet.carrier.scrolls === carrier.scrolls && sheet.hasPoints(list),
    );
    if (same) {
      old.delete(same);
      same.carrier = carrier;
      sheets.push(same);
      continue;
    }
    const sheet = new Sheet(carrier, list);
    yield* sheet.compute();
    sheets.push(sheet);
  }
  const { percentile, highest } = survey(sheets.flatMap((sheet) => sheet.tiles));
  guard(done)(sheets, new Scale(percentile, highest, leastFull));
}
