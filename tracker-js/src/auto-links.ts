// Owns which clicks lead out of the site or to a file, and which forms are sent. It reads addresses; never a text or a field.
//
// All is noticed before the page can react and goes with the core's next batch, which outlives the page.

import { on, tell } from './auto-tell';
import { core } from './core';
import { guard } from './guard';

const enum Limit {
  /** What the server takes of a property. Addresses are written in ASCII. */
  Characters = 1_697,
  MiddleButton = 1,
}

const FILES =
  core.tag_.dataset['downloads'] ??
  'pdf xlsx docx txt rtf csv exe key pps ppt pptx 7z pkg rar gz zip avi mov mp4 mpeg wmv midi mp3 wav wma dmg';

/** Returns true where the owner wants less told of one of these elements. */
const isPrivate = (path: EventTarget[]): boolean =>
  path.some((node) => {
    const { heatlineIgnore, heatlineMask } = (node as HTMLElement).dataset || {};
    return (heatlineIgnore ?? heatlineMask) != null;
  });

/** `auxclick`: the middle button opens a link in another tab. */
export const onClick = (event: MouseEvent): void => {
  if (event.type === 'auxclick' && event.button !== Limit.MiddleButton) return;
  const path = event.composedPath();
  const link = path.find((node) => /^(a|area)$/.test((node as Element).localName) && (node as HTMLAnchorElement).href) as
    | HTMLAnchorElement
    | undefined;
  if (!link || isPrivate(path)) return;
  // In SVG it is an object.
  const href = (link.href as unknown as SVGAnimatedString).baseVal ?? link.href;
  const { protocol, host, origin, pathname, search } = new URL(href, document.baseURI);
  // Others have no host, or hold what is no address: `mailto:`, `data:`, `blob:`.
  if (!/^https?:$/.test(protocol)) return;
  // User info and fragments are not told: they may hold secrets.
  const file = origin + pathname;
  if (host !== location.host && on('outbound')) {
    tell('Outbound Link: Click', { url: (file + search).slice(0, Limit.Characters) }, event.timeStamp);
  } else if (
    on('downloads') &&
    (link.hasAttribute('download') || FILES.toLowerCase().split(/[\s,.]+/).includes(/\.(\w+)$/.exec(pathname.toLowerCase())?.[1]!))
  ) {
    tell('File Download', { url: file.slice(0, Limit.Characters) }, event.timeStamp);
  }
};

let last: Event;

/** A form of a dialog sends nothing. What the page prevents counts: it sends the form by itself. */
export const onSubmit = (event: SubmitEvent): void => {
  // TRICKY: a form in a slot passes the shadow root on its way to the window.
  if (event === last) return;
  last = event;
  const path = event.composedPath();
  const { submitter } = event;
  const method = submitter?.getAttribute('formmethod') || (path[0] as Element).getAttribute('method') || '';
  if (on('forms') && !/^dialog$/i.test(method) && !isPrivate(path)) {
    tell('Form: Submission', { path: location.pathname }, event.timeStamp);
  }
};

/** One function for all: a root takes it once. */
const listener = guard(onSubmit) as EventListener;

/** Listens in open shadow roots: the submission of a form does not leave them. Before it there is a click or a key. */
export const watchRoots = (event: Event): void => {
  for (const node of event.composedPath()) {
    if ((node as Node).nodeType === Node.DOCUMENT_FRAGMENT_NODE) node.addEventListener('submit', listener, true);
  }
};
