// Owns the site that the overlay is tried on: pages, the scripts, and a server of heat maps that answers as the contract says. It does not
// drive the browser.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const dist = new URL('../../dist/', import.meta.url);
const scripts = Object.fromEntries(
  ['heatline.js', 'heatline-overlay.js'].map((name) => [`/js/${name}`, readFileSync(new URL(name, dist))]),
);

const STYLE = `
  * { box-sizing: border-box }
  body { margin: 0; font: 16px/1.5 'Segoe UI', Roboto, 'Noto Sans', sans-serif; color: #23303f; background: #fff }
  a { color: inherit }
  .bar { position: sticky; top: 0; z-index: 5; height: 64px; display: flex; align-items: center; gap: 28px; padding: 0 40px; background: #fff; border-bottom: 1px solid #e3e8ee }
  .bar b { font-size: 20px; margin-right: auto }
  .bar a { text-decoration: none }
  .cta { display: inline-block; padding: 12px 26px; border: 0; border-radius: 8px; background: #2457d6; color: #fff; font: inherit; font-weight: 600; text-decoration: none }
  .hero { padding: 90px 40px 100px; background: #eef3fb; text-align: center }
  .hero h1 { margin: 0 0 12px; font-size: 44px; line-height: 1.15 }
  .hero p { margin: 0 auto 30px; max-width: 560px }
  .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 24px; padding: 60px 40px; max-width: 1200px; margin: auto }
  .card { padding: 28px; border: 1px solid #e3e8ee; border-radius: 12px }
  .card h2 { margin: 0 0 8px; font-size: 20px }
  .list { height: 260px; overflow: auto; max-width: 1120px; margin: 0 auto 60px; border: 1px solid #e3e8ee; border-radius: 12px }
  .list a { display: block; padding: 14px 20px; border-bottom: 1px solid #eef1f5; text-decoration: none }
  .long { height: 1500px; background: linear-gradient(#fff, #eef3fb); padding: 40px }
  footer { padding: 50px 40px; background: #17212e; color: #cfd8e3; display: flex; gap: 24px; flex-wrap: wrap }
  @media (max-width: 600px) { .bar { padding: 0 16px; gap: 14px } .bar a:not(.cta) { display: none } .hero { padding: 50px 20px } .hero h1 { font-size: 30px } .cards { padding: 30px 20px } }
`;

const rows = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `<a id="row-${letter}${letter}" href="#row">Plan ${letter.toUpperCase()} for small and large teams</a>`);

const BODY = `
  <header class="bar" id="bar"><b>Meadow</b><a id="features" href="/features">Features</a><a id="prices" href="/prices">Prices</a><a id="help" href="#help">Help</a><a class="cta" id="signup" href="/signup">Sign up</a></header>
  <main>
    <section class="hero" id="hero"><h1 id="claim">Know what your garden needs</h1><p id="lead">Sensors that speak plainly: water, light and warmth of every bed, in one place, without a cloud.</p><a class="cta" id="buy" href="/buy">Start for free</a></section>
    <div class="cards" id="cards"><article class="card" id="water"><h2>Water</h2><p>Which bed is dry, and since when.</p><a id="more-water" href="/water">More about water</a></article><article class="card" id="light"><h2>Light</h2><p>Hours of sun, week by week.</p><a id="more-light" href="/light">More about light</a></article><article class="card" id="warmth"><h2>Warmth</h2><p>Frost warnings before it is too late.</p><a id="more-warmth" href="/warmth">More about warmth</a></article></div>
    <div class="list" id="list">${rows.join('')}</div>
    <div class="long" id="long"><p id="far">Far down the page.</p></div>
  </main>
  <footer id="foot"><a id="imprint" href="/imprint">Imprint</a><a id="privacy" href="/privacy">Privacy</a></footer>
  <dialog id="question"><p>Really?</p><button id="yes" type="button">Yes</button></dialog>
  <details id="more"><summary>More</summary><a id="secret" href="/secret">Hidden</a></details>`;

