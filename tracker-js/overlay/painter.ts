// Owns the canvas: as large as the viewport, drawn again whenever that shows another part of the page. It does not decide what is drawn.

import { guard } from '../src/guard';
import { boxOf } from '../src/motion';
import { originOf, overlaps, PAGE, windowOf, type Carrier, type Rect } from './carrier';
import { TILE, type Tile } from './density';
import { isLight, cssColour } from './palette';
import type { Placed } from './placing';
import type { Scale } from './scale';
import type { Sheet } from './sheet';

/** A box in a colour, with a tag on it. */
export interface ColouredBox {
  placed: Placed;
  level: number;
  tag: string;
  /** What lies behind is coloured already. */
  outlineOnly?: boolean;
}

/** A line across the page. */
export interface Mark {
  /** In pixels of the live page. */
  y: number;
  label: string;
  strong?: boolean;
}

export interface Scene {
  ramp: Uint32Array;
  sheets: readonly Sheet[];
  scale?: Scale;
  /** Levels over the height of the page, from top to bottom. */
  wash?: HTMLCanvasElement;
  pageHeight: number;
  boxes: readonly ColouredBox[];
  marks: readonly Mark[];
  /** Boxes that can be inspected. */
  outlines: readonly Placed[];
  /** What floats over the page, hot or not. */
  covers: readonly Element[];
}

/** Time for making pictures in one frame; the rest follows in the next. */
const MAKING_MS = 6;
/** How long what covers the page is believed to do so. */
const OPAQUE_MS = 400;
const FONT = '600 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const TAG_HEIGHT = 20;

export class Painter {
  readonly canvas = document.createElement('canvas');
  private readonly context = this.canvas.getContext('2d');
  private scene: Scene | undefined;
  private frame = 0;
  private readonly opaque = new WeakMap<Element, { is: boolean; at: number }>();

  constructor(private readonly accent: string) {}

  show(scene: Scene | undefined): void {
    this.scene = scene;
    this.request();
  }

  /** Draws before the next frame. */
  request(): void {
    this.frame ||= requestAnimationFrame(
      guard(() => {
        this.frame = 0;
        this.draw();
      }),
    );
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
  }

  private draw(): void {
    const { canvas, context, scene } = this;
    if (!context) return;
    const pixels = devicePixelRatio || 1;
    const [width, height] = [Math.round(innerWidth * pixels), Math.round(innerHeight * pixels)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, width, height);
    }
    if (!scene) return;
    context.setTransform(pixels, 0, 0, pixels, 0, 0);
    context.font = FONT;
    context.textBaseline = 'middle';

