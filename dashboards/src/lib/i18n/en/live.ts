// Owns the English texts of the live page.

import type { Message } from '../catalogue';

export const enLive = {
  'nav.live': 'Live',

  'live.page': 'Live',
  'live.map': 'Where visitors are',
  'live.place': 'Place',
  'live.together': 'At the same time',
  'live.together_empty': 'Nobody was here in these hours.',
  'live.these_hours': 'These hours',
  'live.week_before': 'A week before',
  'live.hours': { one: '{count} hour', other: '{count} hours' },
  'live.week_ago': '{count} at this time last week',
  'live.most': 'At most {count}, at {time}',
  'live.feed': 'Who is here',
  'live.by_event': 'What they do',
  'live.all': 'All',
  'live.before': 'Before:',
  'live.new': 'new',
  'live.nobody_such': 'Nobody who is here now is like that.',
  'live.events_waiting': 'What visitors do appears here as they do it.',
  'live.events_missed': { one: '{count} event came too fast to be shown.', other: '{count} events came too fast to be shown.' },
  'live.state_old': 'No connection. Numbers of {time}',
  'live.tv': 'TV mode',
  'live.tv_leave': 'Leave TV mode',
} as const satisfies Record<string, Message>;
