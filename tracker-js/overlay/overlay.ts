// Owns the course of things: ask the server, find the elements, place what was clicked, draw; and again when the page or the settings
// change. How each is done is in the files beside.

import { guard } from '../src/guard';
import { measurePage } from '../src/page';
import { hasClicks, isSpots, unitOf, type Answer } from './answer';
import { addressOf, ask, type Access, type Failure } from './api';
import { floatingNow } from './carrier';
import { Finder } from './finder';
import { addHost } from './host';
import { Inspector } from './inspect';
import { legendOf } from './legend';
import { carryFragment, clearFragment } from './links';
import { Words } from './messages';
import { Painter } from './painter';
import { rampOf } from './palette';
import { Panel } from './panel';
import { placeElements, placeSpots, type Placed } from './placing';
import { LEAST_FULL, Scale } from './scale';
import { drawingOf, stripOf, type Drawing } from './scene';
import { forgetSettings, loadSettings, saveSettings, type Settings } from './settings';
import { makeSheets, type Sheet } from './sheet';
import { Slices } from './slices';
import { ACCENT } from './style';
import { watchPage } from './watch';

/** Waiting for the last of many changes. */
const RESIZE_MS = 300;
const SEARCH_MS = 250;
const PLACE_MS = 80;
const SCROLL_MS = 150;
/** Looking for elements takes at most this share of the time on a page that never rests. */
const SEARCH_SHARE = 4;

/** Elements change places by less than this when nothing has moved. */
const STILL_PX = 0.25;

export class Overlay {
  private readonly words = new Words(navigator.language);
  private readonly stopped = new AbortController();
  private readonly host = addHost();
  private readonly painter = new Painter(ACCENT);
  private readonly inspector = new Inspector(this.words, this.host.element, () => this.inspect(false));
  private readonly panel = new Panel(this.words, {
    set: (change) => this.set(change),
    inspect: () => this.inspect(!this.inspector.isActive),
    close: () => this.close(),
  });
  private readonly finder = new Finder();
  private readonly searching = new Slices();
  private readonly blurring = new Slices();
  private readonly timers = new Map<string, number>();
  private settings: Settings = loadSettings();

  private asked = '';
  private asking: AbortController | undefined;
  private answer: Answer | undefined;
  private failure: Failure | undefined;
  private isLoading = false;
  private nextSearchAt = 0;
  private scrolledAt = 0;
  private pageHeight = 0;
  /** Every element that was found, the hidden ones too, and those that have a place. */
  private placed: Map<string, Placed> = new Map();
  private isPlaced = false;
  private covers: Element[] = [];
  private sheets: Sheet[] = [];
  private scale: Scale | undefined;
  private drawing: Drawing | undefined;
  private observeRoot: (root: Node) => void = () => {};

  constructor(private readonly access: Access) {}

  start(): void {
    const { host, panel, painter, inspector, stopped } = this;
    painter.canvas.className = 'map';
    host.root.append(painter.canvas, inspector.outline, inspector.tip, panel.element);
    this.observeRoot = watchPage(
      {
        elements: () => this.soon('search', SEARCH_MS, () => this.search()),
        places: () => this.soon('place', PLACE_MS, () => this.place()),
        view: () => {
          this.scrolledAt = performance.now();
          painter.request();
          inspector.follow();
        },
        size: () => {
          painter.request();
          panel.keepInside(this.settings);
          this.soon('place', PLACE_MS, () => this.place());
          this.soon('ask', RESIZE_MS, () => this.ask());
        },
        route: () => {
          this.forget();
          this.settings = { ...this.settings, state: 'any' };
          this.ask();
        },
        layers: () => {
          host.raise();
          this.soon('place', PLACE_MS, () => this.place());
        },
      },
      host.element,
      stopped.signal,
    );
    carryFragment(this.access.token, stopped.signal);
    this.show();
    panel.keepInside(this.settings);
    this.ask();
  }

  /** Leaves the page as it was before. */
  private close(): void {
    this.stopped.abort();
    this.asking?.abort();
    this.searching.stop();
    this.blurring.stop();
    this.painter.stop();
    this.inspector.stop();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.host.remove();
    forgetSettings();
    clearFragment();
  }

  /** Runs something once, however often it is asked for in the meantime. */
  private soon(name: string, delayMs: number, run: () => void): void {
    if (this.timers.has(name)) return;
    const start = guard((): void => {
      this.timers.delete(name);
      run();
    });
    this.timers.set(name, setTimeout(start, delayMs));
  }

  private set(change: Partial<Settings>): void {
    const before = this.settings;
    this.settings = { ...before, ...change };
    saveSettings(this.settings);
    if (change.at) return;
    if (change.palette && change.palette !== before.palette) for (const sheet of this.sheets) sheet.forgetPictures();
    this.show();
    if (change.collapsed !== undefined) this.panel.keepInside(this.settings);
    this.ask();
  }

  private inspect(isOn: boolean): void {
    const frames = [...this.finder.roots].map((root) => (root as Document).defaultView);
    if (isOn) this.inspector.start(frames.filter((frame) => !!frame));
    else this.inspector.stop();
    this.show();
  }

  /** Another page. */
  private forget(): void {
    this.answer = undefined;
    this.failure = undefined;
    this.finder.want(new Map());
    this.placed = new Map();
    this.isPlaced = false;
    this.sheets = [];
    this.scale = undefined;
    this.drawing = undefined;
  }

  /** Asks the server, unless what would be asked is what was asked last. */
  private ask(): void {
    const address = addressOf(this.access, this.settings, location.pathname, innerWidth);
    if (address === this.asked) return;
    this.asked = address;
    void this.load(address);
  }

