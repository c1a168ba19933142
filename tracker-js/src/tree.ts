// Owns the walk through the tree as it is drawn: slotted content stands in its slot, shadow trees stand in their host.

/** Returns the element that `element` is drawn in. */
export const drawnParent = (element: Element): Element | undefined =>
  element.assignedSlot || element.parentElement || (element.getRootNode() as ShadowRoot).host;

/** Visits the elements below `root` in document order, through open shadow roots. */
export const walk = (root: ParentNode, visit: (element: Element) => void): void => {
  for (const element of root.querySelectorAll('*')) {
    visit(element);
    if (element.shadowRoot) walk(element.shadowRoot, visit);
  }
};

/** Returns true where two boxes overlap, or are less than a pixel apart; without a size the second is a point. */
export const touches = (box: DOMRect, left: number, top: number, width = 0, height = 0): boolean =>
  left < box.right + 1 && top < box.bottom + 1 && left + width > box.left - 1 && top + height > box.top - 1;
