// Owns repeating something while the tab is looked at. A hidden tab asks nothing; a tab that is looked at again asks at once.

/** Calls `run` every `everyMs` while the page is visible. Returns what ends it. */
export function whileVisible(everyMs: number, run: () => void): () => void {
  let last = Date.now();
  const tick = () => {
    last = Date.now();
    run();
  };
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') tick();
  }, everyMs);
  const onVisible = () => {
    if (document.visibilityState === 'visible' && Date.now() - last >= everyMs) tick();
  };
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onVisible);
  };
}
