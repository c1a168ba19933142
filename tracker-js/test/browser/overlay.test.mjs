// What the overlay draws over a real page in real Chromium, what it asks the server, and what it leaves alone.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './browser.mjs';
import { answerOf, around, element, startMeadow } from './overlay-site.mjs';

let site;
let browser;
let context;
let page;
let complaints;

const FRAGMENT = '#heatline-overlay=TOKEN';

/** Lets the tests into the closed shadow root. */
const keepRoot = () => {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    if (this.localName === 'heatline-overlay') window.overlayRoot = root;
    return root;
  };
};

const begin = async ({ width = 1280, height = 720, spy = true, ...options } = {}) => {
  await context?.close();
  context = await browser.newContext({ viewport: { width, height }, ...options });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('console', (message) => complaints.push(message.text()));
  if (spy) await page.addInitScript(keepRoot);
};

/** Waits until something in the page, or here, is true. */
const until = async (what, check, withinMs = 5_000) => {
  for (let waited = 0; waited < withinMs; waited += 25) {
    if (await check()) return;
    await sleep(25);
  }
  assert.fail(`not in ${withinMs} ms: ${what}`);
};

const inPanel = (run, argument) => page.evaluate(`(${run})(window.overlayRoot, ${JSON.stringify(argument)})`);
const isBusy = () => inPanel((root) => root?.querySelector('.panel')?.getAttribute('aria-busy') !== 'false');
const notes = () => inPanel((root) => [...root.querySelectorAll('.notes li')].map((note) => note.textContent));

/** Waits for the map of the last question, and until it is painted. */
const settled = async () => {
  await until('the map is there', async () => !(await isBusy()));
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await sleep(150);
};

/** Moves the panel out of the way of what the tests look at. */
const collapse = () => inPanel((root) => root.querySelector('.panel:not(.collapsed) [aria-expanded]')?.click());

const open = async (path = '/', { collapsed = true } = {}) => {
  await page.goto(site.url + path + FRAGMENT);
  await settled();
  if (collapsed) await collapse();
  await settled();
};

const choose = async (kind) => {
  const before = site.maps.length;
  await inPanel((root, value) => root.querySelector(`.chips [value=${value}]`).click(), kind);
  await until(`a map of ${kind} is asked for`, () => site.maps.length > before);
  await settled();
};

const middleOf = (selector) =>
  page.evaluate((query) => {
    const { left, top, width, height } = document.querySelector(query).getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }, selector);

/** How much each pixel of the window is changed by the canvas, from 0 to 255. */
const readHeat = async () => {
  const picture = async (visibility) => {
    await inPanel((root, value) => (root.querySelector('canvas.map').style.visibility = value), visibility);
    return `data:image/png;base64,${(await page.screenshot()).toString('base64')}`;
  };
  const pictures = [await picture('hidden'), await picture('visible')];
  const helper = await context.newPage();
  const { width, values } = await helper.evaluate(async (sources) => {
    const [cold, hot] = await Promise.all(
      sources.map(async (source) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [image.width, image.height];
        const drawing = canvas.getContext('2d');
        drawing.drawImage(image, 0, 0);
        return drawing.getImageData(0, 0, image.width, image.height);
      }),
    );
    let text = '';
    for (let at = 0; at < cold.data.length; at += 4) {
      text += String.fromCharCode(Math.max(...[0, 1, 2].map((channel) => Math.abs(cold.data[at + channel] - hot.data[at + channel]))));
    }
    return { width: cold.width, values: btoa(text) };
  }, pictures);
  await helper.close();
  const heat = Buffer.from(values, 'base64');
  const height = heat.length / width;
  const each = (left, top, right, bottom, visit) => {
    for (let y = Math.max(Math.round(top), 0); y < Math.min(bottom, height); y++) {
      for (let x = Math.max(Math.round(left), 0); x < Math.min(right, width); x++) visit(x, y, heat[y * width + x]);
    }
  };
  return {
    at: (x, y) => heat[Math.round(y) * width + Math.round(x)],
    /** The most that is changed in a box. */
    most: (left, top, right, bottom) => {
      let most = 0;
      each(left, top, right, bottom, (_, __, value) => (most = Math.max(most, value)));
      return most;
    },
    /** The centre of heat around a point. */
    centre: (x, y, reach = 45) => {
      let [sum, sumX, sumY] = [0, 0, 0];
      each(x - reach, y - reach, x + reach, y + reach, (atX, atY, value) => {
        if (value < 6) return;
        sum += value;
        sumX += value * (atX + 0.5);
        sumY += value * (atY + 0.5);
      });
      return [sumX / sum, sumY / sum];
    },
  };
};

