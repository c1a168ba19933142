// Owns the test site: pages, the tracker and a recorder of beacons, as one tiny server. It does not drive the browser.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { hardPages } from './heatmap-pages.mjs';

const script = (name) => new URL(`../../dist/${name}`, import.meta.url);

const page = (body, { head = '', attributes = '' } = {}) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Test page</title>
<style>
  * { box-sizing: border-box }
  body { margin: 0; font: 16px/20px sans-serif }
  button, a.box { display: block; width: 200px; height: 40px; margin: 0; padding: 0; border: 0 }
</style>
${head}
<script defer src="/js/heatline.js" data-site="demo.example" ${attributes}></script>
</head><body>${body}</body></html>`;

/** What is told by itself, and what is not. OTHER is a site of another origin. */
const automatic = (settings) =>
  page(
    `
    <a id="away" href="OTHER/a?b=c#secret">Some words</a> <a id="tab" href="OTHER/tab" target="_blank">Some words</a>
    <svg width="200" height="20"><a id="drawn" href="OTHER/drawn" target="_blank"><rect width="200" height="20" /></a></svg>
    <fancy-links id="card"></fancy-links>
    <a id="scripted" href="OTHER/scripted">Some words</a> <a id="doubled" href="OTHER/doubled">Some words</a>
    <a id="part" href="#part">Part</a> <a id="mail" href="mailto:secret@example.com">Mail</a>
    <div id="ignored" data-heatline-ignore><a href="OTHER/secret" target="_blank">Some words</a></div>
    <a id="masked" data-heatline-mask href="OTHER/secret" target="_blank">Some words</a>
    <a id="file" href="/slow.pdf?key=secret">File</a> <a id="named" href="/plain?key=secret" download>Named</a>
    <a id="made" href="data:text/plain,secret" download="secret.txt">Made</a>
    <form id="prevented"><input id="mail-field" name="mail" value="secret"><button id="send">Send</button></form>
    <form action="/second" method="post"><input type="hidden" name="method" value="dialog"><button id="post">Send</button></form>
    <form><input name="must" required><button id="invalid">Send</button></form>
    <dialog id="box"><form method="dialog"><button id="close">Close</button></form></dialog><button id="open">Open</button>
    <form class="prevented" data-heatline-ignore><button id="private">Send</button></form>
    <script>
      customElements.define('fancy-links', class extends HTMLElement {
        connectedCallback() {
          this.attachShadow({ mode: 'open' }).innerHTML =
            '<a href="OTHER/carda" target="_blank"><b>Some words</b></a><form onsubmit="return false"><input value="secret"></form>';
        }
      });
      prevented.onsubmit = document.querySelector('.prevented').onsubmit = () => false;
      document.querySelector('#open').onclick = () => box.showModal();
      for (const link of [mail, scripted, doubled, file]) link.onclick = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
      doubled.addEventListener('click', () => heatline('Outbound Link: Click', { props: { place: 'list' } }), true);
    </script>`,
    settings,
  );

export const pages = {
  ...hardPages,
  '/plain': page('<h1 id="title">Plain</h1><p>Nothing to see.</p><a class="box" id="next" href="/second">Next</a>'),
  '/second': page('<h1>Second</h1>'),
  '/tall': page(`
    <header id="bar" style="position:sticky;top:0;height:60px;background:#ddd"><button id="menu">Menu</button></header>
    <main style="height:5000px"><button id="buy" style="margin-top:1000px">Buy</button></main>`),
  '/dialog': page(`
    <main style="height:3000px"><button id="open" style="margin-top:600px" onclick="box.showModal()">Open</button></main>
    <dialog id="box" style="width:400px;height:300px;padding:0;border:0">
      <button id="yes" style="margin:50px">Yes</button><button id="no" style="margin:50px" onclick="box.close()">No</button>
    </dialog>
    <div id="plate" style="position:fixed;right:0;bottom:0;width:300px;height:100px;background:#eee"><span>Bare</span></div>`),
  '/panel': page(`
    <div id="list" style="width:400px;height:300px;overflow:auto;margin:100px">
      ${Array.from({ length: 50 }, (_, i) => `<button style="height:40px" data-testid="row-${'abcdefghijklmnopqrstuvwxyz'[i % 26]}${i < 26 ? '' : '-again'}">Row ${i}</button>`).join('')}
    </div><div style="height:2000px"></div>`),
  '/shadow': page(`<fancy-card id="card"></fancy-card>
    <script>
      customElements.define('fancy-card', class extends HTMLElement {
        connectedCallback() {
          this.attachShadow({ mode: 'open' }).innerHTML = '<section><h2>In the shadow</h2><button id="go">Go</button></section>';
        }
      });
    </script>`),
  '/form': page(`
    <form id="order" onsubmit="return false"><label id="agree-label">I agree <input type="checkbox" id="agree"></label>
    <input name="children" value="secret value"><input name="id" value="another secret"><button id="send">Send</button></form>
    <div data-heatline-ignore><button id="private">Private</button></div>`),
  '/body-scrolls': page('<main style="height:3000px"><button id="low" style="margin-top:1500px">Low</button></main>', {
    head: '<style>html, body { height: 100%; overflow: auto } main { padding-top: 1px }</style>',
  }),
  '/short': page('<p>Short</p>', { head: '<style>html { overflow-y: scroll }</style>' }),
  '/moved': page(`
    <div style="transform:translateX(10px)"><nav id="bar" style="position:fixed;top:100px;width:300px;height:50px">Bar</nav></div>
    <div style="height:3000px"></div>`),
  '/table': page(`
    <div id="list" style="width:400px;height:300px;overflow:auto;position:absolute;top:100px;left:100px">
      <h2 id="head" style="position:sticky;top:0;height:40px;margin:0">Head</h2><div style="height:2000px"></div>
    </div>`),
  '/slotted': page(`<x-panel id="panel"><button id="inside">Inside</button><div style="height:2000px"></div></x-panel>
    <script>
      document.querySelector('#panel').attachShadow({ mode: 'open' }).innerHTML =
        '<div id="scroller" style="width:300px;height:200px;overflow:auto"><slot></slot></div>';
    </script>`),
  '/head': `<!doctype html><script src="/js/heatline.js" data-site="demo.example"></script><body><h1>Late body</h1>`,
  '/traps': page('<button id="buy">Buy</button>', {
    head: `<script>
      window.errors = [];
      addEventListener('error', (event) => errors.push(String(event.message)));
      addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
      const trap = { configurable: true, get() { throw new Error('trap') } };
      Object.defineProperty(document, TRAP, trap);
    </script>`,
  }),
  '/auto': automatic(),
  '/auto-none': automatic({ attributes: 'data-auto="none"' }),
  '/auto-404': page('<h1>Not found</h1>', { head: '<meta name="heatline-404">' }),
  '/auto-404-tag': page('<h1>Not found</h1>', { attributes: 'data-404' }),
  '/vitals': page(`
    <div id="room"></div><div id="box" style="height:360px;background:#ccc">Box</div><button id="slow" style="position:fixed;bottom:0">Slow</button>
    <script>
      slow.onclick = () => { for (const end = performance.now() + 300; performance.now() < end; ); };
      // Half a second after input a shift is no surprise.
      setTimeout(() => {
        room.style.height = '72px';
        requestAnimationFrame(() => setTimeout(() => (window.shifted = true), 100));
      }, 3_000);
    </script>`),
  '/other-origin': page('<h1>Other origin</h1>', { attributes: 'data-api="//localhost:PORT/api/beacon"' }),
  '/spa': page('<nav><a class="box" id="home" href="#">Home</a></nav><main style="height:3000px"></main>'),
  '/hash': page('<main style="height:3000px"></main>', { attributes: 'data-hash' }),
  '/early': page('<h1>Early</h1>', {
    head: `<script>window.heatline=window.heatline||function(){(heatline.q=heatline.q||[]).push(arguments)};
      heatline('signup', { props: { plan: 'pro', seats: 3 } })</script>`,
  }),
  '/twice': page('<h1>Twice</h1>', { head: '<script defer src="/js/heatline.js" data-site="demo.example"></script>' }),
  '/hostile': page('<button id="buy">Buy</button>', {
    head: `<script>
      window.errors = [];
      addEventListener('error', (event) => errors.push(String(event.message)));
      addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
      String.prototype.toJSON = function () { return 'broken' };
      Date = undefined;
      JSON.parse = () => { throw new Error('JSON.parse') };
      navigator.sendBeacon = () => { throw new Error('sendBeacon') };
    </script>`,
  }),
};

/**
 * Starts the server. `reply` is what beacons are answered with; it is 202 but for the first requests if `refusals` has their
 * `{ status, retryAfter }`. `requests` are all, `beacons` what was accepted. `other` is the origin of another site.
 */
export const startSite = async () => {
  const site = { beacons: [], requests: [], refusals: [], reply: {}, url: '', other: '', close: () => {} };
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    if (path === '/api/beacon') {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const { status = 202, retryAfter } = site.refusals.shift() ?? {};
        site.requests.push({
          method: request.method,
          type: request.headers['content-type'],
          bytes: Buffer.byteLength(body),
          body,
          status,
          at: Date.now(),
        });
        if (body && status === 202) site.beacons.push(JSON.parse(body));
        response.writeHead(status, {
          'content-type': 'application/json',
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'Retry-After, X-Heatline-Dropped',
          ...(retryAfter && { 'retry-after': retryAfter }),
        });
        response.end(JSON.stringify(site.reply));
      });
    } else if (/^\/js\/[\w-]+\.js$/.test(path) && existsSync(script(path.slice(4)))) {
      // As the service does: a page of any origin may import them.
      response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*' });
      response.end(readFileSync(script(path.slice(4))));
    } else if (path === '/missing') {
      response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end(pages['/plain']);
    } else if (path === '/vitals') {
      setTimeout(() => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pages[path]), 150);
    } else if (path === '/slow') {
      setTimeout(() => response.end('slow'), 4_000);
    } else if (pages[path]) {
      const trap = JSON.stringify(request.url.split('?')[1] ?? '');
      const html = pages[path].replace('TRAP', trap).replace('PORT', server.address().port).replaceAll('OTHER', site.other);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    } else {
      // Anything else is an address of the single-page app.
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(pages['/spa']);
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.close = () => new Promise((done) => server.close(done));
  site.clear = () => {
    site.beacons = [];
    site.requests = [];
    site.refusals = [];
    site.reply = {};
  };
  return site;
};

/** Returns the events of beacons, each with what its beacon says of the view. */
export const eventsOf = (beacons) =>
  beacons.flatMap(({ events, ...view }) => events.map((event) => ({ ...event, in: { ...view, path: new URL(view.url).pathname } })));

const fits = (pattern, value) =>
  typeof pattern === 'function'
    ? pattern(value)
    : typeof pattern === 'object' && pattern !== null
      ? typeof value === 'object' && value !== null && Object.keys(pattern).every((key) => fits(pattern[key], value[key]))
      : Object.is(pattern, value);

/**
 * Runs `action` and checks what was sent: each of `expected` once and nothing of `refuted`. Patterns name the members that matter; a
 * member may be a function that judges the value. Waits until all is there, then `settleMs` more for what should not be.
 */
export const expectEvents = async (site, { action, expected = [], refuted = [], withinMs = 3_000, settleMs = 300 }) => {
  const before = site.beacons.length;
  await action();
  const sent = () => eventsOf(site.beacons.slice(before));
  const missing = () => expected.filter((pattern) => !sent().some((event) => fits(pattern, event)));
  for (let waited = 0; missing().length && waited < withinMs; waited += 25) await sleep(25);
  await sleep(settleMs);
  const show = (value) => JSON.stringify(value, (_, member) => (typeof member === 'function' ? String(member) : member), 1);
  const [first] = missing();
  if (first) throw new Error(`not sent: ${show(first)}\nsent: ${show(sent())}`);
  for (const pattern of expected) {
    const count = sent().filter((event) => fits(pattern, event)).length;
    if (count !== 1) throw new Error(`sent ${count} times: ${show(pattern)}\nsent: ${show(sent())}`);
  }
  for (const pattern of refuted) {
    const event = sent().find((candidate) => fits(pattern, candidate));
    if (event) throw new Error(`sent although it should not be: ${show(event)}`);
  }
  return sent();
};
