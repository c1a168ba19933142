// Owns what the made-up sites are like: how much they have, and what their visitors call things. The name of a site says its mood.

import type { Heatmap, HeatmapElement, LiveSession, LiveSnapshot, QueryRow, ReportedElement } from '../src/lib/api-types';

export const MOODS = ['loading', 'failing', 'empty', 'little', 'much', 'long', 'hostile'] as const;

export type Mood = (typeof MOODS)[number];

/** Those that have something to show. */
export const FULL = ['little', 'much', 'long', 'hostile'] as const;

export const siteOf = (mood: Mood): string => `${mood}.example`;

export function moodOf(text: string): Mood {
  return MOODS.find((mood) => text.includes(siteOf(mood))) ?? 'little';
}

/** Whatever of this ran would say so in the title of the page. */
const EVIL = ['<script>document.title="hit"</script>', '"><img src=x onerror=document.title="hit">', "'-document.title='hit'-'", '{@html "<b>hit</b>"}', '</title><svg onload=document.title="hit">', 'javascript:document.title="hit"', '\u202Egnp.exe', '\u0000\uFFFD', '=HYPERLINK("https://evil.example")', 'z\u0351\u036B\u0343\u036Aa\u0302\u0348lgo'];

/** Returns names as visitors and owners give them. */
export function names(mood: Mood, prefix = ''): string[] {
  switch (mood) {
    case 'loading':
    case 'failing':
    case 'empty':
      return [];
    case 'little':
      return [`${prefix}about`];
    case 'much':
      return Array.from({ length: 60 }, (_, index) => `${prefix}name-${index + 1}`);
    case 'long':
      return [`${prefix}${'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(6)}`, `${prefix}${'very-long-name-without-an-end/'.repeat(20)}`, `${prefix}${'много дълго име '.repeat(20)}`];
    case 'hostile':
      return EVIL.map((text) => prefix + text);
  }
}

export const amount = (mood: Mood, index: number): number => (mood === 'little' ? 1 : Math.max(1, Math.round(1_234_567 / (index + 1) ** 2)));

export const rowsOf = (mood: Mood, columns = 1, prefix = ''): QueryRow[] =>
  names(mood, prefix).map((name, index) => ({ dimensions: [name], metrics: Array.from({ length: columns }, () => amount(mood, index)) }));

const COUNTRIES = ['BG', 'DE', 'US', 'JP', 'BR', '', 'ZZ'];

export function sessionsOf(mood: Mood): LiveSession[] {
  return names(mood, '/').slice(0, 50).map((path, index) => ({
    id: String(index),
    country: COUNTRIES[index % COUNTRIES.length] ?? '',
    city: index % 5 === 4 ? '' : (names(mood)[index] ?? ''),
    browser: mood === 'hostile' ? path : 'Chrome',
    os: index % 2 === 0 ? 'Windows' : '',
    device: (['desktop', 'mobile', 'tablet'] as const)[index % 3] ?? 'desktop',
    source: index % 2 === 0 ? '' : (names(mood)[index] ?? ''),
    path,
    before: names(mood, '/').slice(0, index % 4),
    pages: index + 1,
    since: new Date(Date.now() - index * 47_000).toISOString(),
    returning: [true, false, null][index % 3] ?? null,
  }));
}

export function snapshotOf(mood: Mood, liveFeed = true): LiveSnapshot {
  const sessions = sessionsOf(mood);
  const count = (_: unknown, index: number) => Math.max(1, 90 - index * 7);
  return {
    visitors: sessions.length === 0 ? 0 : amount(mood, 5),
    views_last_minute: sessions.length,
    pages: names(mood, '/').slice(0, 50).map((path, index) => ({ path, visitors: count(path, index) })),
    countries: COUNTRIES.slice(0, sessions.length).map((country, index) => ({ country, visitors: count(country, index) })),
    cities: sessions.slice(0, 6).map(({ country, city }, index) => ({ country, city: `${city} ${index}`, latitude: 60 - index * 15, longitude: index * 25 - 60, visitors: count(city, index) })),
    sources: ['', ...names(mood)].slice(0, Math.min(50, sessions.length)).map((source, index) => ({ source, visitors: count(source, index) })),
    devices: sessions.length === 0 ? [] : [{ device: 'desktop', visitors: 9 }, { device: 'mobile', visitors: 3 }],
    live_feed: liveFeed,
    sessions: liveFeed ? sessions : [],
  };
}

const HEIGHT = 4_000;

export function mapOf(mood: Mood, more: Partial<Heatmap> = {}): Heatmap {
  const elements: HeatmapElement[] = names(mood, 'main>a#').map((element, index) => ({
    ...{ element, tag: 'a', role: '', clicks: amount(mood, index), visitors: 4, exposed: 30, click_rate: 0.25, rage: index % 3, dead: index % 2, error: 0, fixed: false },
    ...{ x: 40 + (index % 6) * 190, y: 60 + index * 60, width: 160, height: 40 },
  }));
  const clicks = elements.reduce((sum, element) => sum + element.clicks, 0);
  return {
    ...{ path: '/', kind: 'click', width: 1280, height: HEIGHT, views: clicks * 3, clicks, anchored: clicks, unanchored: 0, gone_clicks: mood === 'little' ? 0 : 12, elements },
    gone: mood === 'little' ? [] : names(mood, 'div>button#').map((element) => ({ element, clicks: 3 })),
    layout: { samples: 5, width: 1280, since: '2026-11-20T10:00:00Z', versions: [] },
    ...{ states: [], fold: 720 },
    ...more,
  };
}

export function changesOf(mood: Mood): NonNullable<Heatmap['compare']> {
  const elements = names(mood, 'main>a#').map((element, index) => ({
    ...{ element, a: index % 4 === 0 ? 0 : 9 + index, b: index % 5 === 0 ? 0 : 30, rate_a: (index % 4) / 20, rate_b: (index % 5) / 20, q: 0.01 * index, changed: index < 4 },
  }));
  return { views: 900, clicks: 300, elements };
}

export const reportOf = (mood: Mood): { views: number; elements: ReportedElement[] } => ({
  views: 900,
  elements: names(mood, 'main>a#').map((element, index) => ({
    ...{ element, clicks: amount(mood, index), click_rate: index % 4 === 3 ? null : 0.2, visitors: 7, rage: index % 3, dead: index % 2, error: 0, median_first_click_ms: index % 3 === 0 ? null : 1_800 },
  })),
});
