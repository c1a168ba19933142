// Owns what is drawn for an answer: colours, boxes, bands and lines. It does not draw, and knows nothing of time.

import { anchorKind, Kind } from '../src/anchor';
import { measurePage } from '../src/page';
import type { Answer, HeatElement } from './answer';
import type { Words } from './messages';
import type { ColouredBox, Mark } from './painter';
import type { Placed } from './placing';
import { LEAST_FULL } from './scale';

/** What the kinds without spots are drawn as. */
export interface Drawing {
  boxes: ColouredBox[];
  marks: Mark[];
  /** Levels from 0 to 1 over the height of the page. */
  levels: number[];
  /** What the hottest colour stands for. */
  full: number;
  heldBack: boolean;
}

const NOTHING: Drawing = { boxes: [], marks: [], levels: [], full: 0, heldBack: false };

/** Shares of the views at which a scroll map has a line. */
const QUARTILES = [0.75, 0.5, 0.25];

/** Returns what is drawn for elements, scrolling and attention. */
export const drawingOf = (answer: Answer, placed: ReadonlyMap<string, Placed>, words: Words): Drawing => {
  switch (answer.kind) {
    case 'element':
      return drawElements(answer, placed, words);
    case 'scroll':
      return drawScroll(answer, words);
    case 'attention':
      return drawAttention(answer, placed, words);
    default:
      return NOTHING;
  }
};

/** Views that must have had an element on screen before its rate has its colour. */
export const LEAST_EXPOSED = 20;
/** Lowest rate that may have the full colour: on a page that nobody clicks nothing is hot. */
const LEAST_FULL_RATE = 0.05;
/** Level of elements that too few views had on screen. */
const PALE = 40;
/** Largest share of the page that an element may cover and still be shown: what is larger is the page itself. */
const MOST_OF_PAGE = 0.12;

/** The colour tells the click rate, by its square root, like the density of clicks (the server's `heatmap::picture::rates`). */
const drawElements = ({ elements }: Answer, placed: ReadonlyMap<string, Placed>, words: Words): Drawing => {
  const [pageWidth, pageHeight] = measurePage().document_;
  const isPart = ({ element, width, height }: Placed): boolean =>
    element !== document.body &&
    (width * height <= pageWidth * pageHeight * MOST_OF_PAGE || !!(anchorKind(element) & Kind.Interactive));
  const isKnown = ({ exposed }: HeatElement): boolean => (exposed ?? 0) >= LEAST_EXPOSED;
  const full = Math.max(...elements.filter(isKnown).map(({ click_rate }) => click_rate ?? 0), LEAST_FULL_RATE);
  const boxes: ColouredBox[] = [];
  let heldBack = false;
  for (const element of elements) {
    const { click_rate, clicks, views, exposed } = element;
    const box = placed.get(element.element);
    if (!box || typeof click_rate !== 'number' || !isPart(box)) continue;
    heldBack ||= !isKnown(element);
    const values = { count: words.number(views ?? clicks), all: words.number(exposed ?? 0) };
    boxes.push(
      isKnown(element)
        ? { placed: box, level: levelOf(Math.sqrt(click_rate / full)), tag: words.share(click_rate) }
        : { placed: box, level: PALE, tag: words.text('some_of', values) },
    );
  }
  // The larger below the smaller ones that they contain.
  boxes.sort((a, b) => b.placed.width * b.placed.height - a.placed.width * a.placed.height);
  return { ...NOTHING, boxes, full: boxes.length ? full : 0, heldBack };
};

const drawScroll = ({ bands = [], height, fold, measured, views }: Answer, words: Words): Drawing => {
  const [, liveHeight] = measurePage().document_;
  const live = (y: number): number => (height ? (y * liveHeight) / height : y);
  const marks: Mark[] = [];
  for (const quartile of QUARTILES) {
    const band = bands.find(({ share = 0 }) => share < quartile);
    if (band) marks.push({ y: live(band.y0), label: words.text('reached', { share: words.share(quartile) }) });
  }
  // The fold is a matter of screens, not of the page's height.
  if (fold && fold < liveHeight) {
    marks.push({ y: fold, label: words.text('fold', { pixels: words.number(fold) }), strong: true });
  }
  const levels = bands.map(({ share = 0 }) => share);
  return { ...NOTHING, levels, marks, full: 1, heldBack: (measured ?? views) < LEAST_FULL };
};

/** Shortest mean time that may have the full colour. */
const LEAST_FULL_SECONDS = 1;

const drawAttention = ({ bands = [], landmarks = [], measured, views }: Answer, placed: ReadonlyMap<string, Placed>, words: Words): Drawing => {
  const full = Math.max(...bands.map((band) => band.seconds_per_view ?? 0), LEAST_FULL_SECONDS);
  const levels = bands.map(({ seconds_per_view = 0 }) => seconds_per_view / full);
  const most = Math.max(...landmarks.map((landmark) => landmark.seconds_per_view), LEAST_FULL_SECONDS);
  const boxes: ColouredBox[] = [];
  for (const { element, seconds_per_view } of landmarks) {
    const box = placed.get(element);
    if (!box || box.element === document.body) continue;
    boxes.push({ placed: box, level: levelOf(seconds_per_view / most), tag: `${words.number(seconds_per_view, 1)} s`, outlineOnly: true });
  }
  return { ...NOTHING, levels, boxes, full, heldBack: (measured ?? views) < LEAST_FULL };
};

const levelOf = (share: number): number => Math.round(255 * Math.min(Math.max(share, 0.02), 1));

/** Lines of the strip that bands are drawn on; the browser makes it as high as the page. */
const STRIP = 512;

/** Returns levels from 0 to 1 as a strip of colours from top to bottom, which change evenly from the middle of one to that of the next. */
export const stripOf = (levels: readonly number[], ramp: Uint32Array): HTMLCanvasElement | undefined => {
  const strip = document.createElement('canvas');
  strip.width = 1;
  strip.height = STRIP;
  const context = strip.getContext('2d');
  if (!context || !levels.length) return undefined;
  const image = context.createImageData(1, STRIP);
  const pixels = new Uint32Array(image.data.buffer);
  for (let y = 0; y < STRIP; y++) {
    const at = Math.max(((y + 0.5) / STRIP) * levels.length - 0.5, 0);
    const above = levels[Math.floor(at)] ?? 0;
    const below = levels[Math.floor(at) + 1] ?? above;
    pixels[y] = ramp[Math.round(255 * (above + (below - above) * (at % 1)))] ?? 0;
  }
  context.putImageData(image, 0, 0);
  return strip;
};
