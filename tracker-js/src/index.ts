// Owns the start of the tracker and what it listens to. The path of a fact: page event ▸ view ▸ batch ▸ beacon.
//
// Four scripts stand side by side. This one, the core, counts views and loads the others:
// * `heatline-heatmap.js`, when the browser is idle and the first view has begun. It takes over `heatline`'s members of link.ts, and with
//   them what the core hears of clicks and positions. Where it is blocked, the core goes on without it.
// * `heatline-auto.js`, together with it. It puts itself between the core and what that records, and tells of links, forms and the like.
// * `heatline-overlay.js`, at once and instead of all analytics, where the fragment of the page's address is
//   `#heatline-overlay=TOKEN`. It reads its own tag: `document.currentScript.dataset` has `site` and `token`, and
//   `document.currentScript.src` tells the server. Nothing else of this script is there: no `window.heatline`.

// TRICKY: first, so that `accept` is made before the others put their members into it.
import { listeners, tick } from './view';
import { flush } from './beacon';
import { load, site, tag } from './config';
import { accept } from './custom-events';
import { guard } from './guard';

const enum Limit {
  /** What is kept for the module, of one view; more than a hasty visitor does. */
  Early = 99,
  TickMs = 500,
}

const overlay = /#heatline-overlay=(.+)/.exec(location.hash);
if (overlay) load('overlay', overlay[1]);
else if (!window.heatline?.hear_ && site) {
  window.heatline = accept;
  accept.tag_ = tag;
  accept.hear_ = (...heard) => accept.early_[Limit.Early] || accept.early_.push(heard);
  // On `window` in the capture phase, where events of `document` and of elements pass before the page can stop them.
  for (const type in listeners) addEventListener(type, guard(listeners[type as never]), true);
  tick();
  accept.steps_ = [tick, flush];
  setInterval(() => {
    tick();
    flush();
  }, Limit.TickMs);
}
