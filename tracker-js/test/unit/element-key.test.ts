import { afterEach, describe, expect, it } from 'vitest';
import { elementKey } from '../../src/element-key';
import { find, render, restorePage } from './page';

const keyOf = (html: string): string => elementKey(render(html, '[data-target]'));

afterEach(restorePage);

describe('a name of its own', () => {
  it.each([
    ['an id', '<button id="buy" data-target></button>', '#buy'],
    ['a Cyrillic id', '<h2 id="контакти" data-target></h2>', '#контакти'],
    ['an id with a small number', '<h2 id="h2" data-target></h2>', '#h2'],
    ['a test id', '<a data-testid="menu-link" data-target></a>', 'a[data-testid=menu-link]'],
    ['data-test', '<a data-test="menu" data-target></a>', 'a[data-test=menu]'],
    ['data-qa', '<a data-qa="menu" data-target></a>', 'a[data-qa=menu]'],
    ['a field name', '<input name="email" value="me@example.org" data-target>', 'input[name=email]'],
    ['a field name in brackets', '<input name="user[email]" data-target>', 'input[name=user[email]]'],
    ['an id before all others', '<input name="email" data-testid="x" id="mail" data-target>', '#mail'],
  ])('is %s', (_, html, key) => {
    expect(keyOf(html)).toBe(key);
  });

  it.each([
    ['a React id', ':r1:'],
    ['a new React id', '_r_1a_'],
    ['a Radix id', 'radix-:R1abm:'],
    ['a counter of a library', 'mat-input-3'],
    ['a counter in the middle', 'react-select-2-input'],
    ['an Ember id', 'ember1234'],
    ['a UUID', '9f86d081-884c-4d65-9a2f-eaa0c55ad015'],
    ['a hash', 'a1b2c3d'],
    ['a hash without digits', 'kXyZaB'],
    ['consonants', 'xkqjwztr'],
    ['a long id', 'the-quick-brown-fox-jumps-over-the-lazy-dog'],
    ['an address', 'user-me@example.org'],
    ['something with spaces', 'two words'],
  ])('is not %s', (_, id) => {
    expect(keyOf(`<main><button id="${id}" data-target></button></main>`)).toBe('body>main>button');
  });

  it('is not one that another element has as well', () => {
    expect(keyOf('<i id="icon"></i><b id="icon" data-target></b>')).toBe('body>b');
    expect(keyOf('<input name="plan"><input name="plan" data-target>')).toBe('body>input:nth-of-type(2)');
  });

  it('is read from the attribute, not from a field of that name', () => {
    expect(keyOf('<form id="order" data-target><input name="id"><input name="children"></form>')).toBe('#order');
    expect(keyOf('<form><input name="children"><input name="id"><p data-target></p></form>')).toBe('body>form>p');
  });
});

