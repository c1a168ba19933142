// Owns how values of dimensions are shown to people. The values themselves stay as the API gives them.

import type { FilterName } from './filters';
import { fmt, t } from './i18n/index.svelte';

/** What the API may write where it knows nothing: the empty text, or Plausible's words for it. */
const UNKNOWN: readonly string[] = ['', '(not set)', 'Unknown', 'unknown'];
const DIRECT: readonly string[] = [...UNKNOWN, 'Direct / None'];

export function nameOf(name: FilterName, value: string): string {
  switch (name) {
    case 'source':
      return DIRECT.includes(value) ? t('name.direct') : value;
    case 'country':
      return fmt.country(UNKNOWN.includes(value) ? '' : value) ?? t('app.unknown');
    case 'device':
      return deviceName(value);
    case 'page':
    case 'browser':
    case 'os':
      return UNKNOWN.includes(value) ? t('app.unknown') : value;
  }
}

function deviceName(value: string): string {
  switch (value.toLowerCase()) {
    case 'desktop':
      return t('name.desktop');
    case 'tablet':
      return t('name.tablet');
    case 'mobile':
      return t('name.mobile');
    default:
      return UNKNOWN.includes(value) ? t('app.unknown') : value;
  }
}