const COLD = 5;

/** Checks that the heat around an element has its centre in its middle. */
const assertHot = async (heat, selector, tolerance = 3) => {
  const [x, y] = await middleOf(selector);
  assert.ok(heat.most(x - 12, y - 12, x + 12, y + 12) > 40, `${selector} is hot at ${x}, ${y}`);
  const [heatX, heatY] = heat.centre(x, y);
  assert.ok(Math.abs(heatX - x) < tolerance && Math.abs(heatY - y) < tolerance, `${selector}: heat at ${heatX}, ${heatY}, not ${x}, ${y}`);
};

const clickMiddle = async (selector) => {
  const [x, y] = await inPanel((root, query) => {
    const { left, top, width, height } = root.querySelector(query).getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  }, selector);
  await page.mouse.click(x, y);
};

before(async () => {
  site = await startMeadow();
  browser = await launch();
});

beforeEach(async () => {
  site.clear();
  await begin();
});

afterEach(() => {
  assert.deepEqual(site.others, [], 'nothing but maps is asked of the server');
  for (const { method, headers } of site.maps) {
    assert.equal(method, 'GET', 'no preflight');
    assert.equal(headers.cookie, undefined);
    assert.equal(headers.referer, undefined, 'the page of the owner is not told');
  }
});

after(async () => {
  await context?.close();
  await browser.close();
  await site.close();
});

