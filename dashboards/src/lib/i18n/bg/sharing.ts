// Owns the Bulgarian texts of shared links.

import type { Translated } from '../catalogue';
import type { enSharing } from '../en/sharing';

export const bgSharing: Translated<typeof enSharing> = {
  'share.locked': 'Това табло е защитено с парола. Знае я този, който ви е дал връзката.',
  'share.password': 'Парола',
  'share.unlock': 'Отваряне',
  'share.unlocking': 'Отваря се…',

  'error.shared_link_not_found': 'Тази връзка не води доникъде: премахната е или адресът ѝ не е пълен. Попитайте този, който ви я е дал.',
  'error.link_ended': 'Срокът на тази връзка е изтекъл. Поискайте нова от този, който ви я е дал.',
  'error.wrong_link_password': 'Паролата е грешна.',

  'shared.title': 'Споделени връзки',
  'shared.hint': 'Който има връзката, вижда това табло без профил и не може да променя нищо. Премахнатата връзка спира да работи веднага.',
  'shared.none': 'Все още няма връзки.',
  'shared.name': 'Име',
  'shared.password': 'Парола (по желание)',
  'shared.new_password': 'Нова парола',
  'shared.password_hint': 'Поне 10 знака.',
  'shared.no_password': 'Вече без парола',
  'shared.end': 'Срок',
  'shared.end_stays': 'Без промяна',
  'shared.end_never': 'Безсрочно',
  'shared.end_days': { one: '{count} ден', other: '{count} дни' },
  'shared.heatmaps': 'Да се виждат и топлинните карти',
  'shared.live_feed': 'Да се виждат и отделните посетители на живо',
  'shared.add': 'Създаване на връзка',
  'shared.save': 'Запазване',
  'shared.change': 'Промяна',
  'shared.copy': 'Копиране на връзката',
  'shared.copy_frame': 'Код за вграждане',
  'shared.with_password': 'С парола',
  'shared.shows_heatmaps': 'Топлинни карти',
  'shared.shows_visitors': 'Отделни посетители',
  'shared.until': 'До {date}',
  'shared.ended': 'Изтекла',
  'shared.sure': 'Който има тази връзка, няма да вижда нищо повече. Нова връзка със същия адрес не може да се направи.',
  'shared.sure_yes': 'Премахване',
};
