// Owns the English texts of setting up a site and naming things in it.

import type { Message } from '../catalogue';

export const enSetUp = {
  'place.label': 'Where the tag goes',
  'place.html': 'HTML',
  'place.wordpress': 'WordPress',
  'place.joomla': 'Joomla',
  'place.next': 'Next.js',
  'place.gtm': 'Tag Manager',
  'place.nginx': 'nginx proxy',
  'place.caddy': 'Caddy proxy',
  'place.csp': 'CSP',
  'place.html_how': 'Paste it into the <head> of every page of {site}.',
  'place.wordpress_how': 'At the end of functions.php of a child theme of {site}, or in a plugin for code snippets.',
  'place.joomla_how': 'In index.php of the template of {site}, before the closing </head>.',
  'place.next_how': 'In app/layout.tsx of {site}, within <body>. Changes of route are counted by themselves.',
  'place.gtm_how': 'A tag of the kind “Custom HTML” with the trigger “All Pages”. Whoever blocks Tag Manager blocks it too: in the pages of {site} themselves it counts more.',
  'place.nginx_how': 'In the server block of {site}: the site itself then passes script and beacons on, and the tag is the one in the first line. Name the address of this proxy in trusted_proxies of Heatline.',
  'place.caddy_how': 'In the block of {site}: the site itself then passes script and beacons on, and the tag is the one in the first line. Name the address of this proxy in trusted_proxies of Heatline.',
  'place.csp_how': 'If {site} has a Content-Security-Policy, add this to it.',

  'waiting.nothing_comes': 'Nothing happens?',

  'verify.nothing': 'Nothing has come from this site today.',
  'verify.arrived': 'Something has arrived. The dashboard opens by itself.',
  'verify.left_out': 'Something arrives, but is left out: {reason}',
  'verify.check_csp': 'The console of the browser names a Content-Security-Policy? It has to allow {origin} in script-src and connect-src.',
  'verify.check_ignore': 'You have not told this browser to be left out: localStorage.heatline_ignore is not set on your site.',

  'named.remove': 'Remove {name}',

  'goal.title': 'Goals',
  'goal.hint': 'What visitors should do. A goal holds for everything that was ever counted, and removing it removes no event.',
  'goal.none': 'No goal yet.',
  'goal.kind': 'Kind of goal',
  'goal.kind_event': 'Event',
  'goal.kind_page': 'Page seen',
  'goal.kind_scroll': 'Page scrolled',
  'goal.event': 'Name of the event',
  'goal.page': 'Path; * and ** stand for any text',
  'goal.depth': 'Percent of the page',
  'goal.property': 'Only with the property',
  'goal.value': 'and its value',
  'goal.currency': 'Currency, if it earns',
  'goal.name': 'Name, if another',
  'goal.add': 'Add the goal',
  'goal.counts_event': 'event {name}',
  'goal.counts_page': 'page {path}',
  'goal.counts_scroll': '{depth} of {path}',

  'property.hint': 'Their values are shown in the overview and can be filtered by. Events may have others.',
  'property.none': 'No property yet.',
  'property.name': 'Name of a property',
  'property.add': 'Add',

  'segment.settings_hint': 'Filters with a name, for everybody who looks at the site.',
  'segment.to_overview': 'Make one in the overview',

  'note.hint': 'What happened on a day, shown on the chart.',
  'note.none': 'No note yet.',
  'note.add_submit': 'Add',
} as const satisfies Record<string, Message>;
