// Owns the English texts of shared links.

import type { Message } from '../catalogue';

export const enSharing = {
  'share.locked': 'This dashboard asks for a password. Whoever gave you the link knows it.',
  'share.password': 'Password',
  'share.unlock': 'Open',
  'share.unlocking': 'Opening…',

  'error.shared_link_not_found': 'This link opens nothing. It was removed, or its address is not whole. Ask whoever gave it to you.',
  'error.link_ended': 'This link has ended. Ask whoever gave it to you for a new one.',
  'error.wrong_link_password': 'The password is wrong.',

  'shared.title': 'Shared links',
  'shared.hint': 'Whoever has a link sees this dashboard without an account, and can change nothing. Removing a link ends it at once.',
  'shared.none': 'No links yet.',
  'shared.name': 'Name',
  'shared.password': 'Password (optional)',
  'shared.new_password': 'New password',
  'shared.password_hint': 'At least 10 characters.',
  'shared.no_password': 'No password any more',
  'shared.end': 'Ends',
  'shared.end_stays': 'As it is',
  'shared.end_never': 'Never',
  'shared.end_days': { one: 'In {count} day', other: 'In {count} days' },
  'shared.heatmaps': 'Show heat maps, too',
  'shared.live_feed': 'List single visitors in the live view, too',
  'shared.add': 'Make a link',
  'shared.save': 'Save',
  'shared.change': 'Change',
  'shared.copy': 'Copy link',
  'shared.copy_frame': 'Copy embed code',
  'shared.with_password': 'With a password',
  'shared.shows_heatmaps': 'Heat maps',
  'shared.shows_visitors': 'Single visitors',
  'shared.until': 'Until {date}',
  'shared.ended': 'Ended',
  'shared.sure': 'Whoever has this link sees nothing any more, and no new link will have its address.',
  'shared.sure_yes': 'Remove it',
} as const satisfies Record<string, Message>;
