import { describe, expect, it } from 'vitest';
import { filterClauses, filterParams, isOfEvents, parseFilters, toggled, valuesOf, type Filters } from './filters';

const hard: Filters = [
  [{ name: 'page', operator: 'is', values: ['/a,b', '/c|d', '\\', ''] }],
  [
    { name: 'source', operator: 'contains_not', values: ['Goo'] },
    { name: 'prop:a,b|c', operator: 'is', values: ['<script>'] },
  ],
  [{ name: 'segment', operator: 'is', values: ['3'] }],
];

describe('filters in the address', () => {
  it('are read back as they were written', () => {
    expect(parseFilters(filterParams(hard))).toEqual(hard);
    const search = new URLSearchParams(filterParams(hard).map((param) => ['f', param]));
    expect(parseFilters(new URLSearchParams(search.toString()).getAll('f'))).toEqual(hard);
  });

  it.each(['', 'is', 'is,page', 'like,page,/a', 'is,nothing,/a', 'is,prop:,x', 'is,segment,abc', 'is_not,segment,1', '|||'])(
    'that make no sense are left out: %j',
    (text) => expect(parseFilters([text])).toEqual([]),
  );

  it('are bounded, whoever wrote them', () => {
    const many = Array.from({ length: 1_000 }, () => 'is,page' + ',/a'.repeat(1_000) + '|is,page,/b'.repeat(1_000));
    const read = parseFilters(many);
    expect(read.length).toBe(20);
    expect(read[0]?.length).toBe(10);
    expect(read[0]?.[0]?.values.length).toBe(50);
  });
});

describe('filters for the API', () => {
  it('are and of or, and segments are numbers', () => {
    expect(filterClauses(hard)).toEqual([
      ['is', 'event:page', ['/a,b', '/c|d', '\\', '']],
      ['or', [['contains_not', 'visit:source', ['Goo']], ['is', 'event:props:a,b|c', ['<script>']]]],
      ['is', 'segment', [3]],
    ]);
    expect(filterClauses([])).toBeUndefined();
  });

  it('of events have no engagement', () => {
    expect(isOfEvents(hard)).toBe(true);
    expect(isOfEvents(parseFilters(['is,page,/a']))).toBe(false);
  });
});

describe('a click on a row', () => {
  it('narrows to the value, then to another one, then to none', () => {
    const one = toggled([], 'page', '/a');
    expect(valuesOf(one, 'page')).toEqual(['/a']);
    const other = toggled(one, 'page', '/b');
    expect(valuesOf(other, 'page')).toEqual(['/b']);
    expect(toggled(other, 'page', '/b')).toEqual([]);
  });

  it('leaves every other condition as it is', () => {
    const negated = parseFilters(['is_not,page,/c', 'is,page,/a|is,source,x']);
    expect(toggled(toggled(negated, 'page', '/a'), 'page', '/a')).toEqual(negated);
  });
});
