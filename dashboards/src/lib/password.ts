// Owns what is said of a new password before it is sent. The server has the last word.

import { t } from './i18n/index.svelte';

export const SHORTEST_PASSWORD = 10;

/** Returns what is wrong with a new password, undefined for nothing. */
export function checkPassword(password: string): string | undefined {
  return [...password].length < SHORTEST_PASSWORD ? t('setup.password_short', { count: SHORTEST_PASSWORD }) : undefined;
}