  private async load(address: string): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    this.isLoading = true;
    this.show();
    const result = await ask(address, asking.signal);
    if (!result || asking.signal.aborted || this.stopped.signal.aborted) return;
    guard(() => {
      this.isLoading = false;
      if ('failure' in result) this.fail(result.failure, address);
      else this.take(result.answer);
    })();
  }

  private fail(failure: Failure, address: string): void {
    this.forget();
    this.failure = failure;
    this.show();
    if (failure.reason !== 'busy') return;
    this.soon('retry', failure.retryAfterMs, () => {
      if (this.asked === address) void this.load(address);
    });
  }

  private take(answer: Answer): void {
    this.failure = undefined;
    this.answer = answer;
    this.isPlaced = false;
    const wanted = [...answer.elements, ...(answer.landmarks ?? [])].map(({ element, tag }) => [element, tag] as const);
    this.finder.want(new Map(wanted));
    this.nextSearchAt = 0;
    this.show();
    this.search();
  }

  private search(): void {
    if (!this.answer) return;
    const now = performance.now();
    if (now < this.nextSearchAt) {
      this.soon('search', this.nextSearchAt - now, () => this.search());
      return;
    }
    this.searching.run(this.finder.search(), () => {
      const end = performance.now();
      this.nextSearchAt = end + SEARCH_SHARE * (end - now);
      for (const root of this.finder.roots) this.observeRoot(root);
      this.place();
    });
  }

  /** Looks where everything is now, and draws anew if that is somewhere else. */
  private place(): void {
    const { answer } = this;
    // The first search is not over.
    if (!answer || (!this.isPlaced && this.searching.isBusy)) return;
    // Elements follow a scroll by their carriers; to look at them all meanwhile would make it stutter.
    const rest = this.scrolledAt + SCROLL_MS - performance.now();
    if (this.isPlaced && rest > 0) {
      this.soon('place', rest, () => this.place());
      return;
    }
    const placed = placeElements(this.finder.found);
    const covers = floatingNow(this.host.element);
    const hasOtherCovers = covers.length !== this.covers.length || covers.some((cover, at) => cover !== this.covers[at]);
    this.covers = covers;
    const [, pageHeight] = measurePage().document_;
    if (this.isPlaced && pageHeight === this.pageHeight && isSame(placed, this.placed)) {
      if (hasOtherCovers) this.show();
      return;
    }
    this.isPlaced = true;
    this.placed = placed;
    this.pageHeight = pageHeight;
    this.inspector.know(answer, this.shownElements());
    if (!isSpots(answer.kind)) {
      this.sheets = [];
      this.scale = undefined;
      this.drawing = drawingOf(answer, placed, this.words);
      this.show();
      return;
    }
    // A second of rest counts like a click.
    const leastFull = LEAST_FULL * unitOf(answer.kind);
    const make = makeSheets(placeSpots(answer, placed), this.sheets, leastFull, (sheets, scale) => {
      // Another scale is another colour everywhere.
      const isSameScale = scale.full === this.scale?.full && scale.highest === this.scale.highest;
      if (!isSameScale) for (const sheet of sheets) sheet.forgetPictures();
      this.sheets = sheets;
      this.scale = scale;
      this.drawing = undefined;
      this.show();
    });
    this.blurring.run(make, () => {});
  }

  private shownElements(): Map<string, Element> {
    return new Map([...this.placed].map(([key, { element }]) => [key, element]));
  }

  /** Shows the state of things, on the canvas and in the panel. */
  private show(): void {
    const { answer, settings, drawing, scale, words } = this;
    const ramp = rampOf(settings.palette, answer && isSpots(answer.kind) ? 'density' : 'wash');
    const isShown = answer && (scale || drawing);
    const wash = drawing && stripOf(drawing.levels, ramp);
    this.painter.canvas.style.opacity = String(settings.opacity / 100);
    this.painter.show(
      isShown && {
        ramp,
        sheets: this.sheets,
        ...(scale && { scale }),
        ...(wash && { wash }),
        pageHeight: this.pageHeight,
        boxes: drawing?.boxes ?? [],
        marks: drawing?.marks ?? [],
        outlines: this.inspector.isActive ? [...this.placed.values()].filter(({ element }) => element !== document.body) : [],
        covers: this.covers,
      },
    );
    const keys = answer && hasClicks(answer.kind) && this.isPlaced ? answer.elements.map(({ element }) => element) : [];
    this.panel.update(settings, {
      path: location.pathname,
      busy: this.isLoading ? 'loading' : answer && !isShown ? 'placing' : undefined,
      answer,
      failure: this.failure,
      legend: isShown ? legendOf(answer, scale, drawing?.full ?? 0, words) : undefined,
      ramp,
      heldBack: scale?.heldBack ?? drawing?.heldBack ?? false,
      gone: [...keys.filter((key) => !this.finder.found.has(key)), ...(keys.length ? (answer?.gone ?? []).map(({ element }) => element) : [])],
      hidden: keys.filter((key) => this.finder.found.has(key) && !this.placed.has(key)),
      inspecting: this.inspector.isActive,
      serverHost: new URL(this.access.base).host,
    });
  }
}

/** Returns true where the same elements are at the same places. */
const isSame = (a: ReadonlyMap<string, Placed>, b: ReadonlyMap<string, Placed>): boolean =>
  a.size === b.size &&
  [...a].every(([key, one]) => {
    const other = b.get(key);
    return (
      other?.element === one.element &&
      other.carrier.element === one.carrier.element &&
      (['left', 'top', 'width', 'height'] as const).every((side) => Math.abs(one[side] - other[side]) < STILL_PX)
    );
  });
