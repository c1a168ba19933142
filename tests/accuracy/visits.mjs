// Owns the visitors: which elements they click at which widths, and how they do it in real Chromium. What they hit is the truth.

import { visitor } from '../browser/helpers/browser.mjs';
import { failure } from '../browser/helpers/failure.mjs';
import { until } from '../browser/helpers/until.mjs';
import { chanceOf, shuffled } from './chance.mjs';
import { prepare } from './in-page.mjs';

/** Heights of the windows of each width: the first is that of three visitors of five. */
const HEIGHTS = { 360: [740, 640, 800], 768: [1024, 954, 880], 1024: [768, 690, 1366], 1440: [900, 789, 820], 1920: [1080, 969, 937] };
/** Visitors that only look, so that layouts are known. */
const LOOKERS = 3;
const PATIENCE_MS = 120_000;
const LAYOUT_MS = 20_000;
const CLICKS_A_VISIT = 4;
/** How long people look at a dialog before they click in it again. */
const DIALOG_MS = 1_200;
/** Smaller than that nobody hits it. */
const SMALLEST_PX = 6;

export const typical = (width) => [width, HEIGHTS[width][0]];

/** A page of the test and all that happens on it. */
export class Walk {
  /** Clicks as they were: number of the true element, raw position, viewport. */
  clicks = [];
  /** Presses that hit something else than was aimed at. */
  strays = 0;
  /** Layouts that were asked for and did not come. */
  untold = [];
  #visit;
  #chance;
  /** By which the elements of each number are the same at all widths. */
  #marks = {};

  constructor({ browser, page, site, seed, firstVisit }) {
    Object.assign(this, { browser, page, site });
    this.#chance = chanceOf(seed);
    this.#visit = firstVisit;
  }

