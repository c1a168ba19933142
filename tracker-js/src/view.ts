// Owns the page view: one look at one page, from its start to its report. It does not listen to anything.

import { addressTo, flush, record, type Head } from './beacon';
import { now } from './clock';
import { hashRouting } from './config';
import { advance, takeEngaged } from './engagement';
import { guard, later } from './guard';
import { sampleLayout } from './layout';
import { measurePage } from './page';
import { credit, depth, forgetScroll, look, takeExposure } from './scroll';

const enum Limit {
  UrlCharacters = 2_048,
  /** A router shows the new page, and scrolls to its top, some time after it changed the URL. */
  SettleMs = 500,
}

export interface View extends Head {
  /** What tells this page from another one of the site. */
  place_: string;
  startedAt_: number;
  reportedDepth_: number;
  /** The open dialogs that layout samples of this view have listed; absent as long as the server asks for none. */
  dialogs_?: WeakSet<Element>;
}

/** The view that is being looked at; none before the page is first seen and after it is left. */
export let view: View | undefined;

/** Returns 64 random bits in hexadecimal digits. */
const newViewId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte & 15).toString(16)).join('');

/** Returns what tells pages of a site apart: the path, and the fragment where that is what the router uses. */
const placeNow = (): string => location.pathname + (hashRouting ? location.hash : '');

/** Takes in how large the page is and which part of it is on screen. */
export const lookAtPage = (): void => {
  credit(advance());
  if (view) look((view.page_ = measurePage()));
};

/** Starts a view of the page as it is now, and sends it at once. */
export const startView = (isNewDocument: boolean): void => {
  const place = placeNow();
  const started: View = {
    id_: newViewId(),
    // No user info and no fragment, which may hold secrets. A fragment that routes is sent as part of the path, `/app%23/cart`.
    url_: (location.origin + place.replace('#', '%23') + location.search).slice(0, Limit.UrlCharacters),
    // It tells how the visitor came to the first view of a document, and to no other.
    referrer_: isNewDocument ? document.referrer.slice(0, Limit.UrlCharacters) : '',
    page_: measurePage(),
    onReply_: ({ layout }) => {
      if (layout && !started.dialogs_) sampleWhenIdle(started);
    },
    place_: place,
    startedAt_: now(),
    reportedDepth_: 0,
  };
  view = started;
  addressTo(started);
  forgetScroll();
  // TRICKY: after pushState the old page is still on screen, scrolled as it was; its position is not that of the new page.
  if (isNewDocument) lookAtPage();
  later(lookAtPage, Limit.SettleMs);
  record('pageview');
  flush();
};

/** Records what has happened since the last report: time engaged, and how far and how long each part was seen. */
export const report = (): void => {
  credit(advance());
  if (!view) return;
  const engaged = takeEngaged();
  const height = view.page_.document_[1];
  const exposure = takeExposure(height);
  if (engaged < 1 && depth() === view.reportedDepth_) return;
  view.reportedDepth_ = depth();
  record('engagement', { engaged, depth: Math.min((depth() / height) * 100, 100) });
  record('scroll', { depth: depth(), exposure });
};

/** Starts another view if the URL now names another page; the old one is reported and sent first. */
export const followUrl = (): void => {
  if (!view || view.place_ === placeNow()) return;
  report();
  flush();
  startView(false);
};

/** Reports a view that may never be seen again, by a way that outlives the page. */
export const reportHidden = (): void => {
  report();
  flush(true);
};

/** Ends the view: the page is gone, or asleep in the back/forward cache. */
export const leaveView = (): void => {
  if (view) record('leave');
  reportHidden();
  view = undefined;
};

const sampleWhenIdle = (wanted: View): void => {
  const sample = guard(() => {
    if (view === wanted) sampleNow();
    flush();
  });
  // Images shift what is below them: not before the page has loaded. Safari has no idle callback.
  const wait = (): void => {
    if (document.readyState === 'complete') (window.requestIdleCallback || later)(sample);
    else later(wait, Limit.SettleMs);
  };
  wanted.dialogs_ = new WeakSet();
  later(wait, Limit.SettleMs);
};

/** Records where the elements of the page stand, or of one dialog. */
const sampleNow = (dialog?: Element): void => {
  lookAtPage();
  record('layout', { complete: !dialog, boxes: sampleLayout(view!.page_, view!.dialogs_!, dialog) });
};

/** Lists the elements of a dialog that opened after the layout sample; in views that were asked for a sample only. */
export const sampleDialog = (dialog: Element): void => {
  if (view?.dialogs_?.has(dialog) === false) sampleNow(dialog);
};
