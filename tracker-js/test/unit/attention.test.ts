import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advance, exposureOf, forgetAttention, look, takeAttention, type Stretch } from '../../src/attention';
import type { Page } from '../../src/page';
import { pretend, restorePage } from './page';

const pageAt = (scrolled: number): Page => ({ viewport_: [1_000, 500], document_: [1_000, 5_000], scroll_: [0, scrolled] });
const sum = (parts: readonly Stretch[]): number => parts.reduce((total, [, , ms]) => total + ms, 0);
const attend = (seen: { hidden?: boolean; focused?: boolean }): void => {
  pretend(document, { hidden: !!seen.hidden });
  vi.mocked(document.hasFocus).mockReturnValue(seen.focused ?? true);
  advance();
};

beforeEach(() => {
  vi.useFakeTimers();
  pretend(document, { hidden: false });
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  forgetAttention();
});

afterEach(() => {
  vi.useRealTimers();
  restorePage();
});

describe('engagement', () => {
  it('is the time visible and focused', () => {
    vi.advanceTimersByTime(4_000);
    attend({ hidden: true });
    vi.advanceTimersByTime(60_000);
    attend({});
    vi.advanceTimersByTime(2_000);
    attend({ focused: false });
    vi.advanceTimersByTime(9_000);
    attend({});
    vi.advanceTimersByTime(1_000);
    advance();
    expect(sum(takeAttention(pageAt(0)))).toBe(7_000);
  });

  it('is told once', () => {
    vi.advanceTimersByTime(4_000);
    advance();
    takeAttention(pageAt(0));
    advance();
    expect(sum(takeAttention(pageAt(0)))).toBe(0);
  });

  it('does not count the night that the computer slept', () => {
    vi.advanceTimersByTime(8 * 3_600_000);
    advance();
    expect(sum(takeAttention(pageAt(0)))).toBe(30_000);
  });

  it('does not go over from one view to the next', () => {
    vi.advanceTimersByTime(4_000);
    forgetAttention();
    vi.advanceTimersByTime(1_000);
    advance();
    expect(sum(takeAttention(pageAt(0)))).toBe(1_000);
  });
});

describe('exposure', () => {
  it('goes to what was on screen, not to what came after', () => {
    look(pageAt(0));
    vi.advanceTimersByTime(2_000);
    advance();
    look(pageAt(2_500));
    vi.advanceTimersByTime(1_000);
    advance();
    const exposure = exposureOf(takeAttention(pageAt(2_500)), 5_000);
    expect(exposure).toHaveLength(100);
    expect(exposure.slice(0, 10)).toEqual(Array(10).fill(2_000));
    expect(exposure.slice(10, 50)).toEqual(Array(40).fill(0));
    expect(exposure.slice(50, 60)).toEqual(Array(10).fill(1_000));
    expect(exposure.slice(60)).toEqual(Array(40).fill(0));
  });

  it('stays with the position after a report', () => {
    look(pageAt(1_000));
    takeAttention(pageAt(1_000));
    vi.advanceTimersByTime(3_000);
    advance();
    expect(exposureOf(takeAttention(pageAt(1_000)), 5_000)[20]).toBe(3_000);
  });

  it('belongs to nothing as long as the position is unknown', () => {
    vi.advanceTimersByTime(3_000);
    advance();
    const parts = takeAttention(pageAt(0));
    expect(sum(parts)).toBe(3_000);
    expect(exposureOf(parts, 5_000)).toEqual(Array(100).fill(0));
  });

  it('gives a band that is half on screen half the time', () => {
    const exposure = exposureOf([[25, 100, 1_000]], 5_000);
    expect(exposure.slice(0, 3)).toEqual([500, 1_000, 0]);
  });

  it('fills a page that is shorter than the screen', () => {
    expect(exposureOf([[0, 900, 700]], 300)).toEqual(Array(100).fill(700));
  });

  it('is cut by the height at the time of the report, for pages grow', () => {
    expect(exposureOf([[0, 500, 1_000]], 1_000).filter(Boolean)).toHaveLength(50);
    expect(exposureOf([[0, 500, 1_000]], 10_000).filter(Boolean)).toHaveLength(5);
  });
});