describe('a path', () => {
  it('starts at the nearest element with a name', () => {
    expect(keyOf('<div id="root"><ul><li><a data-target></a></li></ul></div>')).toBe('#root>ul>li>a');
  });

  it('counts the items of a list, and leaves the first as it is when another follows', () => {
    expect(keyOf('<ul id="l"><li data-target></li></ul>')).toBe('#l>li');
    expect(keyOf('<ul id="l"><li data-target></li><li></li></ul>')).toBe('#l>li');
    expect(keyOf('<ul id="l"><li></li><li></li><li><a data-target></a></li></ul>')).toBe('#l>li:nth-of-type(3)>a');
  });

  it('prefers a class that only this sibling has, which a banner in front does not change', () => {
    const plain = keyOf('<div class="hero" data-target></div><div class="features"></div>');
    const later = keyOf('<div class="banner"></div><div class="hero" data-target></div><div class="features"></div>');
    expect(plain).toBe('body>div.hero');
    expect(later).toBe(plain);
  });

  it.each([
    ['styled-components', 'sc-bdVaJa kXyZaB'],
    ['emotion', 'css-1q2w3e4'],
    ['CSS modules', 'Button_root__2xYz9'],
    ['Svelte', 'svelte-1abc234'],
    ['a hash of consonants', 'xkqjwz'],
    ['a state', 'is-active'],
    ['a state without a prefix', 'nav-item-selected'],
    ['Angular', 'ng-pristine'],
  ])('knows no classes of %s', (_, classes) => {
    expect(keyOf(`<p></p><p class="${classes}" data-target></p>`)).toBe('body>p:nth-of-type(2)');
  });

  it('is the same before and after a build that renames the CSS-in-JS classes', () => {
    const page = (hash: string): string =>
      `<section><div class="css-${hash}1 card-list"><a class="sc-${hash}" data-target></a></div></section>`;
    expect(keyOf(page('a1b2'))).toBe(keyOf(page('zz9y')));
  });

  it('holds five steps and counts where they fit several elements', () => {
    const deep = (content: string): string => `<div><div><div><div><div><div>${content}</div></div></div></div></div></div>`;
    expect(keyOf(deep('<a data-target></a>'))).toBe('body div>div>div>div>a');
    expect(keyOf(`<section>${deep('<a></a>')}</section><section>${deep('<a data-target></a>')}</section>`)).toBe(
      'body div>div>div>div>a~1',
    );
  });

  it('gives every element of a page a key of its own', () => {
    const card =
      '<article class="card"><h3></h3><p></p><p></p><a href="#"><img></a><button data-testid="buy"></button></article>';
    const cards = `<div><div><div><div>${card.repeat(9)}</div></div></div></div>`;
    render(`<header><nav>${'<a></a>'.repeat(5)}</nav></header><main>${cards}</main>`, 'main');
    const elements = [...document.body.querySelectorAll('*')];
    expect(new Set(elements.map((element) => elementKey(element))).size).toBe(elements.length);
  });

  it('copes with tags that a selector would have to escape', () => {
    expect(keyOf('<o:p><span data-target></span></o:p>')).toBe('body>op>span');
  });

  it('names elements of an SVG', () => {
    expect(keyOf('<svg class="logo"><g><path></path><path data-target></path></g></svg>')).toBe(
      'body>svg.logo>g>path:nth-of-type(2)',
    );
  });
});

describe('a key', () => {
  it('goes through open shadow roots', () => {
    const host = render('<x-shop><x-card id="card"></x-card></x-shop>', '#card');
    host.attachShadow({ mode: 'open' }).innerHTML = '<div><x-inner></x-inner></div>';
    const inner = find('x-inner', host.shadowRoot!);
    inner.attachShadow({ mode: 'open' }).innerHTML = '<button></button><button id="go"></button>';
    expect(elementKey(find('#go', inner.shadowRoot!))).toBe('#card>>div>x-inner>>#go');
    expect(elementKey(find('button', inner.shadowRoot!))).toBe('#card>>div>x-inner>>button');
  });

  it('tells the instances of a component apart', () => {
    render('<x-card></x-card><x-card></x-card>', 'x-card');
    const keys = [...document.querySelectorAll('x-card')].map((host) => {
      host.attachShadow({ mode: 'open' }).innerHTML = '<button id="go"></button>';
      return elementKey(find('#go', host.shadowRoot!));
    });
    expect(keys).toEqual(['body>x-card>>#go', 'body>x-card:nth-of-type(2)>>#go']);
  });

  it('has at most 200 bytes and ends as the full one', () => {
    const id = 'ж'.repeat(40);
    let element = render(`<x-host id="${id}"></x-host>`, 'x-host');
    for (let level = 0; level < 4; level++) {
      const inner = id.slice(1) + 'абвгд'[level];
      element.attachShadow({ mode: 'open' }).innerHTML = `<x-host id="${inner}"></x-host>`;
      element = find('x-host', element.shadowRoot!);
    }
    const key = elementKey(element);
    expect(new TextEncoder().encode(key).length).toBeLessThanOrEqual(200);
    expect(key.endsWith(`>>#${id.slice(1)}г`)).toBe(true);
  });

  it('holds no text of the page and no values', () => {
    render('<main><p id="target" title="secret" aria-label="secret"><input value="secret" placeholder="secret">secret</p></main>');
    for (const element of document.body.querySelectorAll('*')) expect(elementKey(element)).not.toMatch(/secret/);
  });

  it('is "body" for the body', () => {
    expect(elementKey(document.body)).toBe('body');
  });
});
