// Owns the states of the overview.

import Change from '../../src/components/overview/Change.svelte';
import ComparePicker from '../../src/components/overview/ComparePicker.svelte';
import Details from '../../src/components/overview/Details.svelte';
import Drops from '../../src/components/overview/Drops.svelte';
import FilterBar from '../../src/components/overview/FilterBar.svelte';
import FilterCondition from '../../src/components/overview/FilterCondition.svelte';
import FilterEditor from '../../src/components/overview/FilterEditor.svelte';
import Keys from '../../src/components/overview/Keys.svelte';
import LazyMap from '../../src/components/overview/LazyMap.svelte';
import Notes from '../../src/components/overview/Notes.svelte';
import Panel from '../../src/components/overview/Panel.svelte';
import Properties from '../../src/components/overview/Properties.svelte';
import Rows from '../../src/components/overview/Rows.svelte';
import SegmentMenu from '../../src/components/overview/SegmentMenu.svelte';
import TimeChart from '../../src/components/overview/TimeChart.svelte';
import Timeline from '../../src/components/overview/Timeline.svelte';
import Vitals from '../../src/components/overview/Vitals.svelte';
import Waiting from '../../src/components/overview/Waiting.svelte';
import WorldMap from '../../src/components/overview/WorldMap.svelte';
import type { Filters } from '../../src/lib/filters';
import { BREAKDOWNS } from '../../src/lib/reports';
import type { Point } from '../../src/lib/series';
import { FULL, MOODS, names, rowsOf, siteOf, type Mood } from '../moods';
import { questionOf, ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const filtersOf = (mood: Mood): Filters => names(mood).slice(0, 6).map((value) => [{ name: 'page', operator: 'is', values: [value] }]);
const segmentsOf = (mood: Mood) => names(mood).map((name, id) => ({ id, name, filters: [] }));
const countries = (codes: readonly string[]) => codes.map((code, index) => ({ dimensions: [code], metrics: [900 - index * 120] }));

const points = (mood: Mood): Point[] =>
  names(mood).length === 0
    ? []
    : Array.from({ length: mood === 'little' ? 1 : 30 }, (_, day) => ({ at: new Date(Date.UTC(2026, 9, 1 + day)), label: `2026-10-${day}`, value: (day * 37) % 90, partial: day === 29, compared: { at: new Date(Date.UTC(2026, 8, 1 + day)), value: (day * 29) % 70 } }));
const chart = (mood: Mood) => ({
  ...{ points: points(mood), metric: 'visitors' as const, interval: 'day' as const, timezone: ZONE, waiting: mood === 'loading', stale: false, waitSeconds: undefined },
  notes: names(mood).slice(0, 9).map((text, id) => ({ id, at: `2026-10-0${(id % 8) + 1}`, text, author: null })),
});

export const OVERVIEW: Story[] = [
  story('overview/Change', Change, {
    more: { metric: 'visitors', change: 34 },
    less: { metric: 'visitors', change: -99.7 },
    none: { metric: 'visitors', change: 0 },
    new: { metric: 'visitors', change: null },
    huge: { metric: 'bounce_rate', change: 123_456 },
  }),
  story('overview/ComparePicker', ComparePicker, {
    none: { comparison: { mode: 'none' }, choose: nothing },
    before: { comparison: { mode: 'previous_period', sameWeekday: true }, choose: nothing },
    custom: { comparison: { mode: 'custom', from: '2026-01-01', to: '2026-01-31', sameWeekday: false }, choose: nothing },
  }),
  story('overview/Details', Details, byMood(MOODS, (mood) => ({ breakdown: BREAKDOWNS.pages, title: 'Pages', question: questionOf(mood), toggle: nothing, close: nothing })), true),
  story('overview/Drops', Drops, byMood(MOODS, (mood) => ({ question: questionOf(mood) }))),
  story('overview/FilterBar', FilterBar, byMood(MOODS, (mood) => ({
    ...{ question: questionOf(mood, { filters: filtersOf(mood) }), segments: mood === 'loading' ? undefined : segmentsOf(mood), properties: names(mood), change: nothing, renew: nothing, editing: undefined, edit: nothing },
  }))),
  story('overview/FilterCondition', FilterCondition, byMood(FULL, (mood) => ({
    ...{ question: questionOf(mood), properties: names(mood), condition: { name: 'page' as const, operator: 'is' as const, values: names(mood).slice(0, 5) }, pending: undefined, first: mood === 'little', remove: nothing },
  }))),
  story('overview/FilterEditor', FilterEditor, {
    new: { question: questionOf('little'), properties: [], group: undefined, keep: nothing, close: nothing },
    ...byMood(FULL, (mood) => ({ question: questionOf(mood), properties: names(mood), group: [{ name: 'page' as const, operator: 'is_not' as const, values: names(mood).slice(0, 3) }], keep: nothing, close: nothing })),
  }, true),
  story('overview/Keys', Keys, { plain: { close: nothing } }, true),
  story('overview/LazyMap', LazyMap, { empty: { rows: [], active: [], choose: nothing }, much: { rows: countries(['BG', 'DE', 'US', 'JP']), active: ['BG'], choose: nothing } }),
  story('overview/Notes', Notes, { plain: { site: siteOf('little'), timezone: ZONE, renew: nothing }, waiting: { site: siteOf('loading'), timezone: undefined, renew: nothing } }),
  story('overview/Panel', Panel, byMood(MOODS, (mood) => ({ title: 'Pages', param: 'pages', tabs: ['pages', 'entry_pages', 'exit_pages'] as const, question: questionOf(mood), toggle: nothing, open: nothing }))),
  story('overview/Properties', Properties, byMood(MOODS, (mood) => ({ question: questionOf(mood), properties: mood === 'loading' ? undefined : names(mood), toggle: nothing, open: nothing }))),
  story('overview/Rows', Rows, byMood([...FULL, 'empty'] as const, (mood) => ({ breakdown: BREAKDOWNS.pages, metrics: ['visitors', 'pageviews'] as const, title: 'Pages', rows: rowsOf(mood, 2), filters: filtersOf(mood).slice(0, 1), toggle: nothing }))),
  story('overview/SegmentMenu', SegmentMenu, byMood(MOODS, (mood) => ({ question: questionOf(mood, { filters: filtersOf(mood) }), segments: mood === 'loading' ? undefined : segmentsOf(mood), change: nothing, renew: nothing }))),
  story('overview/TimeChart', TimeChart, byMood(MOODS, chart)),
  story('overview/Timeline', Timeline, byMood(MOODS, (mood) => ({ question: questionOf(mood), timezone: mood === 'loading' ? undefined : ZONE }))),
  story('overview/Vitals', Vitals, byMood(MOODS, (mood) => ({ question: questionOf(mood) }))),
  story('overview/Waiting', Waiting, { live: { site: siteOf('empty'), state: 'live' }, lost: { site: names('long')[0] ?? '', state: 'lost' }, hostile: { site: names('hostile')[1] ?? '', state: 'connecting' } }),
  story('overview/WorldMap', WorldMap, { empty: { rows: [], active: [], choose: nothing }, much: { rows: countries(['BG', 'DE', 'US', 'JP', 'ZZ', '']), active: ['DE'], choose: nothing } }),
];
