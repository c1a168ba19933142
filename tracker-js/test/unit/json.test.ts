import { describe, expect, it } from 'vitest';
import { sizeBytes } from '../../src/json';

describe('text', () => {
  it('is measured in bytes', () => {
    expect(sizeBytes('aЖ€😀')).toBe(1 + 2 + 3 + 4);
  });
});
