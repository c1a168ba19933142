// Owns printing a page whole: what was not scrolled to is fetched first.

import { PRINTED } from './when-near';

const LONGEST_MS = 8_000;
const LOOK_MS = 100;

/** The browser's keys for printing. What its menu prints has what was on the screen. */
export function printWhole(event: KeyboardEvent): void {
  if (event.key.toLowerCase() !== 'p' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  event.preventDefault();
  void print();
}

async function print(): Promise<void> {
  dispatchEvent(new Event(PRINTED));
  const last = performance.now() + LONGEST_MS;
  do await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  while (document.querySelector('[aria-busy="true"]') && performance.now() < last);
  window.print();
}
