// Owns what runs in the pages: the numbering of elements, their true boxes, where to press, and what a press hit. It is written for
// this test alone and shares nothing with the tracker: no element is named, marked or changed.

/**
 * Runs in the page before anything else. Known elements, those that people press or read, are numbered in the order of the document as
 * it was parsed, before deferred scripts change it; those of the banner have no number, so that numbers stay when it comes.
 */
export function prepare() {
  const elements = [];
  const numbers = new WeakMap();
  /** By what an element is the same in every view: its tag and how its text begins, before scripts change it. */
  const marks = [];
  const clicks = [];
  globalThis.accuracy = { clicks };

  const PRESSED = 'a[href],button,input,select,textarea,label,summary,[role=button],[role=tab],[role=menuitem],[role=link]';
  const READ = 'h1,h2,h3,h4,h5,h6,p,li,img,svg,canvas,td,th,blockquote,figure,figcaption,dt,dd,pre';

  document.addEventListener('readystatechange', () => {
    if (elements.length) return;
    for (const element of document.body.querySelectorAll(`${PRESSED},${READ}`)) {
      if (element.closest('.season-note')) continue;
      numbers.set(element, elements.length);
      marks.push(`${element.localName} ${(element.textContent ?? '').trim().slice(0, 20)}`);
      elements.push(element);
    }
  });

  // A click on a label is followed by one that the browser makes on its field, without a press.
  let pressed = false;
  addEventListener('pointerdown', () => (pressed = true), true);

  // What a visitor pressed and where, as the browser tells it. Links stay on the page, so that the next click finds it as it was.
  addEventListener(
    'click',
    (event) => {
      const target = event.composedPath()[0];
      if (target.closest?.('a[href]')) event.preventDefault();
      if (!event.isTrusted || !pressed) return;
      pressed = false;
      const at = { clientX: event.clientX, clientY: event.clientY, scrollX, scrollY, fixed: isPosthogFixed(target) };
      clicks.push({ ...at, number: numberOf(target), documentHeight: document.documentElement.scrollHeight });
    },
    true,
  );
  addEventListener('submit', (event) => event.preventDefault(), true);

  /** Rule of PostHog's script: an ancestor is `fixed` or `sticky`. */
  function isPosthogFixed(target) {
    for (let element = target; element && element !== document.body; element = element.parentElement) {
      if (/fixed|sticky/.test(getComputedStyle(element).position)) return true;
    }
    return false;
  }

  /** Returns the number of the known element that a hit element is or lies in; of nothing, if none. */
  function numberOf(hit) {
    const known = hit?.closest(PRESSED) ?? hit?.closest(READ);
    return numbers.get(known);
  }

  const parentsOf = (element) => {
    const parents = [];
    for (let parent = element.parentElement; parent && parent !== document.body; parent = parent.parentElement) parents.push(parent);
    return parents;
  };
  const positionOf = (element) => getComputedStyle(element).position;
  const isScroller = (element) =>
    /auto|scroll/.test(getComputedStyle(element).overflowX + getComputedStyle(element).overflowY) &&
    (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1);
  const clips = (element) => getComputedStyle(element).overflow !== 'visible';
  const boxOf = ({ left, top, right, bottom }) => ({ left, top, right, bottom });
  const common = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });
  const isEmpty = (box) => box.right - box.left < 1 || box.bottom - box.top < 1;

  /** Returns what people recognise an element by. */
  const nameOf = ({ localName, id, classList }) => [localName, id && `#${id}`, ...[...classList].slice(0, 2).map((one) => `.${one}`)].join('');

  /** Returns the place of an element on the screen as far as the elements around it let it be seen; nothing if it is not shown. */
  function visibleBox(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return undefined;
    let box = boxOf(element.getBoundingClientRect());
    let position = positionOf(element);
    for (const parent of parentsOf(element)) {
      // What is fixed is not cut by what it is written in.
      if (position === 'fixed') break;
      if (clips(parent)) box = common(box, boxOf(parent.getBoundingClientRect()));
      if (isEmpty(box)) return undefined;
      if (positionOf(parent) === 'fixed') position = 'fixed';
    }
    return isEmpty(box) ? undefined : box;
  }

  Object.assign(globalThis.accuracy, {
    /** Returns what is known of every known element that may be clicked, on the page as it stands unscrolled. */
    measure(dialog) {
      const root = dialog && document.querySelector(dialog);
      const all = (root ?? document).querySelectorAll(`${PRESSED},${READ}`);
      const width = document.documentElement.clientWidth;
      const height = document.documentElement.scrollHeight;
      const found = [];
      for (const element of all) {
        const number = numbers.get(element);
        if (number === undefined || element.type === 'hidden' || element.type === 'file') continue;
        const parents = parentsOf(element);
        const around = [element, ...parents];
        const scroller = parents.find(isScroller);
        const isFixed = around.some((one) => positionOf(one) === 'fixed');
        const isSticky = around.some((one) => positionOf(one) === 'sticky');
        let box = visibleBox(element);
        let inner = false;
        // What a scroll container hides as long as it is not scrolled is drawn somewhere in the container: nowhere else would it be seen.
        if (!box && scroller && element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) {
          box = visibleBox(scroller);
          inner = true;
        }
        // Unscrolled, places on the page are those in the window. What is fixed or in a dialog is seen no lower than the window ends.
        if (box) box = common(box, { left: 0, top: 0, right: width, bottom: isFixed || dialog ? innerHeight : height });
        if (box && isEmpty(box)) box = undefined;
        const kind = dialog ? 'dialog' : isFixed ? 'fixed' : isSticky ? 'sticky' : scroller ? 'inner' : 'plain';
        const isKnownLeaf = numberOf(element) === number;
        const pressed = element.matches(PRESSED);
        found.push({ number, name: nameOf(element), mark: marks[number], kind, pressed, box, inner, dialog, leaf: isKnownLeaf });
      }
      return found;
    },

    /** Brings an element on screen by a way that chance chooses, and returns a point of it that can be hit; nothing if there is none. */
    aim(number, mark, chances) {
      const element = elements[number];
      if (marks[number] !== mark) throw new Error(`element ${number} is ${mark} in one view and ${marks[number]} in another`);
      let chance = 0;
      const next = () => chances[chance++ % chances.length];
      const parents = parentsOf(element);
      const isHeld = [element, ...parents].some((one) => /fixed|sticky/.test(positionOf(one)));
      if (isHeld && next() < 0.7) scrollTo({ top: next() * (document.documentElement.scrollHeight - innerHeight), behavior: 'instant' });
      let box = visibleBox(element);
      if (!isHeld || !box || box.top < 0 || box.bottom > innerHeight) {
        const block = ['start', 'center', 'end', 'nearest'][Math.floor(next() * 4)];
        element.scrollIntoView({ block, inline: 'nearest', behavior: 'instant' });
      }
      for (let attempt = 0; attempt < 40; attempt++) {
        // Under a bar that holds its place nothing can be hit: then the middle of the window is tried.
        if (attempt === 20) element.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
        box = visibleBox(element);
        if (!box) continue;
        box = common(box, { left: 0, top: 0, right: document.documentElement.clientWidth, bottom: innerHeight });
        if (isEmpty(box)) continue;
        // Whole pixels, as a mouse has them.
        const x = Math.floor(box.left + next() * (box.right - box.left));
        const y = Math.floor(box.top + next() * (box.bottom - box.top));
        if (x < box.left || y < box.top) continue;
        if (numberOf(document.elementFromPoint(x, y)) === number) return { x, y };
      }
      return undefined;
    },

    /** Returns where an element that holds its place stands while the page is scrolled: its box on the screen, at several places. */
    held(number) {
      const boxes = [];
      const element = elements[number];
      const reach = document.documentElement.scrollHeight - innerHeight;
      for (let part = 0; part <= 4; part++) {
        scrollTo({ top: (reach * part) / 4, behavior: 'instant' });
        const box = visibleBox(element);
        if (box) boxes.push(box);
      }
      scrollTo({ top: 0, behavior: 'instant' });
      return boxes;
    },
  });
}
