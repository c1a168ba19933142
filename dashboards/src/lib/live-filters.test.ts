import { expect, test } from 'vitest';
import { parseFilters } from './filters';
import { feedClauses, feedFilters } from './live-filters';

test('what is not known of somebody who is here is left out', () => {
  const filters = parseFilters(['is,country,BG', 'is,goal,Signup', 'matches,page,^/a', 'is,page,/|is,segment,4', 'contains,page,/shop|is_not,device,Mobile']);
  expect(feedClauses(feedFilters(filters))).toEqual([
    ['is', 'visit:country', ['BG']],
    ['or', [['contains', 'event:page', ['/shop']], ['is_not', 'visit:device', ['Mobile']]]],
  ]);
  expect(feedClauses([])).toEqual([]);
});
