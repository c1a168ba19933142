// Owns the measures of the page as a whole, in words, for the overlay; the core takes them in short (view.ts). It does not look at elements.

export type Pair = readonly [number, number];

export interface Page {
  /** Width and height of the window's content, in CSS pixels. */
  viewport_: Pair;
  /** Width and height of the whole page. */
  document_: Pair;
  /** How far the page is scrolled. */
  scroll_: Pair;
}

/**
 * Measures the page.
 *
 * TRICKY: with `html, body { height: 100%; overflow: auto }` it is the body that scrolls, not the window. In quirks mode the body
 * speaks for the page.
 */
export const measurePage = (): Page => {
  const { body, documentElement } = document;
  return {
    viewport_: [innerWidth, innerHeight],
    document_: [
      Math.max(documentElement.scrollWidth, body.scrollWidth),
      Math.max(documentElement.scrollHeight, body.scrollHeight),
    ],
    scroll_: [scrollX || body.scrollLeft, scrollY || body.scrollTop],
  };
};