    if (scene.wash) this.drawWash(scene.wash, scene.pageHeight);
    const until = performance.now() + MAKING_MS;
    const tags: (ColouredBox & { rect: Rect })[] = [];
    for (const carrier of inOrder(carriersOf(scene))) {
      const seen = windowOf(carrier);
      if (seen.left >= seen.right || seen.top >= seen.bottom) continue;
      context.save();
      context.beginPath();
      context.rect(seen.left, seen.top, seen.right - seen.left, seen.bottom - seen.top);
      context.clip();
      // What floats over the page covers the heat of what is below.
      if (carrier.floats && carrier.element && this.isOpaque(carrier.element)) {
        const cover = boxOf(carrier.element);
        context.clearRect(cover.left, cover.top, cover.width, cover.height);
        drop(tags, cover);
      }
      const [x, y] = originOf(carrier);
      for (const sheet of scene.sheets) if (sheet.carrier === carrier) this.drawSheet(sheet, scene, seen, x, y, pixels, until);
      for (const box of scene.boxes) {
        if (box.placed.carrier !== carrier) continue;
        const rect = rectAt(box.placed, x, y);
        if (!overlaps(rect, seen)) continue;
        this.drawBox(box, rect, scene.ramp);
        tags.push({ ...box, rect });
      }
      for (const placed of scene.outlines) {
        const rect = rectAt(placed, x, y);
        if (placed.carrier === carrier && overlaps(rect, seen)) this.drawOutline(rect);
      }
      context.restore();
    }
    this.drawTags(tags, scene.ramp);
    const [, scrolled] = originOf(PAGE);
    for (const mark of scene.marks) this.drawMark(mark, scrolled);
  }

  /** Asks for styles now and then only: in each frame that would cost more than the drawing. */
  private isOpaque(element: Element): boolean {
    const now = performance.now();
    const known = this.opaque.get(element);
    if (known && now - known.at < OPAQUE_MS) return known.is;
    const is = isOpaque(element);
    this.opaque.set(element, { is, at: now });
    return is;
  }

  private drawSheet(sheet: Sheet, scene: Scene, seen: Rect, x: number, y: number, pixels: number, until: number): void {
    const { context } = this;
    const drawn = new Set<Tile>();
    for (const tile of sheet.tiles) {
      const [left, top] = [x + tile.column * TILE, y + tile.row * TILE];
      if (!overlaps({ left, top, right: left + TILE, bottom: top + TILE }, seen)) continue;
      drawn.add(tile);
      const picture = sheet.pictureOf(tile, scene.scale!, scene.ramp, performance.now() < until);
      if (!picture) {
        this.request();
        continue;
      }
      // On whole device pixels, or there would be seams between tiles.
      const [startX, startY] = [Math.round(left * pixels) / pixels, Math.round(top * pixels) / pixels];
      const [endX, endY] = [Math.round((left + TILE) * pixels) / pixels, Math.round((top + TILE) * pixels) / pixels];
      context!.drawImage(picture, startX, startY, endX - startX, endY - startY);
    }
    sheet.keepOnly(drawn);
  }

  private drawWash(wash: HTMLCanvasElement, height: number): void {
    const [, y] = originOf(PAGE);
    this.context!.drawImage(wash, 0, y, innerWidth, height);
  }

  private drawBox({ level, outlineOnly }: ColouredBox, { left, top, right, bottom }: Rect, ramp: Uint32Array): void {
    const context = this.context!;
    context.fillStyle = cssColour(ramp, level, outlineOnly ? 0 : 0.34);
    context.fillRect(left, top, right - left, bottom - top);
    context.strokeStyle = cssColour(ramp, level, 0.95);
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, top + 0.75, right - left - 1.5, bottom - top - 1.5);
  }

  private drawOutline({ left, top, right, bottom }: Rect): void {
    const context = this.context!;
    context.strokeStyle = this.accent;
    context.globalAlpha = 0.55;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.strokeRect(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** Draws the tags at the right upper corners of their boxes, the hottest first; one that would cover another is left out. */
  private drawTags(tags: (ColouredBox & { rect: Rect })[], ramp: Uint32Array): void {
    const context = this.context!;
    const taken: Rect[] = [];
    for (const { rect, level, tag } of tags.sort((a, b) => b.level - a.level)) {
      const width = Math.ceil(context.measureText(tag).width) + 12;
      // Beside a small box and on the corner of a large one: what the box says stays readable.
      const left = Math.max(Math.min(rect.right - 9, innerWidth - width - 2), 2);
      const top = Math.max(rect.top - TAG_HEIGHT / 2, rect.bottom > 0 ? 2 : -TAG_HEIGHT);
      const plate = { left, top, right: left + width, bottom: top + TAG_HEIGHT };
      if (taken.some((other) => overlaps(other, plate))) continue;
      taken.push(plate);
      this.pill(plate, cssColour(ramp, level, 1));
      context.fillStyle = isLight(ramp, level) ? '#1c1a17' : '#fff';
      context.fillText(tag, left + 6, top + TAG_HEIGHT / 2 + 0.5);
    }
  }

  private drawMark({ y, label, strong }: Mark, scrolled: number): void {
    const context = this.context!;
    const at = Math.round(y + scrolled);
    if (at < -TAG_HEIGHT || at > innerHeight + TAG_HEIGHT) return;
    context.strokeStyle = strong ? '#1c1a17' : 'rgb(28 26 23 / 0.7)';
    context.lineWidth = 2;
    context.setLineDash([9, 7]);
    context.beginPath();
    context.moveTo(0, at);
    context.lineTo(innerWidth, at);
    context.stroke();
    context.setLineDash([]);
    const plate = { left: 12, top: at - 11, right: 32 + Math.ceil(context.measureText(label).width), bottom: at + 11 };
    this.pill(plate, strong ? '#1c1a17' : '#4a453e');
    context.fillStyle = '#fff';
    context.fillText(label, plate.left + 10, at + 0.5);
  }

  /** Draws a plate with round ends and a rim that stands out from any page. */
  private pill({ left, top, right, bottom }: Rect, colour: string): void {
    const context = this.context!;
    context.beginPath();
    context.roundRect(left, top, right - left, bottom - top, (bottom - top) / 2);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = 'rgb(255 255 255 / 0.85)';
    context.lineWidth = 1;
    context.stroke();
  }
}

const rectAt = ({ left, top, width, height }: Placed, x: number, y: number): Rect => ({
  left: left + x,
  top: top + y,
  right: left + x + width,
  bottom: top + y + height,
});

/** Takes away the tags of boxes that have just been covered. */
const drop = (tags: { rect: Rect }[], cover: Rect): void => {
  for (let at = tags.length - 1; at >= 0; at--) {
    const { rect } = tags[at]!;
    if (rect.right > cover.left && rect.right < cover.right && rect.top >= cover.top - 1 && rect.top < cover.bottom) tags.splice(at, 1);
  }
};

/** Returns the carriers of all that is drawn, those which carry them, and what only covers. */
const carriersOf = ({ sheets, boxes, outlines, covers }: Scene): Set<Carrier> => {
  const carriers = new Set<Carrier>();
  const add = (carrier: Carrier | undefined): void => {
    for (; carrier && !carriers.has(carrier); carrier = carrier.outer) carriers.add(carrier);
  };
  for (const { carrier } of sheets) add(carrier);
  for (const { placed } of boxes) add(placed.carrier);
  for (const { carrier } of outlines) add(carrier);
  const known = new Set([...carriers].map(({ element }) => element));
  for (const element of covers) if (!known.has(element)) add({ element, floats: true });
  return carriers;
};

/** Returns what lies below first: the page, containers in it, then what floats, with what is in it. */
const inOrder = (carriers: Set<Carrier>): Carrier[] => {
  const heightOf = (carrier: Carrier): number => {
    let height = 0;
    for (let at: Carrier | undefined = carrier; at; at = at.outer) height += at.floats ? 1000 : at.element ? 1 : 0;
    return height;
  };
  return [...carriers].sort((a, b) => heightOf(a) - heightOf(b));
};

/** Returns true where an element, or what fills it, hides what is below it. */
const isOpaque = (element: Element): boolean => {
  const { width, height } = element.getBoundingClientRect();
  for (let at: Element | null = element; at; at = at.firstElementChild) {
    const box = at.getBoundingClientRect();
    if (box.width < width - 2 || box.height < height - 2) return false;
    const { backgroundColor, backgroundImage, opacity } = getComputedStyle(at);
    if (Number(opacity) < 0.5) return false;
    if (backgroundImage !== 'none' || alphaOf(backgroundColor) > 0.6) return true;
  }
  return false;
};

/** Takes a computed colour: `rgb(…)`, `rgba(…, 0.5)`, `oklch(… / 0.5)`. */
const alphaOf = (colour: string): number => {
  const alpha = /^rgba.*,|\//.test(colour) && /([\d.]+)\)$/.exec(colour);
  return alpha ? Number(alpha[1]) : 1;
};
