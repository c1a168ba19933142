// Owns the page view: one look at one page, from its start to its report. It does not listen to anything.

import { advance, exposureOf, forgetAttention, look, takeAttention } from './attention';
import { flush, record } from './beacon';
import { now } from './clock';
import { isHashRouted } from './config';
import { guard, later } from './guard';
import { sampleLayout } from './layout';
import { measurePage, type Page } from './page';
import type { Reply } from './transport';

const enum Limit {
  UrlCharacters = 2_048,
  /** A router shows the new page, and scrolls to its top, some time after it changed the URL. */
  SettleMs = 500,
}

export interface View {
  /** 16 hexadecimal digits. */
  id_: string;
  url_: string;
  referrer_: string | undefined;
  /** What tells this page from another one of the site. */
  place_: string;
  startedAt_: number;
  /** How many batches it has filled; the number of the next. */
  batches_: number;
  /** The page as last measured. */
  page_: Page;
  /** The lowest page pixel that a report has told. */
  depth_: number;
  /** The open dialogs that layout samples of this view have listed; absent as long as the server asks for none. */
  dialogs_?: Element[];
  onReply_: (reply: Reply) => void;
}

/** The view that is being looked at; none before the page is first seen and after it is left. */
export let view: View | undefined;

/** It tells how the visitor came to the first view of a document, and to no other. */
let referrer = document.referrer || undefined;

/** Returns the fragment, where it is a route of the page: `#/cart`, `#!/cart`. */
const routeNow = (): string => (isHashRouted && /^#[/!][^?]*/.exec(location.hash)?.[0]) || '';

/** Returns what tells pages of a site apart. */
const placeNow = (): string => location.pathname + routeNow();

/** Takes in how large the page is and which part of it is on screen. */
export const lookAtPage = (): void => {
  if (!view) return;
  advance();
  look((view.page_ = measurePage()));
};

/** Starts a view of the page as it is now, and sends it at once. */
export const startView = (): void => {
  const started: View = {
    // 64 random bits.
    id_: crypto.getRandomValues(new Uint8Array(16)).reduce((id, byte) => id + (byte & 15).toString(16), ''),
    // User info and other fragments are not sent: they may hold secrets.
    url_: (location.origin + location.pathname + location.search + routeNow()).slice(0, Limit.UrlCharacters),
    referrer_: referrer,
    page_: measurePage(),
    onReply_: ({ layout }) => {
      if (layout && !started.dialogs_) sampleWhenIdle(started);
    },
    place_: placeNow(),
    startedAt_: now(),
    batches_: 0,
    depth_: 0,
  };
  referrer = undefined;
  view = started;
  forgetAttention();
  // TRICKY: after pushState the old page is still on screen, scrolled as it was; its position is not that of the new page.
  later(lookAtPage, Limit.SettleMs);
  record('pageview');
  flush();
};

/** Records what has happened since the last report: time engaged, and how far and how long each part was seen. */
export const report = (): void => {
  if (!view) return;
  advance();
  const attention = takeAttention(view.page_);
  const height = view.page_.document_[1];
  const engaged = attention.reduce((total, [, , ms]) => total + ms, 0);
  const depth = Math.min(Math.max(view.depth_, ...attention.map(([, bottom]) => bottom)), height);
  if (engaged < 1 && depth === view.depth_) return;
  view.depth_ = depth;
  record('engagement', { engaged, depth: (depth / height) * 100 });
  record('scroll', { depth, exposure: exposureOf(attention, height) });
};

/** Ends the view. By a way that outlives the page where that is `leaving`: it is gone, or asleep in the back/forward cache. */
export const leaveView = (leaving?: boolean): void => {
  report();
  if (view) record('leave');
  flush(leaving);
  view = undefined;
};

/** Starts another view if the URL now names another page; the old one is reported and sent first. */
export const followUrl = (): void => {
  if (!view || view.place_ === placeNow()) return;
  leaveView();
  startView();
};

/** Reports a view that may never be seen again. */
export const reportHidden = (): void => {
  report();
  flush(true);
};

const sampleWhenIdle = (wanted: View): void => {
  const sample = guard(() => view === wanted && sampleNow());
  // Images shift what is below them: not before the page has loaded. Safari has no idle callback.
  const wait = (): void => {
    // TRICKY: without a time limit Chromium may never find a page idle that was clicked on. To `later` the limit means nothing.
    if (document.readyState === 'complete') (window.requestIdleCallback || later)(sample, { timeout: Limit.SettleMs } as never);
    else later(wait, Limit.SettleMs);
  };
  wanted.dialogs_ = [];
  later(wait, Limit.SettleMs);
};

/** Records where the elements of the page stand, or of one dialog. */
const sampleNow = (dialog?: Element): void => {
  lookAtPage();
  record('layout', { complete: !dialog, boxes: sampleLayout(view!.page_, view!.dialogs_!, dialog) });
};

/** Lists the elements of a dialog that opened after the layout sample; in views that were asked for a sample only. */
export const sampleDialog = (dialog: Element): void => {
  if (view?.dialogs_?.includes(dialog) === false) sampleNow(dialog);
};
