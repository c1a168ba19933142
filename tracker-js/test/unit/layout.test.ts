import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sizeBytes } from '../../src/json';
import type { Page } from '../../src/link';
import { find, overflow, place, placeAll, pretend, render, restorePage } from './page';

type Box = [element: string, ...rest: unknown[]];

const page: Page = [
  [1_000, 500],
  [1_000, 5_000],
  [10, 700],
];
const recorded: { complete: boolean; state: number; boxes: Box[] }[] = [];
const link: any = { startedAt_: 0, measure_: () => page, record_: (_: string, fields: any) => recorded.push(fields) };
window.heatline = link;
vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
await import('../../src/layout');

/** Returns the boxes of a sample, of a view of its own. */
const sampleLayout = (root?: Element): Box[] => {
  link.sample_(++link.startedAt_, root ? 7 : 0, root);
  vi.advanceTimersByTime(1_000);
  return recorded.at(-1)!.boxes;
};
const keys = (root?: Element): string[] => sampleLayout(root).map(([element]) => element);
const boxOf = (key: string): unknown[] | undefined => sampleLayout().find(([element]) => element === key);

beforeEach(placeAll);
afterEach(() => {
  vi.restoreAllMocks();
  restorePage();
});

describe('a layout sample', () => {
  it('begins with the body, which is the whole page', () => {
    expect(sampleLayout()).toEqual([['body', 'body', '', 0, 0, 1_000, 5_000, 0]]);
  });

  it('lists the body once, whatever it is', () => {
    document.body.tabIndex = 0;
    document.body.style.overflow = 'auto';
    pretend(document.body, { clientHeight: 100, scrollHeight: 1_000 });
    expect(keys()).toEqual(['body']);
    document.body.removeAttribute('tabindex');
    document.body.removeAttribute('style');
  });

  it('places elements on the page', () => {
    place(render('<button id="target" role="switch"></button>'), 30, 40, 200, 50);
    expect(boxOf('#target')).toEqual(['#target', 'button', 'switch', 40, 740, 200, 50, 2]);
  });

  it('places what is fixed in the viewport', () => {
    render('<div style="position:fixed"><button id="target"></button></div>');
    place(find('#target'), 30, 40, 200, 50);
    expect(boxOf('#target')).toEqual(['#target', 'button', '', 30, 40, 200, 50, 3]);
  });

  it('lists landmarks first, then what can be operated, then the rest', () => {
    render('<main><p></p><button></button><p></p><nav></nav></main>', 'main');
    expect(keys()).toEqual(['body', 'body>main', 'body>main>nav', 'body>main>button', 'body>main>p', 'body>main>p:nth-of-type(2)']);
  });

  it('leaves out what is invisible or ignored', () => {
    render('<button id="a"></button><button id="b"></button><div data-heatline-ignore><button id="c"></button></div>', '#a');
    (find('#b') as any).checkVisibility = () => false;
    expect(keys()).toEqual(['body', '#a']);
  });

  it('scrolls containers back and leaves out what they hide', () => {
    const list = render('<div id="list"><button id="a"></button><button id="b"></button></div>', '#list');
    overflow(list, 300);
    place(list, 0, 0, 400, 100);
    place(find('#a'), 0, -300, 100, 20);
    place(find('#b'), 0, 50, 100, 20);
    expect(sampleLayout().slice(1)).toEqual([
      ['#a', 'button', '', 10, 700, 100, 20, 2],
      ['#list', 'div', '', 10, 700, 400, 100, 32],
    ]);
  });

  it('goes through shadow roots and slots', () => {
    const host = render('<x-card id="card"><button id="slotted"></button></x-card>', '#card');
    host.attachShadow({ mode: 'open' }).innerHTML =
      '<section id="frame"><slot></slot><slot name="none"><a href="/" id="spare"></a></slot></section>';
    expect(keys()).toEqual(['body', '#card>>#frame', '#slotted', '#card>>#spare']);
  });

  it('survives a form whose fields shadow its properties', () => {
    render('<form id="order"><input name="children"><input name="id"><input name="role"></form>', '#order');
    expect(keys()).toEqual(['body', '#order', 'input[name=children]', 'input[name=id]', 'input[name=role]']);
  });

  it('marks what an open dialog holds', () => {
    render('<div role="dialog" id="box"><button id="yes"></button></div>', '#box');
    expect(sampleLayout().map(([element, , , , , , , flags]) => [element, flags])).toEqual([
      ['body', 0],
      ['#box', 64 | 4],
      ['#yes', 64 | 2],
    ]);
  });

  it('lists what makes a state, that first', () => {
    const dialog = render('<button id="out"></button><div role="dialog" id="box"><button id="yes"></button></div>', '#box');
    expect(keys(dialog)).toEqual(['#box', '#yes']);
    expect(recorded.at(-1)).toMatchObject({ complete: false, state: 7 });
  });

  it('tells nothing of the inside of what is masked', () => {
    render('<div id="mask" data-heatline-mask><button id="secret"></button></div><button id="open"></button>', '#mask');
    expect(keys()).toEqual(['body', '#open', '#mask']);
  });

  it('lists the elements of a frame of this origin at their place on the page', () => {
    const frame = render('<iframe id="frame"></iframe>', '#frame') as HTMLIFrameElement;
    place(frame, 100, 200, 300, 150);
    frame.contentDocument!.body.innerHTML = '<button id="inner"></button>';
    const inner = frame.contentDocument!.querySelector('#inner')!;
    place(inner, 5, 6, 50, 20);
    expect(boxOf('#frame>>#inner')).toEqual(['#frame>>#inner', 'button', '', 115, 906, 50, 20, 2]);
  });

  it('is taken once of a view and state, when the page has loaded, and not of a view that is over', () => {
    const { length } = recorded;
    pretend(document, { readyState: 'interactive' });
    link.sample_(++link.startedAt_, 0);
    vi.advanceTimersByTime(5_000);
    expect(recorded).toHaveLength(length);
    window.dispatchEvent(new Event('load'));
    vi.advanceTimersByTime(5_000);
    expect(recorded).toHaveLength(length + 1);
    link.sample_(link.startedAt_, 0);
    link.sample_(link.startedAt_ - 1, 5);
    vi.advanceTimersByTime(5_000);
    expect(recorded).toHaveLength(length + 1);
  });

  it('is taken in slices', () => {
    render(`<main>${'<p></p>'.repeat(500)}</main>`, 'main');
    const { length } = recorded;
    let ms = 0;
    // Each look at the clock finds it a millisecond later.
    vi.spyOn(performance, 'now').mockImplementation(() => ms++);
    link.sample_(++link.startedAt_, 0);
    vi.advanceTimersToNextTimer();
    expect(recorded).toHaveLength(length);
    // There are eight, one after the other.
    expect(ms).toBeLessThan(8 * 5);
    vi.advanceTimersByTime(5_000);
    expect(recorded).toHaveLength(length + 1);
  });

  it('has at most 600 boxes', () => {
    render(`<main>${'<p></p>'.repeat(610)}</main>`, 'main');
    expect(sampleLayout()).toHaveLength(600);
  });

  it('has at most 54 kB', () => {
    const id = (i: number): string => 'ж'.repeat(38) + String.fromCharCode(1072 + (i % 32), 1072 + Math.floor(i / 32));
    document.body.innerHTML = Array.from({ length: 599 }, (_, i) => `<section id="${id(i)}"></section>`).join('');
    vi.spyOn(document, 'querySelectorAll').mockReturnValue(document.createDocumentFragment().querySelectorAll('none'));
    const boxes = sampleLayout();
    expect(boxes.length).toBeGreaterThan(400);
    expect(boxes.length).toBeLessThan(600);
    expect(sizeBytes(JSON.stringify(boxes))).toBeLessThanOrEqual(54_000);
  });

  it('reads no text', () => {
    render('<main title="secret"><p>secret</p><input name="a" value="secret"><img alt="secret" src="data:,"></main>', 'main');
    pretend(document, { title: 'secret' });
    expect(JSON.stringify(sampleLayout())).not.toMatch(/secret/);
  });
});
