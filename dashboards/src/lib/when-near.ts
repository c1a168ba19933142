// Owns waiting until something is about to be seen: what nobody scrolls to, or prints, is not asked for.

/** How far below the window something may be when its numbers are asked for. */
const AHEAD = '400px';

/** Told when a page is to be printed, before it is. */
export const PRINTED = 'heatline:print';

/** Returns what calls `run` once, as soon as the element is in the window or near it, or the page is to be printed. */
export function whenNear(run: () => void): (element: Element) => () => void {
  return (element) => {
    const stop = () => {
      observer.disconnect();
      removeEventListener(PRINTED, now);
    };
    const now = () => {
      stop();
      run();
    };
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && now(), { rootMargin: AHEAD });
    observer.observe(element);
    addEventListener(PRINTED, now);
    return stop;
  };
}
