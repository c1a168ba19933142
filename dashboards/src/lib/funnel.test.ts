import { describe, expect, it } from 'vitest';
import { funnelParams, funnelQuestion, parseFunnel, parseStep } from './funnel';
import { parseRange } from './range';

const from = (search: string) => {
  const params = new URLSearchParams(search);
  return parseFunnel(params.getAll('step'), (name) => params.get(name));
};
const whole = 'step=page%3A%2Fa%3Ab&step=goal%3ASign+up&by=visitor&order=strict&window=1h&split=source';

describe('a funnel in the address', () => {
  it('is read back as it was written', () => {
    const params = funnelParams(from(whole));
    const search = new URLSearchParams(Object.entries(params).flatMap(([name, value]) => [value ?? []].flat().map((one) => [name, one])));
    expect(from(search.toString())).toEqual(from(whole));
    expect(from(whole).steps).toEqual([
      { kind: 'page', value: '/a:b' },
      { kind: 'goal', value: 'Sign up' },
    ]);
  });

  it.each(['', 'page', 'page:', 'page:  ', 'nothing:/a'])('has no step of %j', (text) => expect(parseStep(text)).toBeUndefined());

  it('has ten steps at most, and no dimension that funnels have not', () => {
    expect(from('step=page:/a&'.repeat(50) + 'split=goal&window=5y')).toMatchObject({ steps: { length: 10 }, field: undefined, window: undefined });
  });
});

describe('the question', () => {
  it('has what was chosen, and leaves out the rest', () => {
    expect(funnelQuestion(from(whole), parseRange('30d'), [[{ name: 'device', operator: 'is', values: ['Mobile'] }]])).toEqual({
      date_range: '30d',
      steps: [{ page: '/a:b' }, { goal: 'Sign up' }],
      by: 'visitor',
      order: 'strict',
      window: '1h',
      dimension: 'visit:source',
      limit: 10,
      filters: [['is', 'visit:device', ['Mobile']]],
    });
    expect(funnelQuestion(from('step=page:/a&step=event:Buy'), parseRange(null), [])).toEqual({
      date_range: '7d',
      steps: [{ page: '/a' }, { event: 'Buy' }],
      by: 'visit',
      order: 'loose',
    });
  });
});
