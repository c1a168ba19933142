// Owns the start of the tracker and what it listens to. The path of a fact: page event ▸ view ▸ batch ▸ beacon.

import { observeClicks } from './clicks';
import { endpoint, siteName } from './config';
import { replayCalls, takeOverPageFunction } from './custom-events';
import { Beat } from './engagement';
import { guard, listen } from './guard';
import { observeHistory } from './history';
import { followUrl, leaveView, lookAtPage, report, reportHidden, startView, view } from './view';

guard(() => {
  // Local files have no host.
  if (!siteName || !endpoint || !location.host || !takeOverPageFunction()) return;

  let isNewDocument = true;
  /** Starts a view once the page is on screen: one that is prerendered or opened in the background has not been seen. */
  const beginIfSeen = (): void => {
    if (view || document.hidden) return;
    startView(isNewDocument);
    isNewDocument = false;
    replayCalls();
  };

  // Time runs from one look at the clock to the next: each change of attention and of position needs one.
  for (const type of ['visibilitychange', 'focus', 'blur', 'scroll', 'resize']) listen(type, lookAtPage);
  listen('visibilitychange', () => {
    if (document.hidden) reportHidden();
    else beginIfSeen();
  });
  listen('pagehide', leaveView);
  // TRICKY: restored from the back/forward cache the scripts run on where they stopped; for the visitor it is another view.
  listen('pageshow', beginIfSeen);
  setInterval(
    guard(() => {
      lookAtPage();
      report();
    }),
    Beat.EveryMs,
  );
  observeClicks();
  observeHistory(followUrl);
  beginIfSeen();
})();
