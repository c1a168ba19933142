// Owns how values of dimensions are shown to people. The values themselves stay as the API gives them.

import type { FilterName } from './filters';
import { fmt, t } from './i18n/index.svelte';

/** What the API may write where it knows nothing: the empty text, or Plausible's words for it. */
const UNKNOWN: readonly string[] = ['', '(not set)', 'Unknown', 'unknown'];
const DIRECT: readonly string[] = [...UNKNOWN, 'Direct / None'];

/** Returns what a value is called; that of a property with its own words, of a segment by whoever knows its name. */
export function nameOf(name: FilterName, value: string): string {
  switch (name) {
    case 'source':
    case 'referrer':
      return DIRECT.includes(value) ? t('name.direct') : value;
    case 'country':
      return fmt.country(UNKNOWN.includes(value) ? '' : value) ?? t('app.unknown');
    case 'device':
      return deviceName(value);
    case 'channel':
      return channelName(value);
    case 'exit_page':
      return value === '' ? t('name.no_page') : value;
    case 'segment':
      return value;
    default:
      return value === '(none)' ? t('name.none') : UNKNOWN.includes(value) ? t('app.unknown') : value;
  }
}

/** Properties of the events that the tracker sends by itself. */
const AUTOMATIC = { 'prop:url': 'filter.url', 'prop:path': 'filter.path', 'prop:search_query': 'filter.search_query' } as const;

/** Returns the name of a dimension, as filters and tables have it. */
export function fieldName(name: FilterName): string {
  if (Object.hasOwn(AUTOMATIC, name)) return t(AUTOMATIC[name as keyof typeof AUTOMATIC]);
  return name.startsWith('prop:') ? name.slice('prop:'.length) : t(`filter.${name as Exclude<FilterName, `prop:${string}`>}`);
}

/** Plausible's words for channels, which the API has; ours in the language of the reader. */
const CHANNELS = {
  Direct: 'channel.direct',
  'Organic Search': 'channel.organic_search',
  'Organic Social': 'channel.organic_social',
  'Organic Video': 'channel.organic_video',
  'Organic Shopping': 'channel.organic_shopping',
  'Paid Search': 'channel.paid_search',
  'Paid Social': 'channel.paid_social',
  'Paid Video': 'channel.paid_video',
  'Paid Shopping': 'channel.paid_shopping',
  'Paid Other': 'channel.paid_other',
  Display: 'channel.display',
  Email: 'channel.email',
  Referral: 'channel.referral',
  Affiliates: 'channel.affiliates',
  'AI Assistants': 'channel.ai',
  Audio: 'channel.audio',
  'Mobile Push Notifications': 'channel.push',
  'Cross-network': 'channel.cross_network',
  SMS: 'channel.sms',
} as const;

function channelName(value: string): string {
  const key = Object.hasOwn(CHANNELS, value) ? CHANNELS[value as keyof typeof CHANNELS] : undefined;
  return key ? t(key) : UNKNOWN.includes(value) ? t('app.unknown') : value;
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
