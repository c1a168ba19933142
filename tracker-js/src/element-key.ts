// Owns the names of elements, version 1 (docs/tracker.md has the algorithm in words). It does not choose which elements are named.
//
// A key is a liability in each of its parts: what changes with state, build or visitor must not be in it. And no page text,
// no input values, ever.

import { sizeBytes } from './json';

const enum Limit {
  Levels = 5,
  Bytes = 200,
}

/** Attributes that name an element, best first. */
const NAMES = ['id', 'data-testid', 'data-test', 'data-qa', 'name'];

/**
 * What no human writes: over 40 characters, other signs than those of a name, long numbers, hashes (digit, letters, digit; six
 * consonants on end; `aBcD`), React's `:r1:` and `_r_1_`, and the counters of well-known libraries.
 */
const GENERATED =
  /.{41}|[^\p{L}\w[\]-]|\d{3}|\d[a-zA-Z]+\d|[^\W\daeiouy_]{6}|[a-z][A-Z][a-z][A-Z]|_r_|^(ember|mui|mat|cdk|radix|headless|react|rc|ui-id)\b/u;

/** A class that is made of words. */
const WORDS = /^[a-z]{2,}([-_]+[a-z]{2,})*$/;

/** But not of words that tell a state, not a hash, not what CSS-in-JS and compilers prefix. */
const STATE_OR_BUILD =
  /.{31}|[^aeiouy_-]{5}|^(ng|is|has)[-_]|activ|open|clos|show|hid|select|current|focus|hover|abled|visib|load|laps|expand|check|error|valid|stuck/;

/** Names already found, '' where an element has none. To be thrown away when the page may have changed. */
export type Names = Map<Element, string>;

type Scope = Node & ParentNode & { host?: Element };

const tagOf = (element: Element): string => element.localName.replace(/[^\w-]/g, '');

/** Returns the name that an element has by itself, '' if there is none that is the only one of its kind. */
const ownName = (element: Element, scope: Scope): string => {
  const tag = tagOf(element);
  const isOnly = (selector: string): boolean => scope.querySelectorAll(selector).length < 2;
  for (const attribute of NAMES) {
    // TRICKY: not `element.id`; in a form with a field called `id` that is the field.
    const value = element.getAttribute(attribute);
    if (value && !GENERATED.test(value) && isOnly(`[${attribute}="${value}"]`)) {
      return attribute === 'id' ? '#' + value : `${tag}[${attribute}=${value}]`;
    }
  }
  return tag === 'body' || (tag === 'main' && isOnly(tag)) ? tag : '';
};

/** Returns one step of a path: the tag, and what tells the element from its siblings of that tag; the first needs nothing. */
const stepTo = (element: Element): string => {
  // TRICKY: not `children`; in a form with a field called `children` that is the field.
  const siblings = [...(element.parentNode!.childNodes as NodeListOf<Element>)].filter(
    (sibling) => sibling.localName === element.localName,
  );
  const word = [...element.classList].find(
    (name) =>
      WORDS.test(name) &&
      !STATE_OR_BUILD.test(name) &&
      siblings.every((sibling) => sibling === element || !sibling.classList.contains(name)),
  );
  const position = siblings.indexOf(element);
  return tagOf(element) + (word ? '.' + word : position > 0 ? `:nth-of-type(${position + 1})` : '');
};

/** Returns the key of an element: stable from visit to visit, and unique within the page as far as that goes. */
export const elementKey = (element: Element, known: Names): string => {
  const scope = element.getRootNode() as Scope;
  const steps: string[] = [];
  let from: Element = element;
  let name = '';
  let isCut = false;
  for (; from !== scope; from = from.parentNode as Element) {
    if (!known.has(from)) known.set(from, ownName(from, scope));
    name = known.get(from)!;
    if (name) break;
    if (steps.length < Limit.Levels) steps.unshift(stepTo(from));
    else isCut = true;
  }
  let key = steps.join('>');
  if (isCut) {
    // The last steps alone may fit several elements: count.
    const position = [...from.querySelectorAll(key)].indexOf(element);
    key = ` ${key}${position > 0 ? '~' + position : ''}`;
  } else if (name && key) key = '>' + key;
  key = name + key;
  if (scope.host) key = elementKey(scope.host, known) + '>>' + key;
  // The inner end tells most.
  while (sizeBytes(key) > Limit.Bytes) key = key.slice(1);
  return key;
};
