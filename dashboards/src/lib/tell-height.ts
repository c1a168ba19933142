// Owns telling the page around how high a framed dashboard is, so that it can make the frame as high. That is all it tells.

/** Tells now, and whenever the height changes. */
export function tellHeight(element: Element): void {
  let told = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(element.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // Whoever frames the page may know: the frame is theirs.
    parent.postMessage({ heatlineHeight: height }, '*');
  }).observe(element);
}
