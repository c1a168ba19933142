// Owns the pages on which the heat map is hard to get right. It does not visit them.

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

/** What a build, a framework or a banner changes, and what must not change a key. */
const shop = ({ hash, banner = '', before = '', extra = '' }) => page(`${banner}
  <header class="css-${hash}1 top"><nav><a href="#a">A</a><a href="#b">B</a></nav></header>
  <main id=":r${hash}:" class="sc-${hash} shop">
    <ul class="list-${hash}9">${before}<li class="item-${hash}4"><button>One</button></li><li><button>Two</button></li>${extra}</ul>
    <div class="hero Button_root__${hash}"><button>Hero</button></div>
    <form><input name="email"><input id="react-select-2-input"><button type="button">Go</button></form>
  </main>`);

export const hardPages = {
  '/quiet': page(`
    <button id="dead">Nothing</button>
    <button id="alive" onclick="this.classList.toggle('on')">Toggle</button>
    <button id="error" onclick="setTimeout(() => { throw new Error('ours to notice') }, 50)">Break</button>
    <button id="rejects" onclick="Promise.reject(new Error('ours to notice'))">Reject</button>
    <button id="popover" popovertarget="tip">Popover</button><div id="tip" popover>Tip</div>
    <input type="number" id="amount" style="display:block;width:200px;height:40px"><input id="text" style="display:block">
    <div role="spinbutton" id="spin" style="width:200px;height:40px">+</div>
    <button id="plus" onclick="sum.textContent = +sum.textContent + 1">+</button><output id="sum">0</output>
    <a class="box" id="slow" href="/slow">Slow page</a><a class="box" id="tab" href="/plain" target="_blank">New tab</a>
    <a class="box" id="jump" href="#" onclick="return false">Dead link</a>
    <p id="words" style="width:400px">Some words of secret text that one can select here.</p>
    <x-toggle id="host"></x-toggle>
    <script>
      const root = document.querySelector('#host').attachShadow({ mode: 'open' });
      root.innerHTML = '<button id="inner">Inner</button>';
      root.querySelector('#inner').onclick = (event) => event.target.setAttribute('data-on', '');
    </script>`),
  '/states': page(`
    <header style="height:60px"><button id="menu" aria-expanded="false" aria-controls="items" onclick="
      items.hidden = !items.hidden; this.setAttribute('aria-expanded', !items.hidden)">Menu</button>
      <ul id="items" hidden style="margin:0"><li><a href="#x" id="first">First</a></li></ul></header>
    <main style="height:2000px"><button id="open" onclick="box.showModal()">Open</button></main>
    <dialog id="box" style="padding:0;border:0"><button id="yes">Yes</button><button id="close" onclick="box.close()">Close</button></dialog>
    <div id="cookies" hidden style="position:fixed;bottom:0;left:0;right:0;height:100px;background:#eee"><button id="agree" onclick="cookies.remove()">OK</button></div>`),
  '/landmarks': page(`<header id="top" style="height:100px">T</header><main id="main" style="height:6000px">M</main><footer id="end" style="height:100px">E</footer>`),
  '/moves': page('<button id="buy">Buy</button><main style="height:600px"></main>', { attributes: 'data-move' }),
  '/masked': page(`<section id="account" data-heatline-mask style="width:400px;height:200px"><button id="secret-name">Secret</button></section>
    <button id="open">Open</button>`),
  '/frame': page(`<h1>Frame</h1><iframe id="frame" src="/inside" style="width:400px;height:300px;border:5px solid;display:block"></iframe>
    <div style="height:3000px"></div>`),
  '/inside': '<!doctype html><body style="margin:0;height:900px"><button id="inner" style="position:absolute;left:50px;top:60px;width:100px;height:40px;border:0">In</button>',
  '/shapes': page(`<svg id="map" width="300" height="200"><g><rect width="100" height="100"></rect><rect id="area" x="100" width="100" height="100"></rect></g></svg>
    <canvas id="chart" width="300" height="200" style="display:block"></canvas>`),
  '/shop': shop({ hash: 'a1b2' }),
  '/shop-rebuilt': shop({ hash: 'zz9y' }),
  '/shop-banner': shop({ hash: 'a1b2', banner: '<div class="cookie-banner" style="height:120px">Cookies</div>' }),
  '/shop-longer': shop({ hash: 'a1b2', extra: '<li><button>Three</button></li>' }),
  '/shop-overtaken': shop({ hash: 'a1b2' }).replace('<div class="hero', '<div class="offer">Offer</div><div class="hero'),
  '/large': page(`<nav>${'<a href="#n">Link</a> '.repeat(50)}</nav><main>${Array.from(
    { length: 1_237 },
    (_, i) => `<div class="card"><h3>Card ${i}</h3><p>Text</p><button style="height:20px">Buy</button></div>`,
  ).join('')}</main>`),
};
