// Owns the browser's history and the current address as reactive state. The address is the state of a page.

import { changeQuery, parseRoute, type Route } from './router';
import { isSharedPath } from './share';

class Navigation {
  #url = $state.raw(new URL(location.href));
  readonly route: Route = $derived(parseRoute(this.#url.pathname));

  constructor() {
    addEventListener('popstate', () => (this.#url = new URL(location.href)));
    document.addEventListener('click', (event) => this.#follow(event));
  }

  get pathname(): string {
    return this.#url.pathname;
  }

  get search(): string {
    return this.#url.search;
  }

  get here(): string {
    return this.#url.pathname + this.#url.search;
  }

  param(name: string): string | null {
    return this.#url.searchParams.get(name);
  }

  params(name: string): string[] {
    return this.#url.searchParams.getAll(name);
  }

  go(href: string, { replace = false } = {}): void {
    const url = new URL(href, location.href);
    const otherPage = url.pathname !== this.#url.pathname;
    if (replace) history.replaceState(null, '', url);
    else if (url.href !== location.href) history.pushState(null, '', url);
    this.#url = url;
    if (otherPage) scrollTo(0, 0);
  }

  /** Changes some parameters of the address and stays on the page. */
  set(changes: Record<string, string | readonly string[] | undefined>, options: { replace?: boolean } = {}): void {
    this.go(this.#url.pathname + changeQuery(this.#url.search, changes) + this.#url.hash, options);
  }

  /** Makes plain clicks on plain links of ours stay in the document. */
  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (parseRoute(link.pathname).page === 'unknown') return;
    // The fragment of a shared link opens it; any other is a place on a page.
    if (link.hash !== '' && link.hash !== location.hash) return;
    // A shared dashboard and one's own are not the same document: each has its own right to ask.
    if (isSharedPath(link.pathname) !== isSharedPath(location.pathname)) return;
    event.preventDefault();
    this.go(link.href);
  }
}

export const navigation = new Navigation();
