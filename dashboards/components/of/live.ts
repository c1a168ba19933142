// Owns the states of who is here.

import Beside from '../../src/components/live/Beside.svelte';
import Connection from '../../src/components/live/Connection.svelte';
import EventRows from '../../src/components/live/EventRows.svelte';
import Feed from '../../src/components/live/Feed.svelte';
import FeedFilters from '../../src/components/live/FeedFilters.svelte';
import LiveCard from '../../src/components/live/LiveCard.svelte';
import LiveNumber from '../../src/components/live/LiveNumber.svelte';
import LivePages from '../../src/components/live/LivePages.svelte';
import LivePill from '../../src/components/live/LivePill.svelte';
import LiveSessions from '../../src/components/live/LiveSessions.svelte';
import NowTable from '../../src/components/live/NowTable.svelte';
import Together from '../../src/components/live/Together.svelte';
import VisitorRows from '../../src/components/live/VisitorRows.svelte';
import Wall from '../../src/components/live/Wall.svelte';
import WorldNow from '../../src/components/live/WorldNow.svelte';
import type { Filters } from '../../src/lib/filters';
import { FULL, MOODS, names, sessionsOf, siteOf, snapshotOf, type Mood } from '../moods';
import { ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const WITH_NONE = ['empty', ...FULL] as const;
const HEARD = Date.UTC(2026, 10, 28, 10, 15, 30);
const history = { from: '', to: '', step_seconds: 60, now: { at: '2026-11-28T10:00:00Z', visitors: 9, week_ago: 6 }, peak: { visitors: 1_234, at: '2026-11-28T08:03:00Z' }, points: [] };
const chosen = (mood: Mood): Filters => names(mood, '/').slice(0, 1).map((value) => [{ name: 'page', operator: 'is', values: [value] }]);
const wall = (mood: Mood) => ({ site: siteOf(mood), timezone: ZONE, state: 'live' as const, heardAt: HEARD, old: false, history: mood === 'empty' ? undefined : history, tell: nothing, light: false, leave: nothing });

export const LIVE: Story[] = [
  story('live/Beside', Beside, { alone: { snapshot: snapshotOf('little'), history: undefined, timezone: ZONE }, much: { snapshot: snapshotOf('much'), history, timezone: ZONE } }),
  story('live/Connection', Connection, {
    connecting: { state: 'connecting', heardAt: undefined, old: false, timezone: ZONE },
    live: { state: 'live', heardAt: HEARD, old: false, timezone: ZONE },
    lost: { state: 'lost', heardAt: HEARD, old: false, timezone: ZONE },
    old: { state: 'live', heardAt: HEARD, old: true, timezone: ZONE },
  }),
  story('live/EventRows', EventRows, byMood(MOODS, (mood) => ({ site: siteOf(mood), clauses: [], timezone: ZONE }))),
  story('live/Feed', Feed, {
    ...byMood(WITH_NONE, (mood) => ({ site: siteOf(mood), timezone: ZONE, snapshot: snapshotOf(mood), filters: [], change: nothing })),
    ...byMood(['narrowed much', 'narrowed hostile'] as const, (name) => {
      const mood = name === 'narrowed much' ? 'much' : 'hostile';
      return { site: siteOf(mood), timezone: ZONE, snapshot: snapshotOf(mood), filters: chosen(mood), change: nothing };
    }),
    'narrowed, loading': { site: siteOf('loading'), timezone: ZONE, snapshot: snapshotOf('much'), filters: chosen('much'), change: nothing },
    'narrowed, failing': { site: siteOf('failing'), timezone: ZONE, snapshot: snapshotOf('much'), filters: chosen('much'), change: nothing },
    'single visitors off': { site: siteOf('much'), timezone: ZONE, snapshot: snapshotOf('much', false), filters: [], change: nothing },
  }),
  story('live/FeedFilters', FeedFilters, byMood(WITH_NONE, (mood) => ({ snapshot: snapshotOf(mood), filters: chosen(mood), change: nothing }))),
  story('live/LiveCard', LiveCard, {
    loading: { snapshot: undefined, state: 'connecting' },
    lost: { snapshot: snapshotOf('little'), state: 'lost' },
    'single visitors off': { snapshot: snapshotOf('much', false), state: 'live' },
    ...byMood(WITH_NONE, (mood) => ({ snapshot: snapshotOf(mood), state: 'live' as const })),
  }),
  story('live/LiveNumber', LiveNumber, { loading: { visitors: undefined }, none: { visitors: 0 }, one: { visitors: 1 }, much: { visitors: 1_234_567 } }),
  story('live/LivePages', LivePages, byMood(WITH_NONE, (mood) => ({ pages: snapshotOf(mood).pages }))),
  story('live/LivePill', LivePill, { none: { visitors: 0 }, much: { visitors: 12_345 } }),
  story('live/LiveSessions', LiveSessions, byMood(WITH_NONE, (mood) => ({ sessions: sessionsOf(mood), visitors: 99 }))),
  story('live/NowTable', NowTable, byMood(WITH_NONE, (mood) => ({ of: 'pages' as const, title: 'Pages', counts: snapshotOf(mood).pages.map(({ path, visitors }) => [path, visitors] as const), shown: 10, filters: chosen(mood), toggle: nothing }))),
  story('live/Together', Together, { ...byMood(MOODS, (mood) => ({ site: siteOf(mood), timezone: ZONE, tell: nothing })), fixed: { site: siteOf('much'), timezone: ZONE, fixed: true, tell: nothing } }),
  story('live/VisitorRows', VisitorRows, byMood(FULL, (mood) => ({ sessions: sessionsOf(mood) }))),
  story('live/Wall', Wall, {
    loading: { ...wall('empty'), snapshot: undefined, state: 'connecting', heardAt: undefined },
    old: { ...wall('much'), snapshot: snapshotOf('much'), old: true },
    light: { ...wall('much'), snapshot: snapshotOf('much'), light: true },
    ...byMood(WITH_NONE, (mood) => ({ ...wall(mood), snapshot: snapshotOf(mood) })),
  }, true),
  story('live/WorldNow', WorldNow, { loading: { cities: undefined }, ...byMood(WITH_NONE, (mood) => ({ cities: snapshotOf(mood).cities })) }),
];
