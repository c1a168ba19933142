// Owns what the unit tests share: a page that can be set up, boxes, which jsdom does not lay out, and a server that is not there.

import { vi } from 'vitest';

/** Puts `html` into the body and returns the first element that matches `selector`. */
export const render = (html: string, selector = '#target'): Element => {
  document.body.innerHTML = html;
  return find(selector);
};

export const find = (selector: string, root: ParentNode = document): Element => {
  const element = root.querySelector(selector);
  if (!element) throw new Error(`no ${selector}`);
  return element;
};

/** Gives an element a box in the viewport. */
export const place = (element: Element, x: number, y: number, width: number, height: number): void => {
  element.getBoundingClientRect = () => new DOMRect(x, y, width, height);
};

/** Gives an element that has none of its own a box of 100 by 20 pixels. */
export const placeAll = (): void => {
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(() => new DOMRect(0, 0, 100, 20));
};

/** Makes the content of an element larger than it is, and scrolls it. */
export const overflow = (element: Element, scrollTop = 0, scrollLeft = 0): void => {
  (element as HTMLElement).style.overflow = 'auto';
  Object.defineProperties(element, {
    clientHeight: { value: 100 },
    scrollHeight: { value: 1_000 },
    scrollTop: { value: scrollTop },
    scrollLeft: { value: scrollLeft },
  });
};

/** Sets properties of an object for this test; `restorePage` puts back what was. */
export const pretend = (object: object, properties: Record<string, unknown>): void => {
  for (const [name, value] of Object.entries(properties)) {
    const before = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, { configurable: true, get: () => value });
    undo.push(() => {
      if (before) Object.defineProperty(object, name, before);
      else Reflect.deleteProperty(object, name);
    });
  }
};

const undo: (() => void)[] = [];

export const restorePage = (): void => {
  while (undo.length) undo.pop()!();
  document.body.innerHTML = '';
  history.replaceState(null, '', '/start');
  localStorage.clear();
  document.head.querySelectorAll('script').forEach((script) => script.remove());
  delete window.heatline;
};

/** A script tag as the running script sees it. */
export const runFromTag = (attributes: Record<string, string>, src = 'https://stats.example/js/heatline.js'): void => {
  const script = document.createElement('script');
  Object.assign(script.dataset, attributes);
  Object.defineProperty(script, 'src', { value: src });
  pretend(document, { currentScript: script });
};

export interface Sent {
  url: string;
  way: 'fetch' | 'beacon';
  body: any;
  text: string;
  /** Milliseconds since the time origin. */
  at: number;
}

/** What a request by `fetch` comes to. */
export type Answer = 'offline' | { status: number; retryAfter?: string };

/** Records what is sent instead of sending it; `reply` is the body of each answer, and `answer` names those that are not 202. */
export const recordSending = (reply: unknown = {}, answer: () => Answer | undefined = () => undefined): Sent[] => {
  const sent: Sent[] = [];
  const note = (way: Sent['way'], url: unknown, text: string): void => {
    sent.push({ way, url: String(url), text, body: JSON.parse(text), at: performance.now() });
  };
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: unknown, options: { body: string }) => {
      note('fetch', url, options.body);
      const answered = answer() ?? { status: 202 };
      if (answered === 'offline') throw new TypeError('Failed to fetch');
      const { status, retryAfter } = answered;
      return { status, headers: new Headers(retryAfter ? { 'Retry-After': retryAfter } : {}), json: async () => reply };
    }),
  );
  pretend(navigator, {
    sendBeacon: (url: unknown, text: string) => {
      note('beacon', url, text);
      return true;
    },
  });
  return sent;
};

/** Lets the page be as large as a real one, in view and focused. */
export const showPage = ({ hidden = false, focused = true, height = 5_000, scrolled = 0 } = {}): void => {
  pretend(document, { hidden });
  vi.spyOn(document, 'hasFocus').mockReturnValue(focused);
  pretend(document.documentElement, { scrollWidth: 1_024, scrollHeight: height });
  pretend(window, { scrollX: 0, scrollY: scrolled, outerWidth: 1_000, outerHeight: 800 });
};
