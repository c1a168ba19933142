import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../overlay/answer';
import { originOf, PAGE, windowOf } from '../../overlay/carrier';
import { Finder } from '../../overlay/finder';
import { placeElements, placeSpots, unanchoredCells } from '../../overlay/placing';
import { find, overflow, place, render, restorePage, showPage } from './page';

const answer = (members: Partial<Answer> = {}): Answer => ({
  kind: 'click',
  width: 1024,
  height: 5_000,
  views: 100,
  clicks: 0,
  anchored: 0,
  unanchored: 0,
  cell: 4,
  cells: [],
  elements: [],
  layout: { samples: 1 },
  fold: 700,
  ...members,
});

const elementAt = (element: string, x: number, y: number, spots: [number, number, number][]) => ({
  element,
  tag: 'a',
  clicks: 1,
  x,
  y,
  width: 100,
  height: 40,
  spots,
});

beforeEach(() => showPage({ scrolled: 300 }));
afterEach(restorePage);

const search = (...keys: string[]): Map<string, Element> => {
  const finder = new Finder();
  finder.want(new Map(keys.map((key) => [key, 'a'])));
  for (const _ of finder.search());
  return finder.found;
};

describe('finding', () => {
  it('finds elements by their keys, also in shadow roots, and nothing else', () => {
    render('<nav id="menu"><a>One</a><a>Two</a></nav><x-card id="card"></x-card>', '#card').attachShadow({ mode: 'open' }).innerHTML = '<a id="go">Go</a>';
    const found = search('#menu>a', '#menu>a:nth-of-type(2)', '#card>>#go', '#gone');
    expect([...found].map(([key, { textContent }]) => [key, textContent])).toEqual([
      ['#menu>a', 'One'],
      ['#menu>a:nth-of-type(2)', 'Two'],
      ['#card>>#go', 'Go'],
    ]);
  });

  it('forgets an element that has left the page or goes by another name', () => {
    render('<a id="one">One</a><a id="two">Two</a><a id="three">Three</a>', '#one');
    const finder = new Finder();
    finder.want(new Map([['#one', 'a'], ['#two', 'a'], ['#three', 'a']]));
    for (const _ of finder.search());
    find('#one').remove();
    find('#two').id = 'other';
    for (const _ of finder.search());
    expect([...finder.found.keys()]).toEqual(['#three']);
    finder.want(new Map());
    expect(finder.found.size).toBe(0);
  });
});

describe('placing', () => {
  it('puts spots inside the box that an element has now', () => {
    place(render('<a id="target">Buy</a>'), 200, 50, 100, 20);
    const placed = placeElements(search('#target'));
    expect(placed.get('#target')).toMatchObject({ carrier: PAGE, left: 200, top: 350, width: 100, height: 20 });
    const points = placeSpots(answer({ elements: [elementAt('#target', 900, 4_000, [[0.5, 0.25, 3], [1, 1, 2]])] }), placed);
    expect([...points]).toEqual([[PAGE, [250, 355, 3, 300, 370, 2]]]);
  });

  it('lets what is fixed, and what is in a container, move with that', () => {
    render('<div id="bar" style="position:fixed"><a id="menu">Menu</a></div><div id="list"><a id="row">Row</a></div>', '#bar');
    place(find('#bar'), 0, 10, 1024, 60);
    place(find('#menu'), 700, 20, 80, 40);
    place(find('#list'), 100, 200, 400, 100);
    overflow(find('#list'), 50);
    place(find('#row'), 110, 220, 300, 30);
    const placed = placeElements(search('#menu', '#row'));
    const [menu, row] = [placed.get('#menu')!, placed.get('#row')!];
    expect(menu).toMatchObject({ left: 700, top: 10 });
    expect(menu.carrier).toMatchObject({ element: find('#bar'), floats: true });
    expect(originOf(menu.carrier)).toEqual([0, 10]);
    expect(row).toMatchObject({ left: 10, top: 70 });
    expect(row.carrier).toMatchObject({ element: find('#list'), scrolls: true });
    expect(originOf(row.carrier)).toEqual([100, 150]);
    // jsdom gives containers a height only.
    expect(windowOf(row.carrier)).toMatchObject({ left: 100, top: 200, bottom: 300 });
  });

  it('leaves out what has no box, and what a frame around it cuts off', () => {
    render('<a id="flat">Flat</a><div id="frame" style="overflow:hidden"><a id="out">Out</a><a id="in">In</a></div>', '#flat');
    place(find('#flat'), 10, 10, 0, 0);
    place(find('#frame'), 100, 100, 200, 50);
    place(find('#out'), 400, 100, 100, 50);
    place(find('#in'), 150, 100, 100, 50);
    expect([...placeElements(search('#flat', '#out', '#in')).keys()]).toEqual(['#in']);
  });

  it('lets the body be the whole page', () => {
    const placed = placeElements(new Map([['body', document.body]]));
    expect(placed.get('body')).toMatchObject({ carrier: PAGE, left: 0, top: 0, width: 1_024, height: 5_000 });
  });
});

describe('clicks without an element', () => {
  it('are what remains of the cells', () => {
    const elements = [elementAt('#a', 100, 100, [[0.5, 0.5, 6], [0.1, 0.1, 2]])];
    const cells: [number, number, number][] = [[150, 120, 6], [110, 104, 5], [600, 900, 4]];
    expect(unanchoredCells(answer({ elements, cells, unanchored: 7 }))).toEqual([[110, 104, 3], [600, 900, 4]]);
    expect(unanchoredCells(answer({ elements, cells, unanchored: 0 }))).toEqual([]);
  });

  it('are found though boxes are rounded', () => {
    // 0.333 of 100 px from 100.4: the server has it in the square of 133.7 px, the rounded box in the one before.
    const elements = [elementAt('#a', 98, 100, [[0.333, 0.5, 6]])];
    expect(unanchoredCells(answer({ elements, cells: [[133, 120, 6], [700, 700, 1]], unanchored: 1 }))).toEqual([[700, 700, 1]]);
  });

  it('are placed by their share of the page', () => {
    const points = placeSpots(answer({ height: 2_500, cells: [[512, 1_000, 2]], unanchored: 2 }), new Map());
    expect([...points]).toEqual([[PAGE, [512, 2_000, 2]]]);
  });
});
