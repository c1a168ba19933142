// Owns the sending. It does not know what a beacon says, and keeps nothing that failed: a page is not a mail queue.

import { endpoint } from './config';

export interface Reply {
  /** The server wants to know where the elements of this page stand. */
  layout?: boolean;
}

/**
 * Posts `body`. As plain text, for which a browser asks no leave of the server first (no CORS preflight), and so that it outlives
 * the page. A page that is `leaving` uses `sendBeacon`, the surer way, which tells no reply.
 */
export const send = (body: string, leaving: boolean | undefined, onReply: (reply: Reply) => void): void => {
  try {
    // The visitor, or the owner for their own browser, has asked not to be counted.
    if (localStorage.heatline_ignore === 'true') return;
  } catch {
    // Storage is switched off, and so nobody asked.
  }
  if (leaving && navigator.sendBeacon(endpoint!, body)) return;
  fetch(endpoint!, { method: 'POST', body, keepalive: true })
    .then((response) => response.json())
    .then(onReply)
    .catch(() => {}); // refused, blocked or offline
};
