// Owns the start of the tracker and what it listens to. The path of a fact: page event ▸ view ▸ batch ▸ beacon.

import { observeClicks } from './click';
import { endpoint, site } from './config';
import { replayCalls, takeOverPageFunction } from './custom-events';
import { guard, listen } from './guard';
import { observeHistory } from './history';
import { followUrl, leaveView, lookAtPage, report, reportHidden, startView, view } from './view';

const enum Heartbeat {
  /** How often a view that is being looked at reports; the server forgets a visitor after five minutes without a sign. */
  Ms = 15_000,
}

/** Starts a view once the page is on screen: one that is prerendered or opened in the background has not been seen. */
const beginIfSeen = (): void => {
  if (view || document.hidden || !document.body) return;
  startView();
  lookAtPage();
  replayCalls();
};

if (site && endpoint && takeOverPageFunction()) {
  // Time runs from one look at the clock to the next: each change of attention and of position needs one.
  for (const type of ['visibilitychange', 'pagehide', 'focus', 'blur', 'scroll']) listen(type, lookAtPage);
  listen('visibilitychange', () => {
    if (document.hidden) reportHidden();
    else beginIfSeen();
  });
  listen('pagehide', () => leaveView(true));
  // TRICKY: restored from the back/forward cache the scripts run on where they stopped; for the visitor it is another view.
  listen('pageshow', beginIfSeen);
  // Where the script ran before there was a body.
  listen('DOMContentLoaded', beginIfSeen);
  setInterval(
    guard(() => {
      lookAtPage();
      report();
    }),
    Heartbeat.Ms,
  );
  observeClicks();
  observeHistory(followUrl);
  beginIfSeen();
}
