// Owns the start of the overlay, which draws the heat map over the page itself for its owner.
//
// The core loads this script instead of doing any analytics where the fragment of the page's address is `#heatline-overlay=TOKEN`. What
// it needs is on its own tag, as `load` of src/config.ts makes it: `data-site`, `data-token`, and the address, which tells the server.
// Where scripts come from somewhere else than the API, `data-base` names the latter's origin.

import { guard } from '../src/guard';
import { Overlay } from './overlay';

const tag = document.currentScript as HTMLScriptElement | null;
const { site, token, base } = tag?.dataset || ({} as DOMStringMap);

const start = guard((): void => {
  if (!site || !token || !tag) return;
  new Overlay({ site, token, base: (base || new URL(tag.src).origin).replace(/\/$/, '') }).start();
});

if (document.body) start();
else addEventListener('DOMContentLoaded', start, { once: true });