describe('the map', () => {
  // A middle of one colour: what a page shows below the heat must not shift what is measured.
  const even = (...keys) => {
    const tag = (key) => (key === '#yes' ? 'button' : 'a');
    site.answer = (kind) => answerOf(kind, { elements: keys.map((key) => element(key, tag(key), [300, 2000, 90, 30], 200, around(200, 8, 0.05))) });
  };

  it('lies on the elements, wherever the layout of the server has them', async () => {
    even('#buy', '#prices', '#more-water', '#signup');
    await open();
    const heat = await readHeat();
    for (const selector of ['#buy', '#prices', '#more-water', '#signup']) await assertHot(heat, selector);
    assert.ok(heat.most(200, 350, 400, 550) < COLD, 'nowhere else');
    await page.evaluate(() => scrollTo(0, 1700));
    await sleep(200);
    assert.ok((await readHeat()).most(0, 100, 900, 600) < COLD, 'nor where the server had them');
  });

  it('keeps to places within an element', async () => {
    site.answer = (kind) => answerOf(kind, { elements: [element('#hero', 'section', [0, 0, 100, 100], 100, [[0.1, 0.2, 50], [0.6, 0.9, 50]])] });
    await open();
    const heat = await readHeat();
    const [left, top, width, height] = await page.evaluate(() => {
      const box = document.querySelector('#hero').getBoundingClientRect();
      return [box.left, box.top, box.width, box.height];
    });
    for (const [x, y] of [[0.1, 0.2], [0.6, 0.9]]) {
      const [heatX, heatY] = heat.centre(left + x * width, top + y * height, 36);
      assert.ok(Math.abs(heatX - left - x * width) < 2 && Math.abs(heatY - top - y * height) < 2, `${heatX}, ${heatY}`);
    }
  });

  it('follows elements when the page grows, and when they move by themselves', async () => {
    even('#buy', '#more-water');
    await open();
    const [x, y] = await middleOf('#buy');
    await page.evaluate(() => {
      const banner = document.createElement('div');
      banner.style.height = '120px';
      document.querySelector('main').prepend(banner);
    });
    await sleep(700);
    let heat = await readHeat();
    await assertHot(heat, '#buy');
    assert.ok(heat.most(x - 30, y - 12, x + 30, y + 12) < COLD, 'nothing stays behind');
    await page.evaluate(() => {
      document.styleSheets[0].insertRule('#buy { position: relative; left: 222px; transition: left 0.1s }');
    });
    await sleep(900);
    heat = await readHeat();
    await assertHot(heat, '#buy');
  });

  it('finds an element that comes later, and counts it as gone until then', async () => {
    even('#buy', '#late');
    await open('/', { collapsed: false });
    assert.match((await notes()).join(), /2 clicked elements are not on this page/, 'with the one that the server tells');
    await page.evaluate(() => {
      const late = Object.assign(document.createElement('a'), { id: 'late', href: '#', textContent: 'Late' });
      late.style.cssText = 'position: absolute; left: 200px; top: 400px; width: 120px; height: 40px';
      document.body.append(late);
    });
    await until('it is found', async () => /1 clicked element is not/.test((await notes()).join()));
    await sleep(300);
    await assertHot(await readHeat(), '#late');
  });

  it('counts elements that are hidden', async () => {
    await open('/', { collapsed: false });
    assert.match((await notes()).join(), /1 clicked element is hidden now/);
    await page.evaluate(() => (document.querySelector('#more').open = true));
    await until('it is shown', async () => !/hidden now/.test((await notes()).join()));
  });

  it('stays on a fixed bar while the page is scrolled, and the bar covers what is below', async () => {
    even('#signup', '#more-water');
    await open();
    const [, y] = await middleOf('#more-water');
    await page.evaluate((by) => scrollTo(0, by), Math.round(y - 40));
    await sleep(250);
    const heat = await readHeat();
    await assertHot(heat, '#signup');
    const [x, underBar] = await middleOf('#more-water');
    assert.ok(underBar > 0 && underBar < 64, 'the link lies below the bar');
    assert.ok(heat.most(x - 30, 0, x + 30, 62) < COLD, 'and so does its heat');
    await page.evaluate((by) => scrollTo(0, by), Math.round(y - 300));
    await sleep(250);
    await assertHot(await readHeat(), '#more-water');
  });

  it('is scrolled and cut off with a container inside the page', async () => {
    const middle = (key) => element(key, 'a', [80, 900, 1100, 53], 100, [[0.5, 0.5, 100]]);
    site.answer = (kind) => answerOf(kind, { elements: [middle('#row-bb'), middle('#row-ww')] });
    await open();
    await page.evaluate(() => scrollTo(0, 500));
    await sleep(250);
    const list = await page.evaluate(() => {
      const { left, top, right, bottom } = document.querySelector('#list').getBoundingClientRect();
      return { left, top, right, bottom };
    });
    let heat = await readHeat();
    await assertHot(heat, '#row-bb');
    assert.ok(heat.most(0, list.bottom + 1, 900, 640) < COLD, 'what is scrolled away is not drawn below');
    await page.evaluate(() => (document.querySelector('#list').scrollTop = 1050));
    await sleep(250);
    heat = await readHeat();
    await assertHot(heat, '#row-ww');
    assert.ok(heat.most(0, 66, 1280, list.top - 1) < COLD, 'nor above');
  });

  it('puts what no element holds at its share of the page', async () => {
    const elements = [element('#buy', 'a', [540, 430, 180, 48], 100, [[0.25, 0.5, 60], [0.75, 0.5, 40]])];
    site.answer = (kind) => answerOf(kind, { elements, loose: [[200, 500, 80]], height: 10_000 });
    await open();
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const heat = await readHeat();
    const [x, y] = heat.centre(200, (500 * height) / 10_000);
    assert.ok(Math.abs(x - 200) < 2 && Math.abs(y - (500 * height) / 10_000) < 2, `${x}, ${y}`);
    assert.ok(heat.most(540, 400, 720, 500) < COLD, 'and what an element holds only there');
  });

  it('is as sharp as the screen on one with two pixels to each', async () => {
    await begin({ deviceScaleFactor: 2 });
    await open();
    assert.deepEqual(await inPanel((root) => { const { width, height } = root.querySelector('canvas.map'); return [width, height]; }), [2560, 1440]);
  });

  it('colours elements by their click rate, with tags', async () => {
    await open();
    await choose('element');
    const heat = await readHeat();
    const [x, y] = await middleOf('#buy');
    assert.ok(heat.at(x - 60, y) > 30 && heat.at(x + 60, y) > 30, 'all over');
    const box = await page.evaluate(() => document.querySelector('#buy').getBoundingClientRect().toJSON());
    assert.ok(heat.most(box.right + 2, box.top - 8, box.right + 20, box.top + 8) > 100, 'a tag at its corner');
    assert.ok(heat.most(200, 350, 400, 440) < COLD);
  });

  for (const kind of ['scroll', 'attention']) {
    it(`draws bands over the full width for ${kind}`, async () => {
      await open();
      await choose(kind);
      const heat = await readHeat();
      for (const x of [5, 640, 1270]) assert.ok(heat.at(x, 480) > 20, `at ${x}`);
      if (kind === 'scroll') assert.ok(heat.most(0, 718, 20, 719) > 100, 'the fold is a line');
    });
  }

  it('lies above a dialog that is opened later, which covers the heat of the page', async () => {
    even('#buy', '#yes');
    await open();
    await page.evaluate(() => {
      const dialog = document.querySelector('#question');
      dialog.showModal();
      dialog.style.cssText = 'width: 600px; height: 500px; margin: 120px auto';
    });
    await sleep(900);
    const heat = await readHeat();
    await assertHot(heat, '#yes');
    const [x, y] = await middleOf('#buy');
    assert.ok(heat.most(x - 60, y - 20, x + 60, y + 20) < COLD, 'the button below it is not seen, nor its heat');
  });

  it('finds elements in open shadow roots', async () => {
    even('#card>>#go');
    await page.addInitScript(() =>
      addEventListener('DOMContentLoaded', () => {
        const card = Object.assign(document.createElement('fancy-card'), { id: 'card' });
        card.style.cssText = 'position: absolute; left: 100px; top: 300px';
        card.attachShadow({ mode: 'open' }).innerHTML = '<a id="go" href="#" style="display:block;width:140px;height:60px">Go</a>';
        document.body.append(card);
      }),
    );
    await open('/shadow');
    const heat = await readHeat();
    const [x, y] = heat.centre(170, 330);
    assert.ok(Math.abs(x - 170) < 3 && Math.abs(y - 330) < 3, `${x}, ${y}`);
  });
});