  /** Returns what each known element is like at a width: `Map` from number. Nobody visits. */
  async measure(width) {
    const { context, tab } = await this.#open(typical(width));
    const open = () => tab.goto(`${this.site.origin}${this.page.path}?measure`, { waitUntil: 'load' });
    await open();
    await settle(tab);
    const found = await tab.evaluate(() => globalThis.accuracy.measure());
    for (const dialog of this.page.dialogs) {
      await open();
      await openDialog(tab, dialog);
      found.push(...(await tab.evaluate((root) => globalThis.accuracy.measure(root), dialog.root)).map((one) => ({ ...one, opener: dialog })));
    }
    // What is in a dialog is told again, and better, when the dialog is open.
    const measured = new Map(found.map((one) => [one.number, one]));
    if (this.page.dialogs.length) await open();
    for (const one of measured.values()) {
      if (one.kind === 'sticky') one.held = await tab.evaluate((number) => globalThis.accuracy.held(number), one.number);
    }
    await context.close();
    for (const one of measured.values()) {
      if ((this.#marks[one.number] ??= one.mark) !== one.mark) throw failure(`${this.page.name}: element ${one.number} is ${one.mark} now`);
    }
    return measured;
  }

  /** Returns a picture of the whole page at a width. */
  async photograph(width) {
    const { context, tab } = await this.#open(typical(width));
    await tab.goto(`${this.site.origin}${this.page.path}?measure`, { waitUntil: 'load' });
    await settle(tab);
    const bytes = await tab.screenshot({ fullPage: true });
    await context.close();
    return bytes;
  }

  /** Visitors look at the page and leave its layout where the service asks for it; every third has scrolled by then. */
  async look(width, count = LOOKERS) {
    await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const { context, tab } = await this.#open(typical(width));
        const visit = await this.#enter(tab, 'look');
        if (at % 3 === 1) await tab.mouse.wheel(0, 900);
        await this.#layoutTold(visit);
        await context.close();
      }),
    );
  }

  /**
   * Returns the elements that are clicked, `most` of them. All that is fixed, sticky, inner or in dialogs may be up to a third; of the
   * rest two of three are pressed and not read.
   */
  choose(truths, most) {
    const all = new Map();
    for (const truth of truths.values()) {
      for (const one of truth.values()) {
        if (one.leaf && isLarge(one.box) && !all.has(one.number)) all.set(one.number, one);
      }
    }
    const groups = { fixed: [], sticky: [], inner: [], dialog: [], pressed: [], read: [] };
    const groupOf = ({ kind, pressed }) => (kind !== 'plain' ? kind : pressed ? 'pressed' : 'read');
    for (const one of shuffled([...all.values()], this.#chance)) groups[groupOf(one)].push(one);
    const share = Math.ceil(most / 8);
    const chosen = ['fixed', 'sticky', 'inner', 'dialog'].flatMap((kind) => groups[kind].slice(0, share));
    const rest = most - chosen.length;
    chosen.push(...groups.read.slice(0, Math.max(Math.floor(rest / 3), rest - groups.pressed.length)));
    chosen.push(...groups.pressed.slice(0, most - chosen.length));
    return chosen;
  }

  /** Clicks `count` times at a width, four times a visit; every element is visited as often as others, where it is shown. */
  async click(width, chosen, truth, count, visits) {
    const left = shuffled(chosen, this.#chance)
      .filter(({ number }) => isLarge(truth.get(number)?.box))
      .sort((a, b) => (visits.get(a.number) ?? 0) - (visits.get(b.number) ?? 0));
    const again = new Set(left);
    let clicked = 0;
    const { context, tab } = await this.#open(typical(width));
    while (clicked < count) {
      const element = left.shift() ?? [...again][Math.floor(this.#chance() * again.size)];
      if (!element) throw failure(`${this.page.name} at ${width} px: nothing can be hit`);
      const wanted = Math.min(CLICKS_A_VISIT, count - clicked);
      const done = await this.#clickOn(tab, width, truth.get(element.number), wanted);
      clicked += done;
      if (done) visits.set(element.number, (visits.get(element.number) ?? 0) + 1);
      // Others lie over it at this width.
      else again.delete(element);
    }
    // TRICKY: with its context a page's last beacons would go, too.
    await until(`the visitors of ${this.page.name} at ${width} px have left`, PATIENCE_MS, () => this.site.hasLeft(this.#visit));
    await context.close();
  }

  async #clickOn(tab, width, element, wanted) {
    const [usual, ...others] = HEIGHTS[width];
    const height = this.#chance() < 0.6 ? usual : others[Math.floor(this.#chance() * others.length)];
    const viewport = [width, height];
    await tab.setViewportSize({ width, height });
    const visit = await this.#enter(tab, `e${element.number}`);
    await this.#trackerReady(tab);
    // People read before they click.
    await this.#layoutTold(visit);
    if (element.opener) await openDialog(tab, element.opener);
    let done = 0;
    for (; done < wanted; done++) {
      const chances = Array.from({ length: 97 }, () => this.#chance());
      const point = await tab.evaluate((given) => globalThis.accuracy.aim(...given), [element.number, element.mark, chances]);
      if (!point) break;
      await tab.mouse.click(point.x, point.y);
      // Nobody is done with a dialog in a blink. The service asks what a dialog looks like when it hears of it, half a second later.
      if (element.opener && !done) await tab.waitForTimeout(DIALOG_MS);
      // A list that a field opens would swallow the next click.
      if (element.name.startsWith('select')) await tab.keyboard.press('Escape');
    }
    const hits = await tab.evaluate(() => globalThis.accuracy.clicks);
    const what = `${this.page.name} at ${width} px: ${done} presses on ${element.name}, ${hits.length} clicks in the page`;
    if (hits.length !== done) throw failure(what);
    for (const hit of hits) {
      if (hit.number !== element.number) this.strays += 1;
      this.clicks.push({ ...hit, number: element.number, viewport, visit });
    }
    // What the tracker has not sent yet goes when the page is left.
    await tab.goto('about:blank');
    return done;
  }

  /** Waits for the part of the tracker that is loaded when the page is idle, if there is one. */
  async #trackerReady(tab) {
    if (!this.site.hasModule()) return;
    const isThere = () =>
      performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.includes('heatline-heatmap') && responseEnd > 0);
    await tab.waitForFunction(isThere, null, { polling: 20 });
    await tab.waitForTimeout(20);
  }

  /** Opens the page as another visitor and returns the number of the visit. */
  async #enter(tab, content) {
    this.#visit += 1;
    const visit = this.#visit;
    await tab.goto(`${this.site.origin}${this.page.path}?visit=${visit}&utm_content=${content}`, { waitUntil: 'load' });
    return visit;
  }

  /** Waits until the view is counted, and for its layout if the service wants it; a layout that does not come is noted. */
  async #layoutTold(visit) {
    await until(`visit ${visit} of ${this.page.name} is counted`, PATIENCE_MS, () => this.site.wasAsked(visit) !== undefined);
    if (!this.site.wasAsked(visit)) return;
    const told = until(`visit ${visit} of ${this.page.name} tells the layout`, LAYOUT_MS, () => this.site.hasLayoutOf(visit));
    await told.catch(({ message }) => this.untold.push(message));
  }

  async #open([width, height]) {
    const context = await this.browser.newContext({ ...visitor({ width, height }), serviceWorkers: 'block' });
    // Of machines that do much else at the same time nothing is learnt by giving up early.
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(prepare);
    return { context, tab: await context.newPage() };
  }
}

const isLarge = (box) => box && box.right - box.left >= SMALLEST_PX && box.bottom - box.top >= SMALLEST_PX;

/** Opens a dialog by a click of a script, and waits until it stands still. */
async function openDialog(tab, { opener, root }) {
  await tab.evaluate((selector) => document.querySelector(selector).click(), opener);
  await tab.locator(root).waitFor({ state: 'visible' });
  await settle(tab);
}

/** Waits until nothing is animated any more. */
async function settle(tab) {
  await tab.evaluate(async () => {
    const isPassing = ({ effect, playState }) => playState === 'running' && effect.getComputedTiming().endTime < 5_000;
    const passing = () => document.getAnimations().filter(isPassing);
    for (let turn = 0; turn < 20 && passing().length; turn++) {
      const ended = Promise.allSettled(passing().map(({ finished }) => finished));
      await Promise.race([ended, new Promise((done) => setTimeout(done, 500))]);
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}