const page = (head = '') => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Meadow</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">${head}
<script defer src="/js/heatline.js" data-site="demo.example"></script></head><body>${BODY}</body></html>`;

/** Nothing but what the page's own files need. */
const STRICT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";

/** No script may make another from text, which the core's way to load the overlay is, too: there it has a tag of its own. */
const TYPED_POLICY = `${STRICT_POLICY}; require-trusted-types-for 'script'; trusted-types 'none'`;
const TYPED = page().replace('/js/heatline.js"', '/js/heatline-overlay.js" data-token="TOKEN"');

/** A page of the same origin in a frame, longer than that. */
const FRAMED = page().replace('<main>', '<main><iframe id="frame" src="/inner" style="position:absolute;left:100px;top:150px;width:400px;height:200px;border:3px solid;z-index:2;background:#fff"></iframe>');
const INNER = `<!doctype html><html><head><title>Inside</title><link rel="stylesheet" href="/style.css"></head><body>
  <div style="height:300px"></div><a id="inside" class="cta" href="#" style="margin-left:80px">Inside</a><div style="height:600px"></div></body></html>`;

/** 5,000 elements more. */
const BIG = page().replace(
  '<footer',
  `<div id="many">${Array.from({ length: 1000 }, (_, i) => `<div class="row"><p>Line ${i}</p><span>a</span><a href="#l">link</a><i>b</i></div>`).join('')}</div><footer`,
);

/** An element of the answer, as the layout at 1280 px has it. */
export const element = (key, tag, box, clicks, spots, more = {}) => {
  const [x, y, width, height] = box;
  const exposed = more.exposed ?? 900;
  return { element: key, tag, role: '', clicks, visitors: Math.ceil(clicks * 0.8), exposed, click_rate: clicks / exposed, rage: 0, dead: 0, error: 0, x, y, width, height, fixed: false, spots, ...more };
};

/** Spots around the middle of a box: `count` places that share the clicks. */
export const around = (clicks, count = 5, spread = 0.12) =>
  Array.from({ length: count }, (_, i) => [
    0.5 + spread * Math.cos((i * 2 * Math.PI) / count),
    0.5 + spread * Math.sin((i * 2 * Math.PI) / count),
    clicks / count,
  ]);

const CLICKED = [
  element('#buy', 'a', [540, 330, 180, 48], 320, around(320), { rage: 4, dead: 2, error: 1 }),
  element('#signup', 'a', [1120, 8, 120, 48], 140, around(140), { fixed: true, y: 8 }),
  element('#prices', 'a', [980, 20, 50, 24], 90, around(90), { fixed: true }),
  element('#claim', 'h1', [40, 154, 1200, 52], 24, around(24, 9, 0.2)),
  element('#more-water', 'a', [109, 640, 130, 24], 60, around(60)),
  element('#more-light', 'a', [509, 640, 130, 24], 36, around(36)),
  element('#more-warmth', 'a', [909, 640, 140, 24], 12, around(12)),
  element('#row-bb', 'a', [80, 800, 1100, 53], 80, [[0.1, 0.5, 80]]),
  element('#row-ww', 'a', [80, 1980, 1100, 53], 70, [[0.1, 0.5, 70]]),
  element('#imprint', 'a', [40, 2700, 60, 24], 14, around(14)),
  element('#vanished', 'a', [40, 900, 60, 24], 9, around(9)),
  element('#secret', 'a', [40, 2800, 60, 24], 5, around(5)),
];

/** Returns the cells of elements, and of clicks that no element holds. */
const cellsOf = (elements, loose) => [
  ...elements.flatMap(({ x, y, width, height, spots }) => spots.map(([across, down, clicks]) => [Math.round(x + across * width), Math.round(y + down * height), clicks])),
  ...loose,
];

export const answerOf = (kind, { elements = CLICKED, loose = [], height = 2813, ...more } = {}) => {
  const anchored = elements.reduce((sum, { clicks }) => sum + clicks, 0);
  const unanchored = loose.reduce((sum, [, , clicks]) => sum + clicks, 0);
  const bands = Array.from({ length: 100 }, (_, i) => [(i * height) / 100, ((i + 1) * height) / 100]);
  return {
    site: 'demo.example', path: '/', kind, width: 1280, height, views: 1204, clicks: anchored + unanchored, anchored, unanchored, cell: 4,
    cells: cellsOf(elements, loose), elements, gone: [{ element: '#banner', clicks: 3 }], layout: { samples: 12, width: 1280, since: '2026-01-01', versions: [] },
    fold: 720, states: [{ id: 77, element: '#question', clicks: 12 }],
    ...(kind === 'scroll' && { measured: 1100, bands: bands.map(([y0, y1], i) => ({ y0, y1, share: Math.max(1 - i / 80, 0.06) })) }),
    ...(kind === 'attention' && {
      bands: bands.map(([y0, y1], i) => ({ y0, y1, seconds_per_view: 14 * Math.exp(-(((i - 18) / 22) ** 2)) })),
      landmarks: [{ element: '#hero', seconds_per_view: 12.4, x: 0, y: 64, width: 1280, height: 380 }, { element: '#water', seconds_per_view: 4.1, x: 80, y: 520, width: 380, height: 180 }],
    }),
    ...more,
  };
};

/** Starts the server. `maps` are the requests for maps; `answer` says what comes of one: a body, or `{ status, problem }`. */
export const startMeadow = async () => {
  const site = { maps: [], others: [], answer: (kind) => answerOf(kind), url: '' };
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const html = (text, headers = {}) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(text);
    if (/^\/api\/v1\/sites\/[^/]+\/heatmap\.json$/.test(pathname)) {
      site.maps.push({ method: request.method, site: pathname.split('/')[4], headers: request.headers, ...Object.fromEntries(searchParams) });
      const body = site.answer(searchParams.get('kind'), searchParams);
      const { status = 200, problem } = body;
      response.writeHead(status, { 'content-type': problem ? 'application/problem+json' : 'application/json', 'access-control-allow-origin': '*' });
      response.end(JSON.stringify(problem ?? body));
    } else if (scripts[pathname]) response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(scripts[pathname]);
    else if (pathname === '/style.css') response.writeHead(200, { 'content-type': 'text/css' }).end(STYLE);
    else if (pathname === '/favicon.ico') response.writeHead(204).end();
    else {
      if (pathname.startsWith('/api')) site.others.push(`${request.method} ${pathname}`);
      if (pathname === '/strict') html(page(), { 'content-security-policy': STRICT_POLICY });
      else if (pathname === '/typed') html(TYPED, { 'content-security-policy': TYPED_POLICY });
      else if (pathname === '/framed') html(FRAMED);
      else if (pathname === '/inner') html(INNER);
      else if (pathname === '/big') html(BIG);
      else html(page());
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  site.url = `http://127.0.0.1:${server.address().port}`;
  site.close = () => new Promise((done) => server.close(done));
  site.clear = () => Object.assign(site, { maps: [], others: [], answer: (kind) => answerOf(kind) });
  return site;
};