describe('a frame of the same origin', () => {
  it('has its heat, which moves and ends with it, and its numbers', async () => {
    site.answer = (kind) => answerOf(kind, { elements: [element('#frame>>#inside', 'a', [0, 0, 90, 30], 200, around(200, 8, 0.05))] });
    await open('/framed');
    // The link is 300 px down, the frame shows 200.
    let heat = await readHeat();
    assert.ok(heat.most(0, 66, 640, 640) < COLD, 'what is scrolled away inside is not drawn');
    await page.evaluate(() => document.querySelector('#frame').contentWindow.scrollTo(0, 220));
    await sleep(300);
    const [x, y] = await page.evaluate(() => {
      const frame = document.querySelector('#frame');
      const [outer, inner] = [frame.getBoundingClientRect(), frame.contentDocument.querySelector('#inside').getBoundingClientRect()];
      return [outer.left + 3 + inner.left + inner.width / 2, outer.top + 3 + inner.top + inner.height / 2];
    });
    heat = await readHeat();
    const [heatX, heatY] = heat.centre(x, y);
    assert.ok(Math.abs(heatX - x) < 3 && Math.abs(heatY - y) < 3, `${heatX}, ${heatY}, not ${x}, ${y}`);
    await inPanel((root) => root.querySelector('[aria-pressed]').click());
    await page.mouse.move(x, y);
    await sleep(100);
    assert.match(await inPanel((root) => root.querySelector('.tip').innerText), /^#frame>>#inside\s+Clicks\s+200/);
  });
});

describe('the panel', () => {
  it('asks for what is set', async () => {
    await open('/prices', { collapsed: false });
    assert.equal(site.maps.length, 1, 'once');
    const { method, headers, site: name, ...asked } = site.maps[0];
    assert.equal(name, 'demo.example');
    assert.deepEqual(asked, { token: 'TOKEN', path: '/prices', kind: 'click', spots: 'true', width: '1280', date_range: '30d' });
    const set = async (selector, value) => {
      const before = site.maps.length;
      await inPanel(
        (root, [query, text]) => {
          const control = root.querySelector(query);
          control.value = text;
          control.dispatchEvent(new Event('change', { bubbles: true }));
        },
        [selector, value],
      );
      await sleep(60);
      return site.maps.length - before;
    };
    await inPanel((root) => root.querySelector('[value="7d"]').click());
    await set('.fields label:nth-child(1) select', 'mobile');
    await set('.fields label:nth-child(2) select', '77');
    assert.equal(await set('.fields label:nth-child(3) select', 'country'), 0, 'no value, no question');
    await set('.value', 'bg');
    await until('the last answer', async () => !(await isBusy()));
    const last = site.maps.at(-1);
    assert.deepEqual([last.date_range, last.device, last.state, last.filters], ['7d', 'mobile', '77', '[["is","visit:country",["BG"]]]']);
    await set('.fields label:nth-child(3) select', 'source');
    await set('.value', 'goo');
    assert.equal(site.maps.at(-1).filters, '[["contains","visit:source",["goo"],{"case_sensitive":false}]]');
    assert.equal(await set('.fields label:nth-of-type(4) select', 'ice'), 0, 'colours are no question');
  });

  it('shows the numbers, a legend with units, and little data as such', async () => {
    site.answer = (kind) => answerOf(kind, { elements: [element('#buy', 'a', [0, 0, 90, 30], 3, around(3))], loose: [[500, 500, 1]] });
    await open('/', { collapsed: false });
    const shown = await inPanel((root) => [...root.querySelectorAll('.numbers dd')].map((number) => number.textContent));
    assert.deepEqual(shown, ['1,204', '4', '75%']);
    assert.match(await inPanel((root) => root.querySelector('.legend .title').textContent), /^Clicks per 1\u202f000 views within 17 px of a spot$/);
    assert.match((await notes()).join(), /Little data: the colours are held back/);
    const [x, y] = await middleOf('#buy');
    assert.ok((await readHeat()).most(x - 40, y - 20, x + 40, y + 20) > COLD, 'pale, but there');
  });

  it('is worked by keyboard alone', async () => {
    await open('/', { collapsed: false });
    await page.evaluate(() => document.querySelector('#privacy').focus());
    const focused = () => inPanel((root) => root.activeElement?.className || root.activeElement?.value);
    for (let tabs = 0; tabs < 30 && (await focused()) !== 'grip'; tabs++) await page.keyboard.press('Tab');
    assert.equal(await focused(), 'grip');
    const place = () => inPanel((root) => root.querySelector('.panel').getBoundingClientRect().toJSON());
    const { left, top } = await place();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowUp');
    assert.deepEqual([(await place()).left, (await place()).top], [left - 16, top - 16]);
    for (let tabs = 0; tabs < 4; tabs++) await page.keyboard.press('Tab');
    assert.equal(await focused(), 'click');
    await page.keyboard.press('ArrowRight');
    await until('rage clicks are asked for', () => site.maps.at(-1).kind === 'rage');
  });

  it('keeps what is done in it from the page', async () => {
    await open('/', { collapsed: false });
    await page.evaluate(() => {
      window.heard = [];
      for (const type of ['click', 'keydown', 'pointerdown', 'focusin']) document.addEventListener(type, () => heard.push(type));
    });
    await clickMiddle('.chips label:nth-child(2)');
    await page.keyboard.press('ArrowRight');
    await sleep(100);
    assert.equal(site.maps.at(-1).kind, 'dead');
    assert.deepEqual(await page.evaluate(() => heard), []);
  });

  it('is dragged by its head and stays in the window', async () => {
    await open('/', { collapsed: false });
    const head = await inPanel((root) => root.querySelector('.grip').getBoundingClientRect().toJSON());
    await page.mouse.move(head.left + 60, head.top + 12);
    await page.mouse.down();
    await page.mouse.move(200, 60, { steps: 4 });
    await page.mouse.move(-400, -400, { steps: 4 });
    await page.mouse.up();
    const { left, top } = await inPanel((root) => root.querySelector('.panel').getBoundingClientRect().toJSON());
    assert.deepEqual([left, top], [8, 8]);
  });

  it('speaks Bulgarian to those who do', async () => {
    await begin({ locale: 'bg-BG' });
    await open('/', { collapsed: false });
    assert.equal(await inPanel((root) => root.querySelector('.grip strong').textContent), 'Топлинна карта');
    assert.equal(await inPanel((root) => root.querySelector('.chips span').textContent), 'Кликове');
  });

  it('is dark where the system is', async () => {
    await begin({ colorScheme: 'dark' });
    await open('/', { collapsed: false });
    assert.equal(await inPanel((root) => getComputedStyle(root.querySelector('.panel')).backgroundColor), 'rgb(27, 26, 24)');
  });

  it('begins small on a telephone, and fits it when it is opened', async () => {
    await begin({ width: 380, height: 700, hasTouch: true, isMobile: true });
    await page.goto(`${site.url}/${FRAGMENT}`);
    await settled();
    const box = () => inPanel((root) => root.querySelector('.panel').getBoundingClientRect().toJSON());
    assert.ok((await box()).height < 70, 'one line');
    assert.match(await inPanel((root) => root.querySelector('.grip small').textContent), /^Clicks · 30 days · 860 clicks$/);
    await assertHot(await readHeat(), '#buy', 4);
    await clickMiddle('[aria-expanded]');
    await settled();
    const { left, right, top, bottom } = await box();
    assert.ok(left >= 0 && right <= 380 && top >= 0 && bottom <= 700, `${left} ${right} ${top} ${bottom}`);
    assert.ok(await inPanel((root) => { const body = root.querySelector('.body'); return body.scrollWidth <= body.clientWidth; }), 'nothing is cut off sideways');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 380);
  });

  for (const [what, body, said] of [
    ['an ended link', { status: 410, problem: { code: 'link_ended', detail: 'this link has ended' } }, 'This link has ended: open it again from the dashboard.'],
    ['a token of another site', { status: 401, problem: { code: 'not_signed_in' } }, 'This link has ended: open it again from the dashboard.'],
    ['a page without data', { status: 404, problem: { code: 'no_data' } }, 'This page has no views in this period.'],
    ['a wrong value', { status: 400, problem: { code: 'invalid', errors: [{ pointer: 'filters', detail: 'No such country.' }] } }, 'The server did not accept this: No such country.'],
    ['a failure', { status: 500, problem: { code: 'internal', detail: 'secret' } }, 'Something went wrong on the server. Try again in a while.'],
  ]) {
    it(`says in plain words what is the matter with ${what}`, async () => {
      site.answer = () => body;
      await open('/', { collapsed: false });
      assert.deepEqual(await notes(), [said]);
      complaints = [];
    });
  }

  it('tries again when the server is busy', async () => {
    let times = 0;
    site.answer = (kind) => (times++ ? answerOf(kind) : { status: 503, problem: { code: 'unavailable' } });
    await open('/', { collapsed: false });
    assert.deepEqual(await notes(), ['The server is busy; trying again…']);
    await until('it is asked again', () => site.maps.length === 2);
    await settled();
    assert.equal(await inPanel((root) => root.querySelector('.numbers dd').textContent), '1,204');
  });

  it('tells what a policy must allow when the server cannot be reached', async () => {
    await page.route('**/heatmap.json*', (route) => route.abort());
    await open('/', { collapsed: false });
    assert.match((await notes()).join(), /cannot be reached.+connect-src must allow 127\.0\.0\.1/);
  });
});

