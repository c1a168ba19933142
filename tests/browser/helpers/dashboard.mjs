// Owns how tests use the dashboard: as a person with eyes and a keyboard does, by labels and roles.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { source: AXE } = createRequire(import.meta.url)('axe-core');

const PASSWORDS = { right: 'still water runs deep', wrong: 'still water runs dry' };

export const OWNER = { email: 'owner@example.org', ...PASSWORDS };

/** Fills the form of the sign-in and of the set-up page and sends it. */
export async function giveAccount(page, email, password, button) {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: button }).click();
}

/** Waits until a picture is there and returns its size in pixels. */
export async function pictureSize(locator) {
  return locator.evaluate(async (image) => {
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  });
}

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

/** Asserts that axe-core finds nothing. */
export async function requireAccessible(page, where) {
  // TRICKY: not by a script tag, which the page's policy forbids, and rightly so.
  await page.evaluate(AXE);
  const findings = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { preload: false, resultTypes: ['violations'] });
    return violations.map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.map((node) => `${node.html} ${node.failureSummary}`) }));
  });
  assert.deepEqual(findings, [], where);
}
