// Owns the names of elements, version 1 (docs/tracker.md has the algorithm in words). It does not choose which elements are named.
//
// A key is a liability in each of its parts: what changes with state, build or visitor must not be in it. And no page text,
// no input values, ever.

import { utf8 } from './json';
import { hostOf } from './motion';

const enum Limit {
  Levels = 5,
  /** The server's is 200; a character that is cut through may add six. */
  Bytes = 194,
}

type Scope = Node & ParentNode;

/** Returns the tag without what a selector would have to escape (`o:p`). */
export const tagOf = ({ localName }: Element): string => localName.replace(/[^\w-]/g, '');

/**
 * Returns the name that an element has by itself, '' if there is none that is the only one of its kind. Attributes that name an element,
 * best first.
 *
 * What looks generated is no name: over 40 characters, other signs than those of a name, two digits (numbers, dates, hashes), a counter
 * (`mui-3`, `react-select-2-input`), six consonants on end, `aBcD`, React's `_r_a_`.
 */
const ownName = (element: Element, scope: Scope): string => {
  const tag = tagOf(element);
  for (const attribute of ['id', 'data-testid', 'data-test', 'data-qa', 'name']) {
    // TRICKY: not `element.id`; in a form with a field called `id` that is the field.
    const value = element.getAttribute(attribute);
    if (
      value &&
      !/.{41}|[^\p{L}\w[\]-]|\d.*\d|[-_]\d([-_]|$)|[^\W\daeiouy_]{6}|[a-z][A-Z][a-z][A-Z]|_r_/u.test(value) &&
      !scope.querySelectorAll(`[${attribute}="${value}"]`)[1]
    ) {
      return attribute == 'id' ? '#' + value : `${tag}[${attribute}=${value}]`;
    }
  }
  return tag == 'body' ? tag : '';
};

/** Returns one step of a path: the tag, and what tells the element from its siblings of that tag; the first needs nothing. */
const stepTo = (element: Element): string => {
  // Not spread: that takes twice as long, and a list may have thousands of items.
  const siblings: Element[] = [].filter.call(
    element.parentNode!.childNodes,
    (sibling: Element) => sibling.localName == element.localName,
  );
  const word = [...element.classList].find(
    (name) =>
      // It is made of words, but not of words that tell a state, and is not a hash.
      /^[a-z]{2,}([-_]+[a-z]{2,})*$/.test(name) &&
      !/.{31}|[^aeiouy_-]{5}|^(ng|is|has)[-_]|activ|open|clos|show|hid|select|current|focus|visib|load|expand|error|valid/.test(name) &&
      !siblings.some((sibling) => sibling !== element && sibling.classList.contains(name)),
  );
  const position = siblings.indexOf(element);
  return tagOf(element) + (word ? '.' + word : position ? `:nth-of-type(${position + 1})` : '');
};

/** Returns the key of an element: stable from visit to visit, and unique within the page as far as that goes. */
export const elementKey = (element: Element): string => {
  const scope = element.getRootNode() as Scope;
  let key = '';
  let name = '';
  let level = 0;
  let from: Element | null = element;
  for (; from && !(name = ownName(from, scope)); from = from.parentElement) {
    if (level++ < Limit.Levels) key = '>' + stepTo(from) + key;
  }
  if (level > Limit.Levels) {
    // The last steps alone may fit several elements: count.
    const path = key.slice(1);
    const position = [...(from || scope).querySelectorAll(path)].indexOf(element);
    key = ' ' + path + (position > 0 ? '~' + position : '');
  }
  key = name ? name + key : key.slice(1);
  const host = hostOf(element);
  // The inner end tells most. A character that is cut through becomes U+FFFD.
  return new TextDecoder().decode(utf8(host ? elementKey(host) + '>>' + key : key).slice(-Limit.Bytes));
};
