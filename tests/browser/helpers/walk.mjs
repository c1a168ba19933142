// Owns a visitor's walk through demo pages: where they click, and where on the page that is. What is written down here is the
// truth that heat maps are held against; it is measured in the browser and knows nothing of the tracker.

import assert from 'node:assert/strict';

import { holdsEvent } from './beacons.mjs';

const BEACON_MS = 10_000;

/**
 * One place that was clicked: `x`, `y` in pixels of the page as it stands unscrolled, `box` that of the element,
 * `clicks` how often. What lies in a dialog has its place on the screen.
 */
export class Spot {
  clicks = 0;

  constructor(name, { x, y, box, anchor }) {
    Object.assign(this, { name, x, y, box, anchor });
  }
}

/** What visitors of one width did: spots and views by path, heights of the pages. */
export class Truth {
  spots = {};
  views = {};
  heights = {};

  view(path) {
    this.views[path] = (this.views[path] ?? 0) + 1;
  }

  click(path, name, place) {
    const spots = (this.spots[path] ??= new Map());
    if (!spots.has(name)) spots.set(name, new Spot(name, place));
    const spot = spots.get(name);
    assert.ok(distance(spot, place) < 1, `${name} on ${path} is at one place for all visitors`);
    spot.clicks += 1;
  }

  spotsOf(path) {
    return [...(this.spots[path]?.values() ?? [])];
  }

  clicksOf(path) {
    return this.spotsOf(path).reduce((sum, spot) => sum + spot.clicks, 0);
  }

  get clicks() {
    return Object.keys(this.spots).reduce((sum, path) => sum + this.clicksOf(path), 0);
  }
}

export const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);

export class Walk {
  #page;
  #origin;
  #truth;
  #touches;
  #path;
  #layoutSent;

  /** `touches` tells a visitor who has fingers and no mouse. */
  constructor(page, origin, truth, { touches = false } = {}) {
    this.#page = page;
    this.#origin = origin;
    this.#truth = truth;
    this.#touches = touches;
  }

  /** Opens a page and remembers where everything stands on it. */
  async open(path) {
    const opened = this.#viewCounted();
    this.#layoutSent = this.#page.waitForRequest((request) => holdsEvent(request, 'layout', { complete: true }), { timeout: BEACON_MS });
    // Awaited at the end; meanwhile a failure of something else must not make this one an unhandled rejection.
    this.#layoutSent.catch(() => {});
    await this.#page.goto(this.#origin + path, { waitUntil: 'load' });
    await opened;
    this.#path = path;
    this.#truth.view(path);
    this.#truth.heights[path] = await this.#page.evaluate(rememberHomes);
  }

  /** Clicks on an element, at a share of its box, `times` times. */
  async click(selector, share = [0.5, 0.5], times = 1) {
    for (let time = 0; time < times; time++) {
      const place = await this.#page.evaluate(locate, { selector, share });
      assert.ok(place.onTop, `${selector} can be hit at ${place.press} on ${this.#path}, but ${place.hit} is there`);
      await this.#press(...place.press);
      this.#truth.click(this.#path, `${selector} ${share}`, place);
    }
  }

  /** Clicks on a link that leads to another page. */
  async follow(selector, share, path) {
    await this.#layoutSent;
    const opened = this.#viewCounted();
    await this.click(selector, share);
    await opened;
    assert.equal(decodeURI(new URL(this.#page.url()).pathname), path);
    this.#path = path;
    this.#truth.view(path);
  }

  /** Scrolls the panel until the top of an element in it is `down` pixels below the panel's. */
  async scrollPanel(selector, down) {
    await this.#page.locator(selector).evaluate((element, wanted) => {
      const panel = element.closest('.calendar-panel');
      const now = element.getBoundingClientRect().y - panel.getBoundingClientRect().y;
      panel.scrollBy({ top: now - wanted, behavior: 'instant' });
    }, down);
  }

  /** Waits until the page has told its layout, which the server asks every early view for. */
  async layoutSent() {
    await this.#layoutSent;
  }

  async #viewCounted() {
    const isAnswer = (response) => holdsEvent(response.request(), 'pageview');
    const response = await this.#page.waitForResponse(isAnswer, { timeout: BEACON_MS });
    assert.equal(response.status(), 202);
  }

  async #press(x, y) {
    if (this.#touches) await this.#page.touchscreen.tap(x, y);
    else await this.#page.mouse.click(x, y);
  }
}

/** Runs in the page, unscrolled: keeps the box of every element; returns the height of the page. */
function rememberHomes() {
  if (scrollX || scrollY) throw new Error('a page opens at its top');
  globalThis.homes = new Map([...document.querySelectorAll('*')].map((element) => [element, element.getBoundingClientRect()]));
  return document.documentElement.scrollHeight;
}

/** Runs in the page: brings an element on screen and says where to press, and where that is on the unscrolled page. */
function locate({ selector, share }) {
  const element = document.querySelector(selector);
  const panel = element.closest('.calendar-panel');
  const isOnScreen = ({ top, bottom }) => top >= 0 && bottom <= innerHeight;
  if (!isOnScreen((panel ?? element).getBoundingClientRect())) {
    (panel ?? element).scrollIntoView({ block: 'center', behavior: 'instant' });
  }
  const box = element.getBoundingClientRect();
  // Whole pixels, as a mouse has them.
  const x = Math.round(box.x + share[0] * box.width);
  const y = Math.round(box.y + share[1] * box.height);
  const hit = document.elementFromPoint(x, y);
  const on = { press: [x, y], onTop: element === hit || element.contains(hit), hit: hit?.outerHTML.slice(0, 80) };

  const home = globalThis.homes.get(element);
  const plain = ({ x, y, width, height }) => ({ x, y, width, height });
  // A closed dialog has no box; opened, its place is that on the screen.
  if (!home.width) return { ...on, x, y, box: plain(box), anchor: selector };
  if (panel) {
    const port = panel.getBoundingClientRect();
    const unscrolled = y + panel.scrollTop;
    // What would be out of sight in the unscrolled panel is seen where it was clicked.
    if (unscrolled > port.bottom || unscrolled < port.top) {
      const base = globalThis.homes.get(panel);
      return { ...on, x: base.x + x - port.x, y: base.y + y - port.y, box: plain(base), anchor: '.calendar-panel' };
    }
  }
  return { ...on, x: home.x + x - box.x, y: home.y + y - box.y, box: plain(home), anchor: selector };
}
