import { afterEach, describe, expect, it } from 'vitest';
import { drawnParent, stanceOf, touches, unscroll } from '../../src/motion';
import { find, overflow, place, pretend, render, restorePage } from './page';

afterEach(restorePage);

describe('a stance', () => {
  it('of an element in the flow is that of the page', () => {
    expect(stanceOf(render('<main><p id="target"></p></main>')).motion_.fixed_).toBe(0);
  });

  it('of a fixed element and all it contains is fixed', () => {
    expect(stanceOf(render('<div style="position:fixed"><p><b id="target"></b></p></div>')).motion_.fixed_).toBe(1);
  });

  it('of a fixed element below a transformed one is not', () => {
    const element = render('<div id="moved"><div id="target" style="position:fixed"></div></div>');
    pretend(element, { offsetParent: find('#moved') });
    expect(stanceOf(element).motion_.fixed_).toBe(0);
    pretend(element, { offsetParent: document.body });
    expect(stanceOf(element).motion_.fixed_, 'Firefox names the body').toBe(1);
  });

  it.each([
    ['held at the top', 'top:10px', 10, 1],
    ['above its place', 'top:10px', 200, 0],
    ['pushed out by the end of its parent', 'top:10px', -30, 0],
    ['held at the bottom', 'bottom:0', 768 - 50, 1],
    ['without an inset', '', 0, 0],
  ])('of a sticky element %s', (_, style, y, fixed) => {
    const element = render(`<header id="target" style="position:sticky;${style}"></header>`);
    place(element, 0, y, 1_024, 50);
    expect(stanceOf(element).motion_.fixed_).toBe(fixed);
  });

  it('of what a scroll container holds ends at the container, and goes on behind it', () => {
    const element = render('<div style="position:fixed"><div id="list"><p id="target"></p></div></div>');
    overflow(find('#list'));
    const { motion_ } = stanceOf(element);
    expect(motion_.scroller_).toBe(find('#list'));
    expect(motion_.outer_).toMatchObject({ fixed_: 1 });
    expect(motion_.fixed_).toBe(1);
  });

  it('of a sticky element that its container holds is that of the container', () => {
    const element = render('<div id="list"><h2 id="target" style="position:sticky;top:0"></h2></div>');
    overflow(find('#list'), 300);
    place(find('#list'), 0, 100, 400, 100);
    place(element, 0, 100, 400, 30);
    expect(stanceOf(element).motion_).toEqual({ fixed_: 0 });
  });

  it('knows the wishes to ignore and to mask, of the outermost', () => {
    render('<div data-heatline-ignore><p><b id="target"></b></p></div><div id="mask" data-heatline-mask><div data-heatline-mask><i></i></div></div>');
    expect(stanceOf(find('b')).ignored_).toBe('');
    expect(stanceOf(find('i'))).toMatchObject({ ignored_: undefined, masked_: find('#mask') });
  });

  it('of slotted content is that of its slot', () => {
    const host = render('<x-panel><p id="target"></p></x-panel>', 'x-panel');
    host.attachShadow({ mode: 'open' }).innerHTML = '<div id="list"><slot></slot></div>';
    const list = find('#list', host.shadowRoot!);
    overflow(list);
    expect(drawnParent(find('#target'))).toBe(find('slot', host.shadowRoot!));
    expect(stanceOf(find('#target')).motion_.scroller_).toBe(list);
  });
});

describe('unscrolling', () => {
  it('adds what each container is scrolled by', () => {
    const element = render('<div id="outer"><div id="inner"><p id="target"></p></div></div>');
    overflow(find('#outer'), 30);
    overflow(find('#inner'), 40, 5);
    place(find('#outer'), 0, 0, 500, 500);
    place(find('#inner'), 0, 0, 500, 500);
    const [{ x, y, width }, hiddenBy] = unscroll(stanceOf(element).motion_, new DOMRect(10, 10, 7, 8));
    expect([x, y, width, hiddenBy]).toEqual([15, 80, 7, undefined]);
  });

  it('names the container that would hide the box', () => {
    const element = render('<div id="list"><p id="target"></p></div>');
    overflow(find('#list'), 400);
    place(find('#list'), 0, 0, 500, 100);
    const box = new DOMRect(10, 50, 7, 8);
    expect(unscroll(stanceOf(element).motion_, box)).toEqual([box, find('#list')]);
  });

  it('shows a box as long as a part of it is inside', () => {
    const list = render('<div id="target"></div>');
    place(list, 0, 0, 100, 100);
    const box = list.getBoundingClientRect();
    expect(touches(box, new DOMRect(50, 90, 20, 200))).toBe(true);
    expect(touches(box, new DOMRect(50, 102, 20, 200))).toBe(false);
    expect(touches(box, new DOMRect(-50, 50, 20, 20))).toBe(false);
    expect(touches(box, new DOMRect(100.5, 50))).toBe(true);
  });
});