describe('inspecting', () => {
  const tip = () => inPanel((root) => { const shown = root.querySelector('.tip'); return shown.hidden ? '' : shown.innerText; });
  const start = async () => {
    await inPanel((root) => root.querySelector('[aria-pressed]').click());
    await settled();
  };

  it('shows the numbers of the element under the pointer, and its box', async () => {
    await open();
    await page.mouse.move(...(await middleOf('#buy')));
    assert.equal(await tip(), '', 'only if it is switched on');
    await start();
    await page.mouse.move(...(await middleOf('#buy')));
    assert.match(await tip(), /^#buy\s+Clicks\s+320\s+Click rate\s+36%\s+Views that saw it\s+900\s+Visitors\s+256\s+Rage clicks\s+4\s+Dead clicks\s+2\s+Before an error\s+1$/);
    const outline = await inPanel((root) => root.querySelector('.outline').getBoundingClientRect().toJSON());
    const box = await page.evaluate(() => document.querySelector('#buy').getBoundingClientRect().toJSON());
    assert.deepEqual([outline.left, outline.top, outline.width, outline.height], [box.left - 2, box.top - 2, box.width + 4, box.height + 4]);
    await page.mouse.move(...(await middleOf('#features')));
    assert.match(await tip(), /^#features\s+No clicks in this period$/);
  });

  it('keeps clicks from the page, and ends by Escape', async () => {
    await open();
    await start();
    await page.mouse.click(...(await middleOf('#buy')));
    await sleep(200);
    assert.equal(new URL(page.url()).pathname, '/');
    assert.match(await tip(), /^#buy/);
    await page.keyboard.press('Escape');
    assert.equal(await tip(), '');
    await page.mouse.click(...(await middleOf('#buy')));
    await until('the link works again', () => new URL(page.url()).pathname === '/buy');
  });

  it('follows the keyboard', async () => {
    await open();
    await start();
    await page.evaluate(() => document.querySelector('#prices').focus());
    assert.match(await tip(), /^#prices\s+Clicks\s+90/);
  });
});

describe('the page', () => {
  const snapshot = () => page.evaluate(() => document.documentElement.outerHTML.replace(/<script src="[^"]*heatline-overlay\.js"[^>]*><\/script>/, ''));

  it('has one element more, whose shadow root is closed, and is laid out as before', async () => {
    await begin({ spy: false });
    await page.goto(`${site.url}/`);
    await page.evaluate(() => window.heatline);
    const before = await page.evaluate(() => [document.body.outerHTML, document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
    await page.goto('about:blank');
    // The beacon of that view.
    await sleep(500);
    site.others = [];
    await page.goto(`${site.url}/${FRAGMENT}`);
    await sleep(900);
    assert.deepEqual(await page.evaluate(() => [document.body.outerHTML, document.documentElement.scrollWidth, document.documentElement.scrollHeight]), before);
    assert.equal(await page.evaluate(() => document.querySelectorAll('heatline-overlay').length), 1);
    assert.equal(await page.evaluate(() => document.querySelector('heatline-overlay').shadowRoot), null);
    assert.equal(await page.evaluate(() => document.elementFromPoint(640, 320).id), 'buy', 'nothing lies in the way of the pointer');
  });

  it('is told nothing: no script error, no global, no request but for the map', async () => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await open();
    await page.mouse.click(600, 600);
    await sleep(300);
    await page.goto('about:blank');
    assert.deepEqual([...new Set(asked)].sort(), ['/', '/api/v1/sites/demo.example/heatmap.json', '/js/heatline-overlay.js', '/js/heatline.js', '/style.css'].sort());
    assert.equal(site.maps.length, 1);
    assert.deepEqual(complaints, []);
  });

  it('may have a strict Content-Security-Policy', async () => {
    await open('/strict', { collapsed: false });
    await assertHot(await readHeat(), '#more-water', 6);
    assert.equal(await inPanel((root) => getComputedStyle(root.querySelector('.panel')).position), 'absolute', 'styles are there');
    assert.deepEqual(complaints, []);
  });

  it('may demand Trusted Types', async () => {
    await open('/typed', { collapsed: false });
    await assertHot(await readHeat(), '#more-water', 6);
    assert.deepEqual(complaints, []);
  });

  it('is as before once the overlay is closed', async () => {
    await page.goto(`${site.url}/${FRAGMENT}`);
    await settled();
    const withOverlay = await snapshot();
    await clickMiddle('[aria-label="Close the heat map"]');
    await sleep(100);
    const left = await snapshot();
    assert.ok(withOverlay.includes('<heatline-overlay') && !left.includes('heatline'.concat('-overlay')));
    assert.equal(page.url(), `${site.url}/`);
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    const asked = site.maps.length;
    await page.setViewportSize({ width: 900, height: 700 });
    await page.evaluate(() => document.querySelector('main').append(document.createElement('p')));
    await sleep(700);
    assert.equal(site.maps.length, asked, 'it has stopped');
    await page.mouse.click(...(await middleOf('#prices')));
    await page.waitForURL('**/prices');
    assert.equal(page.url(), `${site.url}/prices`);
    // That page is counted as any other.
    await page.goto('about:blank');
    await sleep(500);
    site.others = [];
  });

  it('keeps the overlay from link to link, and what was set', async () => {
    await open();
    await choose('rage');
    await page.mouse.click(...(await middleOf('#prices')));
    await until('the next page is asked for', () => site.maps.at(-1).path === '/prices');
    assert.equal(page.url(), `${site.url}/prices${FRAGMENT}`);
    assert.equal(site.maps.at(-1).kind, 'rage');
    const stored = await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }));
    assert.ok(!stored.includes('TOKEN'), 'the token is not stored');
    await settled();
    await page.mouse.click(...(await middleOf('#help')));
    await sleep(200);
    assert.equal(page.url(), `${site.url}/prices#help`, 'links within the page are as ever');
  });

  it('may change its route without a new document', async () => {
    await open('/', { collapsed: false });
    await page.evaluate(() => {
      history.pushState(null, '', '/warmth');
      document.querySelector('main').innerHTML = '<a id="buy" href="#x" style="position:absolute;left:300px;top:500px;width:100px">Buy</a>';
    });
    await until('the new path is asked for', () => site.maps.at(-1).path === '/warmth');
    await settled();
    await sleep(600);
    await assertHot(await readHeat(), '#buy', 4);
  });

  it('may have any styles, and traps in its way', async () => {
    await page.addInitScript(() => {
      addEventListener('DOMContentLoaded', () => {
        document.styleSheets[0].insertRule('* { display: none !important; transform: scale(0.5) !important; opacity: 0.1 !important }');
        document.styleSheets[0].insertRule('html, head, body, body * { display: block !important; transform: none !important; opacity: 1 !important }', 1);
      });
      Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('no storage'); } });
      Array.prototype.toJSON = function () { return 'broken'; };
    });
    await open('/', { collapsed: false });
    const box = await inPanel((root) => root.querySelector('.panel').getBoundingClientRect().toJSON());
    assert.equal(box.width, 336);
    assert.deepEqual(complaints, []);
  });
});

