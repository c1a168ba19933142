import { describe, expect, it } from 'vitest';
import { encode, sizeBytes } from '../../src/json';

describe('JSON', () => {
  it('makes numbers whole and leaves out what is undefined', () => {
    expect(encode({ a: 1.5, b: [-0.2, 7], c: undefined, d: 'x"\n', e: true })).toBe('{"a":2,"b":[0,7],"d":"x\\"\\n","e":true}');
  });

  it('tells how long ago something was', () => {
    const { ago } = JSON.parse(encode({ ago: performance.now() - 1_000 }));
    expect(ago).toBeGreaterThanOrEqual(1_000);
    expect(ago).toBeLessThan(1_500);
    expect(encode({ props: { ago: 'text' } }), 'a name of the page').toBe('{"props":{"ago":"text"}}');
  });
});

describe('text', () => {
  it('is measured in bytes', () => {
    expect(sizeBytes('aЖ€😀')).toBe(1 + 2 + 3 + 4);
  });
});
