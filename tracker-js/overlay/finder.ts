// Owns the search for the elements of an answer on the page, by the keys that the tracker gave them. It does not decide when.

import { elementKey, tagOf } from '../src/element-key';

/** Elements are looked at so many at a time, keys are made one at a time. */
const STRIDE = 64;

/** What may be meant where the tag is not known: the server tells landmarks without it. */
const LANDMARKS = 'header,nav,main,aside,footer,section,article,form,dialog,search,[role]';

export class Finder {
  readonly found = new Map<string, Element>();
  /** Open shadow roots, and documents of frames, that were seen. */
  readonly roots = new Set<ShadowRoot | Document>();
  private wanted: ReadonlyMap<string, string | undefined> = new Map();

  /** Takes what is to be found: tags by key. What is no longer wanted is forgotten. */
  want(tagsByKey: ReadonlyMap<string, string | undefined>): void {
    this.wanted = tagsByKey;
    for (const key of this.found.keys()) if (!tagsByKey.has(key)) this.found.delete(key);
  }

  /** Forgets elements that have left the page or go by another key now, then looks for all that are missing. */
  *search(): Generator<void> {
    for (const [key, element] of this.found) {
      yield;
      if (!element.isConnected || elementKey(element) !== key) this.found.delete(key);
    }
    const missing = new Set<string>();
    const tags = new Set<string | undefined>();
    for (const [key, tag] of this.wanted) {
      if (this.found.has(key)) continue;
      missing.add(key);
      tags.add(tag);
    }
    if (!missing.size) return;

    this.roots.clear();
    const pending: Node[] = [document.body];
    let looked = 0;
    for (let root = pending.pop(); root; root = pending.pop()) {
      const walker = (root.ownerDocument || (root as Document)).createTreeWalker(root, NodeFilter.SHOW_ELEMENT);
      for (let at: Node | null = root; at; at = walker.nextNode()) {
        // TRICKY: not `instanceof Element`; in a frame that is another class.
        if (at.nodeType !== Node.ELEMENT_NODE) continue;
        const node = at as Element;
        const inside = node.shadowRoot || (node as HTMLIFrameElement).contentDocument;
        if (inside) {
          this.roots.add(inside);
          pending.push(inside);
        }
        // Most elements have a tag that is not asked for; making keys is the expensive part.
        if (tags.has(tagOf(node)) || (tags.has(undefined) && node.matches(LANDMARKS))) {
          const key = elementKey(node);
          if (missing.delete(key)) this.found.set(key, node);
          if (!missing.size) return;
          yield;
        } else if (++looked % STRIDE === 0) yield;
      }
    }
  }
}
