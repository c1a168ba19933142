// Owns what a page asks of a screen on a wall: to be dark, whole, and awake. Each is asked for and none is needed: a browser may refuse.

import { theme } from './theme.svelte';

const ROOT = document.documentElement;

/** Shows the page as on a wall until what this returns is called. `leave` is called when somebody ends the full screen. */
export function beOnWall(light: boolean, leave: () => void): () => void {
  const restore = theme.force(light ? 'light' : 'dark');
  ROOT.dataset['wall'] = '';
  const rest = stayAwake();
  let wasWhole = document.fullscreenElement !== null;
  const turned = () => {
    if (wasWhole && document.fullscreenElement === null) leave();
    wasWhole = document.fullscreenElement !== null;
  };
  document.addEventListener('fullscreenchange', turned);
  return () => {
    document.removeEventListener('fullscreenchange', turned);
    rest();
    delete ROOT.dataset['wall'];
    restore();
    if (document.fullscreenElement !== null) void document.exitFullscreen().catch(() => {});
  };
}

/** Takes the whole screen. Only a click or a key may ask for that. */
export function fillScreen(): void {
  void ROOT.requestFullscreen?.().catch(() => {});
}

/** Keeps the screen from going dark while the page is seen. */
function stayAwake(): () => void {
  let lock: WakeLockSentinel | undefined;
  let ended = false;
  const ask = async () => {
    // It is lost whenever the page is hidden. Without HTTPS there is none.
    if (ended || document.visibilityState !== 'visible' || !('wakeLock' in navigator) || lock?.released === false) return;
    try {
      const got = await navigator.wakeLock.request('screen');
      if (ended) await got.release();
      else lock = got;
    } catch {
      // The battery is low, or the browser does not want to: the system's own settings decide.
    }
  };
  const again = () => void ask();
  document.addEventListener('visibilitychange', again);
  again();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release().catch(() => {});
  };
}
