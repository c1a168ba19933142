// Owns what the numbers of a site page are narrowed to, and how the address writes it. All groups must hold; of the conditions in
// a group any will do; each condition may be a negation: so every combination of and, or and not can be said.

import type { Filter } from './api-types';

export const DIMENSION_OF = {
  page: 'event:page',
  entry_page: 'visit:entry_page',
  exit_page: 'visit:exit_page',
  hostname: 'event:hostname',
  channel: 'visit:channel',
  source: 'visit:source',
  referrer: 'visit:referrer',
  utm_campaign: 'visit:utm_campaign',
  utm_source: 'visit:utm_source',
  utm_medium: 'visit:utm_medium',
  utm_content: 'visit:utm_content',
  utm_term: 'visit:utm_term',
  country: 'visit:country',
  region: 'visit:region',
  city: 'visit:city',
  device: 'visit:device',
  browser: 'visit:browser',
  browser_version: 'visit:browser_version',
  os: 'visit:os',
  os_version: 'visit:os_version',
  goal: 'event:goal',
  event: 'event:name',
} as const;

export type FieldName = keyof typeof DIMENSION_OF;

export const FIELDS = Object.keys(DIMENSION_OF) as FieldName[];

/** A dimension, a property of events, or a segment of the site. */
export type FilterName = FieldName | 'segment' | `prop:${string}`;

export const OPERATORS = ['is', 'is_not', 'contains', 'contains_not', 'matches', 'matches_not'] as const;

export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  name: FilterName;
  operator: Operator;
  /** Any of them; with a negation, none of them. An empty value is a value: visits without a source, for example. */
  values: string[];
}

/** Conditions of which any will do. */
export type FilterGroup = Condition[];

export type Filters = FilterGroup[];

/** Name of the parameter in the address; there is one for each group. */
export const PARAM = 'f';

/** Whoever writes an address by hand shall not make a page ask without end. */
const GROUPS_AT_MOST = 20;
const CONDITIONS_AT_MOST = 10;
const VALUES_AT_MOST = 50;

export function dimensionOf(name: FilterName): string {
  if (name === 'segment') return name;
  return name.startsWith('prop:') ? `event:props:${name.slice('prop:'.length)}` : DIMENSION_OF[name as FieldName];
}

/** Reads `is,page,/a,/b|contains,source,Goo`; what makes no sense is left out. */
export function parseFilters(params: readonly string[]): Filters {
  const groups = params.slice(0, GROUPS_AT_MOST).map((param) =>
    split(param, '|')
      .slice(0, CONDITIONS_AT_MOST)
      .flatMap((text) => parseCondition(text) ?? []),
  );
  return groups.filter((group) => group.length > 0);
}

function parseCondition(text: string): Condition | undefined {
  const [first, second, ...values] = split(text, ',').map(unescape);
  const operator = OPERATORS.find((known) => known === first);
  const name = parseName(second);
  if (!operator || name === undefined || values.length === 0) return undefined;
  if (name === 'segment' && !(operator === 'is' && values.every((value) => /^\d{1,15}$/.test(value)))) return undefined;
  return { name, operator, values: values.slice(0, VALUES_AT_MOST) };
}

function parseName(text: string | undefined): FilterName | undefined {
  if (text === 'segment') return text;
  if (text?.startsWith('prop:') && text.length > 'prop:'.length) return text as FilterName;
  return FIELDS.find((field) => field === text);
}

export function filterParams(filters: Filters): string[] {
  return filters.map((group) => group.map(({ operator, name, values }) => [operator, name, ...values].map(escape).join(',')).join('|'));
}

/** Returns the filters for the API; undefined where there are none. */
export function filterClauses(filters: Filters): Filter[] | undefined {
  const clauses = filters.map((group): Filter => {
    const [first, ...more] = group.map(clauseOf);
    return first !== undefined && more.length === 0 ? first : ['or', group.map(clauseOf)];
  });
  return clauses.length > 0 ? clauses : undefined;
}

function clauseOf({ name, operator, values }: Condition): Filter {
  // The API has an optional fourth part, which the type takes for required.
  return [operator, dimensionOf(name), name === 'segment' ? values.map(Number) : values] as unknown as Filter;
}

/** Returns the values that the page is narrowed to in one dimension, by a plain condition of its own. */
export function valuesOf(filters: Filters, name: FilterName): readonly string[] {
  return filters.find((group) => isPlain(group, name))?.[0]?.values ?? [];
}

/** Narrows the page to a value; if it is narrowed to that already, takes the filter away. */
export function toggled(filters: Filters, name: FilterName, value: string): Filters {
  const others = filters.filter((group) => !isPlain(group, name));
  const known = valuesOf(filters, name);
  if (known.length === 1 && known[0] === value) return others;
  return [...others, [{ name, operator: 'is', values: [value] }]];
}

function isPlain(group: FilterGroup, name: FilterName): boolean {
  const [first] = group;
  return group.length === 1 && first !== undefined && first.name === name && first.operator === 'is';
}

/** Returns whether the question is of single events, which have no engagement. */
export function isOfEvents(filters: Filters): boolean {
  return filters.some((group) => group.some(({ name }) => isOfEvent(name)));
}

export function isOfEvent(name: FilterName): boolean {
  return name === 'event' || name === 'goal' || name.startsWith('prop:');
}

function escape(text: string): string {
  return text.replace(/[\\,|]/g, '\\$&');
}

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

/** Splits at a separator that has no backslash before it. */
function split(text: string, separator: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    const last = parts.length - 1;
    if (letter === '\\') {
      parts[last] += letter + text.charAt(at + 1);
      at += 1;
    } else if (letter === separator) parts.push('');
    else parts[last] += letter;
  }
  return parts;
}
