// Owns the one predicate that says which elements a click is anchored to and a layout lists. It does not name them.

/** What an element is on the page, a set of bits of the wire format. */
export const enum Kind {
  Interactive = 2,
  Landmark = 4,
  Media = 8,
  Text = 16,
  ScrollContainer = 32,
}

/**
 * Parts of tags and of ARIA roles: a role makes an element what the tag of that name is, and `<ion-button>` is a button.
 */
const INTERACTIVE = /button|input|select|textarea|label|summary|link|^tab$|menuitem|switch|option|box$|radio|slider|treeitem/;
const LANDMARK = /header|nav|main|aside|footer|section|article|form|dialog|banner|complementary|contentinfo|region|^search$/;
const MEDIA = /^(img|picture|svg|video|canvas|iframe)$/;
const TEXT = /^(h\d|p|li|t[dh]|d[td]|blockquote|pre|fig.*)$/;

/** Returns true where the content of the element overflows and can be scrolled; the page's own scrolling is not meant. */
export const isScrollContainer = (element: Element): boolean =>
  element !== document.documentElement &&
  (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1) &&
  /auto|scroll/.test(getComputedStyle(element).overflow);

/** Returns what kind of anchor an element is, a set of [`Kind`]; 0 where it is none, or has no area to click on. */
export const anchorKind = (element: Element): number => {
  const { width, height } = element.getBoundingClientRect();
  if (width < 1 || height < 1) return 0;
  const tag = element.localName;
  const role = element.getAttribute('role') || '';
  const is = (names: RegExp): boolean => names.test(tag) || names.test(role);
  let kind = isScrollContainer(element) ? Kind.ScrollContainer : 0;
  if (element.matches('a[href],[onclick],[tabindex],[contenteditable]') || is(INTERACTIVE)) kind |= Kind.Interactive;
  if (is(LANDMARK)) kind |= Kind.Landmark;
  // What a button is made of is the button, and an icon in a link is the link.
  if (element.matches('button *,a svg')) return kind;
  if (is(MEDIA)) kind |= Kind.Media;
  if (is(TEXT)) kind |= Kind.Text;
  return kind;
};
