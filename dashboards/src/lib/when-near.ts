// Owns waiting until something is about to be seen: what nobody scrolls to is not asked for.

/** How far below the window something may be when its numbers are asked for. */
const AHEAD = '400px';

/** Returns what calls `run` once, as soon as the element is in the window or near it. */
export function whenNear(run: () => void): (element: Element) => () => void {
  return (element) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        run();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  };
}
