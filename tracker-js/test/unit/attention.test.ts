import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Page } from '../../src/link';
import { find, render } from './page';

type Entry = { target: Element; intersectionRatio: number; intersectionRect: { height: number }; rootBounds: { height: number } | null };

/** Tells what is on screen. */
let see: (entries: Entry[]) => void;
vi.stubGlobal(
  'IntersectionObserver',
  class {
    constructor(run: typeof see) {
      see = run;
    }
    observe(): void {}
    disconnect(): void {}
  },
);
const { advance, exposureOf, forgetAttention, look, takeAttention } = await import('../../src/attention');

const pageAt = (scrolled: number): Page => [
  [1_000, 500],
  [1_000, 5_000],
  [0, scrolled],
];
const entry = (selector: string, intersectionRatio: number, height = 0): Entry => ({
  target: find(selector),
  intersectionRatio,
  intersectionRect: { height },
  rootBounds: { height: 500 },
});

beforeEach(forgetAttention);

describe('exposure', () => {
  it('goes to what was on screen, not to what came after', () => {
    look(pageAt(0));
    advance(2_000);
    look(pageAt(2_500));
    advance(3_000);
    const { exposure } = takeAttention(pageAt(2_500));
    expect(exposure).toHaveLength(100);
    expect(exposure.slice(0, 10)).toEqual(Array(10).fill(2_000));
    expect(exposure.slice(10, 50)).toEqual(Array(40).fill(0));
    expect(exposure.slice(50, 60)).toEqual(Array(10).fill(1_000));
    expect(exposure.slice(60)).toEqual(Array(40).fill(0));
  });

  it('is told once, and stays with the position after a report', () => {
    look(pageAt(1_000));
    advance(500);
    takeAttention(pageAt(1_000));
    advance(3_000);
    expect(takeAttention(pageAt(1_000)).exposure[20]).toBe(3_000);
  });

  it('belongs to nothing as long as the position is unknown', () => {
    advance(3_000);
    expect(takeAttention(pageAt(0)).exposure).toEqual(Array(100).fill(0));
  });

  it('gives a band that is half on screen half the time', () => {
    expect(exposureOf([[25, 100, 1_000]], 5_000).slice(0, 3)).toEqual([500, 1_000, 0]);
  });

  it('fills a page that is shorter than the screen', () => {
    expect(exposureOf([[0, 900, 700]], 300)).toEqual(Array(100).fill(700));
  });

  it('is cut by the height at the time of the report, for pages grow', () => {
    expect(exposureOf([[0, 500, 1_000]], 1_000).filter(Boolean)).toHaveLength(50);
    expect(exposureOf([[0, 500, 1_000]], 10_000).filter(Boolean)).toHaveLength(5);
  });
});

describe('landmarks', () => {
  it('earn the time that half of them, or half of the screen, was theirs', () => {
    render('<header id="top"></header><main id="long"></main><footer id="end"></footer>', 'main');
    look(pageAt(0));
    see([entry('#top', 1), entry('#long', 0.02, 300), entry('#end', 0.3, 20)]);
    advance(2_000);
    see([entry('#top', 0), entry('#end', 0.5, 20)]);
    advance(3_000);
    expect(takeAttention(pageAt(0)).landmarks).toEqual([
      ['#top', 2_000],
      ['#long', 3_000],
      ['#end', 1_000],
    ]);
    advance(1_000);
    expect(takeAttention(pageAt(0)).landmarks, 'they are told once').toEqual([]);
  });
});
