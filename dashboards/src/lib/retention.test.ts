import { expect, it } from 'vitest';
import { parseRange } from './range';
import { cohortParams, cohortQuestion, parseCohorts } from './retention';

const from = (params: Record<string, string | undefined>) => parseCohorts((name) => params[name] ?? null);

it('cohorts are read back from the address as they were written', () => {
  const cohorts = from({ property: 'user', by: 'month', periods: '6', first: 'Sign up', return: 'Log in' });
  expect(from(cohortParams(cohorts))).toEqual(cohorts);
  expect(from({ by: 'century', periods: '1000000' })).toMatchObject({ interval: 'week', periods: 12 });
});

it('the question has the goals that begin and that are a return', () => {
  expect(cohortQuestion(from({ first: 'Sign up' }), 'user', parseRange('91d'))).toEqual({
    date_range: '91d',
    by: 'event:props:user',
    interval: 'week',
    periods: 12,
    first: [['is', 'event:goal', ['Sign up']]],
  });
});
