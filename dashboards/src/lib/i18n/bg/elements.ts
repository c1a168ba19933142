// Owns the Bulgarian texts of the page of elements.

import type { Translated } from '../catalogue';
import type { enElements } from '../en/elements';

export const bgElements: Translated<typeof enElements> = {
  'nav.elements': 'Елементи',

  'elements.title': 'Елементи',
  'elements.what': 'Върху какво се кликва на сайта, елемент по елемент, и върху какво се кликва напразно.',
  'elements.all_pages': 'Всички страници',
  'elements.show': 'Кликове',
  'elements.show_all': 'Всички',
  'elements.show_rage': 'Гневни',
  'elements.show_dead': 'Напразни',
  'elements.show_error': 'С грешка',
  'elements.find': 'Търсене на елемент',
  'elements.table': 'Таблица с елементи, може да се превърта',
  'elements.to_map': '{element} върху топлинната карта',
  'elements.none_title': 'Тук няма кликове',
  'elements.none_text': 'В този период никой не е кликвал върху елемент от тези страници.',
  'elements.none_such': 'Няма такъв елемент.',
  'elements.count': { one: '{count} елемент', other: '{count} елемента' },
};
