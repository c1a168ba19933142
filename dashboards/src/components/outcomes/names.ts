// Owns the names of reasons in the chosen language.

import type { OutcomeReason } from '../../lib/api-types';
import { t } from '../../lib/i18n/index.svelte';
import { nameKeyOf } from '../../lib/outcomes';

/** Returns the name of a reason; the word itself where a newer server sends one that we do not know. */
export function reasonName(reason: OutcomeReason): string {
  const key = nameKeyOf(reason);
  return key ? t(key) : reason;
}
