// Owns the Bulgarian texts of setting up a site and naming things in it.

import type { Translated } from '../catalogue';
import type { enSetUp } from '../en/set-up';

export const bgSetUp: Translated<typeof enSetUp> = {
  'place.label': 'Къде се поставя',
  'place.html': 'Обикновен HTML',
  'place.wordpress': 'WordPress (сайт)',
  'place.joomla': 'Joomla (сайт)',
  'place.next': 'Next.js (приложение)',
  'place.gtm': 'Мениджър на етикети (GTM)',
  'place.nginx': 'Прокси с nginx',
  'place.caddy': 'Прокси с Caddy',
  'place.csp': 'Политика (CSP)',
  'place.html_how': 'Поставете го в <head> на всяка страница на {site}.',
  'place.wordpress_how': 'В края на functions.php на дъщерна тема на {site} или в добавка за код.',
  'place.joomla_how': 'В index.php на шаблона на {site}, преди затварящия </head>.',
  'place.next_how': 'В app/layout.tsx на {site}, в <body>. Смените на страницата се броят сами.',
  'place.gtm_how': 'Етикет „Custom HTML“ с задействане „All Pages“. Който блокира Tag Manager, блокира и него: направо в страниците на {site} брои повече.',
  'place.nginx_how': 'В server блока на {site}: тогава самият сайт препраща скрипта и сигналите, а етикетът е на първия ред. Посочете адреса на проксито в trusted_proxies на Heatline.',
  'place.caddy_how': 'В блока на {site}: тогава самият сайт препраща скрипта и сигналите, а етикетът е на първия ред. Посочете адреса на проксито в trusted_proxies на Heatline.',
  'place.csp_how': 'Ако {site} има Content-Security-Policy, добавете това към нея.',

  'waiting.nothing_comes': 'Нищо не се случва?',

  'verify.nothing': 'Днес нищо не е дошло от този сайт.',
  'verify.arrived': 'Нещо пристигна. Таблото се отваря само.',
  'verify.left_out': 'Нещо пристига, но се пропуска: {reason}',
  'verify.check_csp': 'Конзолата на браузъра споменава Content-Security-Policy? Тя трябва да позволява {origin} в script-src и connect-src.',
  'verify.check_ignore': 'Не сте казали на този браузър да не се брои: localStorage.heatline_ignore не е зададено на сайта ви.',

  'named.remove': 'Премахване на {name}',

  'goal.title': 'Цели',
  'goal.hint': 'Какво трябва да правят посетителите. Целта важи за всичко преброено досега, а премахването ѝ не маха събития.',
  'goal.none': 'Още няма цели.',
  'goal.kind': 'Вид цел',
  'goal.kind_event': 'Събитие',
  'goal.kind_page': 'Видяна страница',
  'goal.kind_scroll': 'Превъртяна страница',
  'goal.event': 'Име на събитието',
  'goal.page': 'Път; * и ** значат произволен текст',
  'goal.depth': 'Процент от страницата',
  'goal.property': 'Само със свойството',
  'goal.value': 'и стойността му',
  'goal.currency': 'Валута, ако носи пари',
  'goal.name': 'Име, ако е друго',
  'goal.add': 'Добавяне на целта',
  'goal.counts_event': 'събитие {name}',
  'goal.counts_page': 'страница {path}',
  'goal.counts_scroll': '{depth} от {path}',

  'property.hint': 'Стойностите им се виждат в прегледа и по тях може да се филтрира. Събитията може да имат и други.',
  'property.none': 'Още няма свойства.',
  'property.name': 'Име на свойство',
  'property.add': 'Добавяне',

  'segment.settings_hint': 'Филтри с име, за всички, които гледат сайта.',
  'segment.to_overview': 'Направете в прегледа',

  'note.hint': 'Какво се е случило в някой ден, показано на графиката.',
  'note.none': 'Още няма бележки.',
  'note.add_submit': 'Добавяне',
};
