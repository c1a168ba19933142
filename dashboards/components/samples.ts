// Owns the values that many stories have in common.

import { createRawSnippet, type Snippet } from 'svelte';
import type { Goal, Outcomes, Site, SiteSettings } from '../src/lib/api-types';
import { parseChoice, type Choice } from '../src/lib/heatmap';
import { Pace } from '../src/lib/pace';
import { ApiError } from '../src/lib/problem';
import type { Question } from '../src/lib/question';
import { DEFAULT_RANGE, type Range } from '../src/lib/range';
import { names, siteOf, type Mood } from './moods';

export const ZONE = 'Europe/Sofia';
export const RANGE: Range = DEFAULT_RANGE;
export const NOW = '2026-11-28 12:00:00';

export const BROKEN = new ApiError('internal', 500);
export const BUSY = new ApiError('busy', 503, '', [], 3);
export const REFUSED = new ApiError('invalid', 400, 'a name may have 64 characters: "<script>document.title=\'hit\'</script>"');
export const GONE = new ApiError('not_found', 404);

export const settings: SiteSettings = {
  ...{ counting_badge: false, excluded_addresses: [], excluded_paths: [], heatmap_retention_days: 90, retention_days: 0, honour_privacy_signals: true, hostnames: [] },
  ...{ live_feed: true, live_frame_ancestors: [], public_badge: true, public_live: false, public_map: true, public_map_min_visitors: 3 },
  ...{ seed_count: 0, seed_in_url: false, shared_map_min_visitors: 5 },
};

export const siteDetails = (mood: Mood, of: SiteSettings = settings): Site => ({
  domain: siteOf(mood),
  timezone: ZONE,
  live: names(mood).length,
  settings: of,
});

export const questionOf = (mood: Mood, more: Partial<Question> = {}): Question => ({
  ...{ site: siteOf(mood), range: RANGE, comparison: { mode: 'none' as const }, filters: [], round: 0, pace: new Pace(0) },
  ...more,
});

export const choice = (query = ''): Choice => {
  const params = new URLSearchParams(query);
  return parseChoice((name) => params.get(name));
};

export const goalsOf = (mood: Mood): Goal[] =>
  names(mood).map((name, id) => ({ id, name, goal_type: 'event', event_name: name, page_path: null, scroll_depth: null, currency: null }));

/** A line of text in the place of what a component surrounds. */
export const text = (words: string): Snippet => createRawSnippet(() => ({ render: () => `<p>${words}</p>` }));

export function outcomesOf(mood: Mood): Outcomes {
  const size = names(mood).length;
  const series = Array.from({ length: 7 }, (_, day) => ({
    ...{ time: `2026-11-${22 + day}T00:00:00+02:00`, accepted: size * (40 + day), dropped: { bot: day, hostname: size }, refused: { rate_limited: day % 3 } },
  }));
  const nothing = { site: siteOf(mood), date_range: ['2026-11-22T00:00:00+02:00', '2026-11-28T23:59:59+02:00'] as [string, string], interval: 'day' as const };
  if (size === 0) return { ...nothing, accepted: 0, dropped: [], refused: [], series: [], overflow: [] };
  return {
    ...nothing,
    ...{ accepted: size * 301, dropped: [{ reason: 'bot', events: 21 }, { reason: 'hostname', events: size * 7 }], refused: [{ reason: 'rate_limited', events: 6 }], series },
    overflow: names(mood).slice(0, 4).map((kind, index) => ({ kind: ['pathname', 'event_name', 'prop_key', kind][index] ?? kind, events: 9 })),
  };
}
