// Owns the one predicate that says which elements a click is anchored to and a layout lists. It does not name them.

/** What an element is on the page, a set of bits of the wire format. */
export const enum Kind {
  Interactive = 2,
  Landmark = 4,
  Media = 8,
  Text = 16,
  ScrollContainer = 32,
}

export const LANDMARKS = 'header,nav,main,aside,footer,section,article,form,dialog';

/**
 * Returns true where the content of the element overflows and can be scrolled; the page's own scrolling is not meant, nor
 * that of a frame.
 */
export const isScrollContainer = (element: Element): boolean =>
  element !== element.ownerDocument.documentElement &&
  (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1) &&
  /auto|scroll/.test(getComputedStyle(element).overflow);

/**
 * Returns what kind of anchor an element is, a set of [`Kind`]; 0 where it is none, or has no area to click on. The body is
 * what remains when there is no other.
 */
export const anchorKind = (element: Element): number => {
  const { width, height } = element.getBoundingClientRect();
  if (width < 1 || height < 1 || element === document.body) return 0;
  // Parts of tags and of ARIA roles: a role makes an element what the tag of that name is, and `<ion-button>` is a button.
  const names = element.localName + ' ' + element.getAttribute('role');
  let kind = isScrollContainer(element) ? Kind.ScrollContainer : 0;
  if (element.matches('a[href],[onclick],[tabindex],[contenteditable]') || /button|input|select|textarea|label|summary|link|tab\b|item\b|switch|option|box\b|radio/.test(names)) kind |= Kind.Interactive;
  if (RegExp(LANDMARKS.replace(/,/g, '|') + '|banner|complementary|contentinfo|region|search\\b').test(names)) kind |= Kind.Landmark;
  // What a button is made of is the button, and an icon in a link is the link.
  if (element.matches('button *,a svg')) return kind;
  if (/\b(img|picture|svg|video|canvas|iframe)\b/.test(names)) kind |= Kind.Media;
  if (/\b(h\d|p|li|t[dh]|d[td]|blockquote|pre|fig.*)\b/.test(names)) kind |= Kind.Text;
  return kind;
};
