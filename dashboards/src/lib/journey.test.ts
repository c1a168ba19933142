import { expect, it } from 'vitest';
import { journeyParams, journeyQuestion, parseJourney } from './journey';
import { parseRange } from './range';

const from = (params: Record<string, string | undefined>) => parseJourney((name) => params[name] ?? null);

it('journeys are read back from the address as they were written', () => {
  for (const params of [{}, { from: 'goal:Sign up', direction: 'before', length: '5' }, { from: 'page:/a:b' }]) {
    expect(from(journeyParams(from(params)))).toEqual(from(params));
  }
  expect(from({ from: 'nonsense', direction: 'up', length: '99' })).toEqual({ from: { kind: 'page', value: '/' }, direction: 'both', length: 2 });
});

it('the question is about one page, event or goal', () => {
  expect(journeyQuestion(from({ from: 'event:Buy' }), parseRange('7d'), [])).toEqual({ date_range: '7d', event: 'Buy', direction: 'both', steps: 2, limit: 10 });
});
