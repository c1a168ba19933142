import { afterEach, describe, expect, it } from 'vitest';
import { encode, sizeBytes, sliceBytes } from '../../src/json';

afterEach(() => {
  Reflect.deleteProperty(Array.prototype, 'toJSON');
  Reflect.deleteProperty(String.prototype, 'toJSON');
});

describe('JSON', () => {
  it('makes numbers whole and leaves out what is undefined', () => {
    expect(encode({ a: 1.5, b: [-0.2, 7], c: undefined, d: 'x"\n', e: true })).toBe('{"a":2,"b":[0,7],"d":"x\\"\\n","e":true}');
  });

  it('does not mind what the page does to toJSON', () => {
    Object.assign(Array.prototype, { toJSON: () => 'broken' });
    Object.assign(String.prototype, { toJSON: () => 'broken' });
    expect(encode({ a: ['b', [1]], c: 'd' })).toBe('{"a":["b",[1]],"c":"d"}');
  });

  it('does not mind a page that replaces JSON', () => {
    const { JSON: original } = globalThis;
    try {
      globalThis.JSON = { stringify: () => 'broken' } as unknown as JSON;
      expect(encode({ a: 1 })).toBe('{"a":1}');
    } finally {
      globalThis.JSON = original;
    }
  });
});

describe('text', () => {
  it('is measured in bytes', () => {
    expect(sizeBytes('aЖ€😀')).toBe(1 + 2 + 3 + 4);
  });

  it('is cut by bytes and stays Unicode', () => {
    expect(sliceBytes('Желязо', 0, 6)).toBe('Жел');
    expect(sliceBytes('Желязо', -4)).toBe('зо');
    expect(sliceBytes('😀😀', 0, 6)).toBe('😀\ufffd');
    expect(sliceBytes('a\ud83d', 0, 9)).toBe('a\ufffd');
  });
});
