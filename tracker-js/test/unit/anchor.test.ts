import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anchorKind, isScrollContainer, Kind } from '../../src/anchor';
import { overflow, place, placeAll, render, restorePage } from './page';

const kindOf = (html: string): number => anchorKind(render(html, '[data-target]'));

beforeEach(placeAll);
afterEach(restorePage);

describe('the anchor predicate', () => {
  it.each([
    ['a link', '<a href="/" data-target></a>', Kind.Interactive],
    ['an anchor that leads nowhere', '<a data-target></a>', 0],
    ['a button', '<button data-target></button>', Kind.Interactive],
    ['a field', '<input data-target>', Kind.Interactive],
    ['a choice', '<select data-target></select>', Kind.Interactive],
    ['a text area', '<textarea data-target></textarea>', Kind.Interactive],
    ['a label', '<label data-target></label>', Kind.Interactive],
    ['a summary', '<summary data-target></summary>', Kind.Interactive],
    ['a role', '<div role="menuitem" data-target></div>', Kind.Interactive],
    ['a checkbox role', '<div role="checkbox" data-target></div>', Kind.Interactive],
    ['a role that says nothing', '<div role="presentation" data-target></div>', 0],
    ['a click handler', '<div onclick="" data-target></div>', Kind.Interactive],
    ['a focusable element', '<div tabindex="0" data-target></div>', Kind.Interactive],
    ['an editable element', '<div contenteditable data-target></div>', Kind.Interactive],
    ['a custom control', '<ion-button data-target></ion-button>', Kind.Interactive],
    ['a landmark', '<main data-target></main>', Kind.Landmark],
    ['a landmark role', '<div role="contentinfo" data-target></div>', Kind.Landmark],
    ['a picture', '<img data-target>', Kind.Media],
    ['a drawing', '<svg data-target></svg>', Kind.Media],
    ['a heading', '<h3 data-target></h3>', Kind.Text],
    ['a paragraph', '<p data-target></p>', Kind.Text],
    ['a list item', '<ul><li data-target></li></ul>', Kind.Text],
    ['a plain box', '<div data-target></div>', 0],
    ['a span', '<span data-target></span>', 0],
    ['a table', '<table data-target></table>', 0],
    ['a dialog', '<dialog data-target></dialog>', Kind.Landmark],
    ['an icon in a button', '<button><svg data-target></svg></button>', 0],
    ['an icon in a link', '<a href="/"><svg data-target></svg></a>', 0],
    ['a picture in a link', '<a href="/"><img data-target></a>', Kind.Media],
    ['two at once', '<nav tabindex="0" data-target></nav>', Kind.Interactive | Kind.Landmark],
  ])('judges %s', (_, html, kind) => {
    expect(kindOf(html)).toBe(kind);
  });

  it('does not take what has no area', () => {
    const button = render('<button id="target"></button>');
    place(button, 10, 10, 0, 20);
    expect(anchorKind(button)).toBe(0);
  });

  it('takes what scrolls, if there is something to scroll', () => {
    const box = render('<div id="target"></div>');
    (box as HTMLElement).style.overflow = 'auto';
    expect(isScrollContainer(box)).toBe(false);
    overflow(box);
    expect(anchorKind(box)).toBe(Kind.ScrollContainer);
  });

  it('does not take what only clips', () => {
    const box = render('<div id="target"></div>');
    overflow(box);
    (box as HTMLElement).style.overflow = 'hidden';
    expect(anchorKind(box)).toBe(0);
  });
});
