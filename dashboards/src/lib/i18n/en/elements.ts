// Owns the English texts of the page of elements.

import type { Message } from '../catalogue';

export const enElements = {
  'nav.elements': 'Elements',

  'elements.title': 'Elements',
  'elements.what': 'What is clicked on the site, element by element; and what is clicked in vain.',
  'elements.all_pages': 'All pages',
  'elements.show': 'Clicks',
  'elements.show_all': 'All',
  'elements.show_rage': 'Rage',
  'elements.show_dead': 'Dead',
  'elements.show_error': 'Errors',
  'elements.find': 'Find an element',
  'elements.table': 'Table of elements, scrollable',
  'elements.to_map': '{element} on the heat map',
  'elements.none_title': 'No clicks here',
  'elements.none_text': 'Nobody clicked an element of these pages in this period.',
  'elements.none_such': 'No element is like that.',
  'elements.count': { one: '{count} element', other: '{count} elements' },
} as const satisfies Record<string, Message>;
