// Owns what the visitor searches for on the site, as the address of the page tells it. It does not read fields.

import { on, tell } from './auto-tell';
import { now } from './clock';
import { core } from './core';

const enum Limit {
  Characters = 200,
  /** Less than from one look to the next. */
  StandsMs = 900,
}

const { search = 'q s query search keyword', hash } = core.tag_.dataset;

/** What stands in the address, since when, and what was told of it. */
let query = '';
let since = 0;
let counted = '';

/** Returns what is searched for. What looks like an e-mail address or a telephone number is not told; the server knows more of them. */
const queryOf = ({ search: own, hash: fragment }: Location): string => {
  const params = new URLSearchParams(own + '&' + ((hash === '' && fragment.split('?')[1]) || ''));
  for (const name of search.split(/[\s,]+/)) {
    const text = params.get(name)?.trim();
    if (text) {
      if (/\S@\S/.test(text)) return ':email';
      if (/(\p{Nd}[ ().\/-]{0,2}){9}/u.test(text)) return ':number';
      return [...text].slice(0, Limit.Characters).join('');
    }
  }
  return '';
};

/** Counts the search, once as long as it stands in the address: other pages of its results are no search. */
export const countSearch = (): void => {
  if (query && query !== counted) tell('Site Search', { search_query: query }, since);
  counted = query;
};

/** Looks at the address. A search that is typed, and in the address at every letter, counts when it stays. */
export const lookForSearch = (): void => {
  const found = on('search') ? queryOf(location) : '';
  if (found !== query) {
    query = found;
    since = now();
  } else if (now() - since > Limit.StandsMs) countSearch();
};
