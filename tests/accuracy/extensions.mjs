// Owns what is put around the templates: a sticky bar, a scroll container, a dialog, where a template has none, and the banner of
// later visits. Plain HTML without ids that would help, but for the dialog's.

const PRODUCTS =
  'Kettle, Teapot, Milk jug, Sugar bowl, Cake stand, Tray, Mug, Saucer, Spoon rest, Tea strainer, Egg cup, Butter dish'.split(', ');

/** A bar that sticks to the bottom of the window. */
const sticky = `
<div class="offer-bar"><p>Free delivery this week.</p> <a href="/delivery">How it works</a> <button type="button">Remind me</button></div>`;

/** A list of its own height, which is scrolled inside the page. */
const scroller = `
<section class="last-seen"><h2>Last seen</h2><ul class="last-list">${PRODUCTS.map(
  (name) => `<li><a href="/last/${name}">${name}</a> <button type="button">Add</button></li>`,
).join('')}</ul></section>`;

const dialog = `
<p class="basket-line"><button type="button" id="basket-open">Show the basket</button></p>
<dialog id="basket"><h2>Basket</h2><ul><li>Kettle</li><li>Two mugs</li></ul><p>The price includes delivery.</p>
<form method="dialog"><label>Voucher <input name="voucher"></label> <button type="button">Apply</button>
<button type="button">Order</button></form></dialog>`;

/** Where each extension goes: in front of the end of the body. */
const EXTENSIONS = { sticky, scroller, dialog };

/** Without ids, and a `div` as templates are made of: it shifts what is counted among its siblings. */
const BANNER = `
<div class="season-note"><p>Our shop is closed on Friday.</p> <a href="/hours">Opening hours</a> <button type="button">Close</button></div>`;

/** Styles of extensions and banner, a file, for the demo pages refuse inline styles. */
export const STYLES = `
.offer-bar { position: sticky; bottom: 0; z-index: 20; display: flex; flex-wrap: wrap; gap: 12px; align-items: center; padding: 8px 16px; }
.offer-bar { background: #fff4d6; color: #222; }
.offer-bar p { margin: 0; }
.last-seen { margin: 24px auto; padding: 16px; max-width: 720px; background: #f3f5f7; color: #222; }
.last-list { height: 180px; margin: 0; padding: 0; overflow-y: auto; list-style: none; background: #fff; }
.last-list li { display: flex; justify-content: space-between; padding: 10px 14px; }
.basket-line { margin: 16px; }
#basket { width: min(420px, 90vw); padding: 24px; border: 1px solid #999; }
.season-note { box-sizing: border-box; height: 120px; padding: 16px; overflow: hidden; background: #204a7a; color: #fff; }
.season-note a { color: #fff; }
`;

/** The button of the page that opens the dialog: a `dialog` does not open by itself. */
export const SCRIPT = `
document.getElementById('basket-open')?.addEventListener('click', () => document.getElementById('basket').showModal());
`;

/** Returns the page with its extensions, and with the banner if it is a later visit. Attributes of the body may hold a `>`. */
export function extend(html, { added, banner, head }) {
  const end = added.map((name) => EXTENSIONS[name]).join('');
  return html
    .replace(/<\/head>/i, () => `<link rel="stylesheet" href="/accuracy.css"><script defer src="/accuracy.js"></script>${head}</head>`)
    .replace(/<body(?:[^>"']|"[^"]*"|'[^']*')*>/i, (body) => body + (banner ? BANNER : ''))
    .replace(/<\/body>/i, () => `${end}</body>`);
}
