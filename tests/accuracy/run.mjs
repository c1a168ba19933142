// Owns the course of the test on one page: measure, visit, ask, judge; then the banner, later visits, and ask and judge again.

import { failure } from '../browser/helpers/failure.mjs';
import { DEMO_SITE } from '../browser/helpers/service.mjs';
import { until } from '../browser/helpers/until.mjs';
import { cellsOf, mapOf } from './drawn.mjs';
import { Verdict, insideCells, judgeOthers } from './score.mjs';
import { startSite } from './site.mjs';
import { Walk } from './visits.mjs';

const STORED_MS = 60_000;
/** Flag of clicks that were told before, and are told again for what became of them. */
const TOLD_AGAIN = 128;
/** Visitors of each width that see the banner: as many as the service asks for the layout of a page that has changed. */
const LATER_LOOKERS = 6;

/** One page: visited, then judged by its clicks. */
export class PageRun {
  /** Elements with clicks that are drawn outside of them. */
  misses = [];
  /** Elements that are not shown at a width and yet drawn. */
  misplaced = [];
  truths = new Map();

  static async start({ browser, service, page, widths, seed, firstVisit }) {
    const run = new PageRun();
    Object.assign(run, { service, page, widths });
    run.site = await startSite(page, service);
    run.walk = new Walk({ browser, page, site: run.site, seed, firstVisit });
    return run;
  }

  stop() {
    this.site.stop();
  }

  /** Visitors come at all widths and click, `clicks` times in all. */
  async visit({ clicks, elements }) {
    for (const width of this.widths) this.truths.set(width, await this.walk.measure(width));
    for (const width of this.widths) await this.walk.look(width);
    const chosen = this.walk.choose(this.truths, elements);
    const visits = new Map();
    for (const width of this.widths) await this.walk.click(width, chosen, this.truths.get(width), Math.round(clicks / this.widths.length), visits);
    this.elements = chosen;
    await this.#stored();
  }

  /** The page has a banner now, and visitors who see it. */
  async addBanner() {
    this.site.addBanner();
    for (const width of this.widths) this.truths.set(width, await this.walk.measure(width));
    for (const width of this.widths) await this.walk.look(width, LATER_LOOKERS);
  }

  /** Returns the verdict at each width; with `own` only clicks of that width count. */
  async judge({ phase, own = false }) {
    const verdicts = [];
    for (const width of this.widths) {
      const clicks = this.walk.clicks.filter((click) => !own || click.viewport[0] === width);
      const verdict = new Verdict(width);
      for (const { number } of this.elements) {
        const made = clicks.filter((click) => click.number === number);
        if (made.length) await this.#judgeElement(verdict, { number, made: made.length, phase, own });
      }
      judgeOthers(verdict, clicks, this.truths.get(width));
      verdicts.push(verdict);
    }
    return verdicts;
  }

  async #judgeElement(verdict, { number, made, phase, own }) {
    const { width } = verdict;
    const element = this.truths.get(width).get(number);
    const answer = await cellsOf(this.service.api, DEMO_SITE, this.page.path, { number, width, only: own ? width : undefined });
    if (!element?.box) {
      verdict.ours.hidden += made;
      // A click on what is not shown must not be drawn at all: it would be heat on something else.
      if (answer.cells.length) this.misplaced.push({ ...this.#told(answer, number), phase, width, name: this.#nameOf(number), clicks: made });
      return;
    }
    const inside = insideCells(answer.cells, element, made);
    verdict.add('ours', element.kind, inside, made);
    if (inside < made) this.misses.push({ ...this.#told(answer, number), phase, width, element, clicks: made, inside });
  }

  #nameOf(number) {
    return this.elements.find((element) => element.number === number).name;
  }

  /** Returns the visits of which fewer clicks were sent than made. */
  #lost() {
    const made = new Map();
    for (const { visit } of this.walk.clicks) made.set(visit, (made.get(visit) ?? 0) + 1);
    const sent = (visit) => this.site.sent.filter((event) => event.type === 'click' && event.visit === visit && !(event.flags & TOLD_AGAIN)).length;
    const lost = [...made].filter(([visit, count]) => sent(visit) < count);
    return `sent was less in visits ${lost.map(([visit, count]) => `${visit}: ${sent(visit)} of ${count}`)}`;
  }

  /** What the service told, for those who look for the cause. */
  #told({ cells, elements, unanchored, gone, fold }, number) {
    return { page: this.page.name, cells, listed: elements, unanchored, gone, fold, sent: this.#sent(number) };
  }

  /** What the tracker sent of the clicks on an element: for those who look for the cause of a miss. */
  #sent(number) {
    const clicks = this.site.sent.filter(({ type, content }) => type === 'click' && content === `e${number}`);
    return clicks.map(({ element, fraction, flags, viewport, state }) => ({ element, fraction, flags, viewport, state }));
  }

  async #stored() {
    const { clicks } = this.walk;
    await until(`${clicks.length} clicks on ${this.page.path} are stored`, STORED_MS, async () => {
      const map = await mapOf(this.service.api, DEMO_SITE, this.page.path, this.widths[0]);
      if (map.clicks < clicks.length) throw failure(`${map.clicks} are there; ${this.#lost()}`);
      return true;
    });
  }
}