describe('speed', () => {
  it('lets a page of 5,000 elements be scrolled smoothly, with 100 elements and 2,000 spots', async () => {
    const elements = Array.from({ length: 100 }, (_, i) => element(`#many>div:nth-of-type(${i * 9 + 2})>a`, 'a', [0, 0, 40, 20], 60, around(60, 20, 0.4)));
    site.answer = (kind) => answerOf(kind, { elements, height: 30_000 });
    await page.addInitScript(() => {
      window.longest = [];
      new PerformanceObserver((list) => longest.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    });
    await open('/big');
    await until('all are found', async () => (await notes()).every((note) => !/\d{2,} clicked/.test(note)), 15_000);
    const frames = await page.evaluate(async () => {
      const times = [];
      longest.length = 0;
      let last = await new Promise(requestAnimationFrame);
      for (let step = 0; step < 120; step++) {
        scrollBy(0, 90);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
      }
      return { times: times.sort((a, b) => a - b), longest };
    });
    const median = frames.times[60];
    const late = frames.times[Math.floor(frames.times.length * 0.95)];
    console.log(`frames while scrolling: median ${median.toFixed(1)} ms, p95 ${late.toFixed(1)} ms; long tasks: ${frames.longest.map(Math.round)}`);
    assert.ok(median < 18, `median frame ${median} ms`);
  });
});
