import { describe, expect, it } from 'vitest';
import { filterClauses, parseFilters } from './filters';

const from = (search: string) => {
  const params = new URLSearchParams(search);
  return parseFilters((name) => params.get(name));
};

describe('filters', () => {
  it('are read from the address; an empty value is a value', () => {
    expect(from('page=%2Fa&source=&range=7d')).toEqual({ page: '/a', source: '' });
  });

  it('become clauses of the Stats API', () => {
    expect(filterClauses(from('country=BG&page=%2Fa'))).toEqual([
      ['is', 'event:page', ['/a']],
      ['is', 'visit:country', ['BG']],
    ]);
    expect(filterClauses({})).toBeUndefined();
  });
});
