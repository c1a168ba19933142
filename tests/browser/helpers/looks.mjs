// Owns what any page of ours must be on any screen: whole, and usable by everybody.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { source: AXE } = createRequire(import.meta.url)('axe-core');

/** Asserts that nothing sticks out to the side. */
export async function requireNoOverflow(page, where) {
  const { scrollWidth, innerWidth, widest } = await page.evaluate(() => ({
    scrollWidth: document.scrollingElement.scrollWidth,
    innerWidth,
    widest: [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3)
      .map((element) => element.outerHTML.slice(0, 120)),
  }));
  assert.ok(scrollWidth <= innerWidth, `${where}: ${scrollWidth} px wide on a screen of ${innerWidth}: ${widest.join('\n')}`);
}

/** Scrolls a page down and up again as a reader does: what nobody scrolls to is not asked for. */
export async function walkDown(page) {
  await page.evaluate(async () => {
    for (let top = 0; top < document.scrollingElement.scrollHeight; top += innerHeight / 2) {
      scrollTo({ top, behavior: 'instant' });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    scrollTo({ top: 0, behavior: 'instant' });
  });
}

/** Asserts that axe-core finds nothing, by all rules but `except`. */
export async function requireAccessible(page, where, except = []) {
  assert.deepEqual(await axeFindings(page, except), [], where);
}

/** Returns what axe-core finds, by all rules but `except`. */
export async function axeFindings(page, except = []) {
  // TRICKY: not by a script tag, which the page's policy forbids, and rightly so.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  return page.evaluate(async (names) => {
    const rules = Object.fromEntries(names.map((name) => [name, { enabled: false }]));
    const { violations } = await globalThis.axe.run(document, { preload: false, resultTypes: ['violations'], rules });
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map((node) => `${node.html} ${node.failureSummary}`) }));
  }, except);
}
