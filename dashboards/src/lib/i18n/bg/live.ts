// Owns the Bulgarian texts of the live page.

import type { Translated } from '../catalogue';
import type { enLive } from '../en/live';

export const bgLive: Translated<typeof enLive> = {
  'nav.live': 'На живо',

  'live.page': 'На живо',
  'live.map': 'Къде са посетителите',
  'live.place': 'Място',
  'live.together': 'Едновременно на сайта',
  'live.together_empty': 'В тези часове тук не е имало никого.',
  'live.these_hours': 'Тези часове',
  'live.week_before': 'Преди седмица',
  'live.hours': { one: '{count} час', other: '{count} часа' },
  'live.week_ago': '{count} по това време миналата седмица',
  'live.most': 'Най-много {count}, в {time}',
  'live.feed': 'Кой е тук',
  'live.by_event': 'Какво правят',
  'live.all': 'Всички',
  'live.before': 'Преди това:',
  'live.new': 'нов',
  'live.nobody_such': 'Сега тук няма такъв посетител.',
  'live.events_waiting': 'Тук се появява какво правят посетителите, докато го правят.',
  'live.events_missed': { one: '{count} събитие дойде твърде бързо, за да бъде показано.', other: '{count} събития дойдоха твърде бързо, за да бъдат показани.' },
  'live.state_old': 'Няма връзка. Числата са от {time}',
  'live.tv': 'На телевизор',
  'live.tv_leave': 'Изход от режима за телевизор',
};
