// Owns the states of heat maps.

import Actions from '../../src/components/heatmap/Actions.svelte';
import Changes from '../../src/components/heatmap/Changes.svelte';
import Compare from '../../src/components/heatmap/Compare.svelte';
import Controls from '../../src/components/heatmap/Controls.svelte';
import Depth from '../../src/components/heatmap/Depth.svelte';
import Elements from '../../src/components/heatmap/Elements.svelte';
import Hint from '../../src/components/heatmap/Hint.svelte';
import Landmarks from '../../src/components/heatmap/Landmarks.svelte';
import Look from '../../src/components/heatmap/Look.svelte';
import Numbers from '../../src/components/heatmap/Numbers.svelte';
import PageList from '../../src/components/heatmap/PageList.svelte';
import Screenshot from '../../src/components/heatmap/Screenshot.svelte';
import SegmentChips from '../../src/components/heatmap/SegmentChips.svelte';
import SegmentPicker from '../../src/components/heatmap/SegmentPicker.svelte';
import Stage from '../../src/components/heatmap/Stage.svelte';
import Thumb from '../../src/components/heatmap/Thumb.svelte';
import Viewer from '../../src/components/heatmap/Viewer.svelte';
import type { Heatmap } from '../../src/lib/api-types';
import type { Place } from '../../src/lib/heatmap';
import { Picture } from '../../src/lib/patient.svelte';
import { amount, changesOf, FULL, mapOf, MOODS, names, reportOf, siteOf, type Mood } from '../moods';
import { BROKEN, choice, RANGE, siteDetails, ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const WITH_NONE = ['empty', ...FULL] as const;
const PICTURE = '/assets/world.svg';
const CHOICE = choice();
const place = (mood: Mood): Place => ({ path: names(mood, '/')[0] ?? '/' });
const pagesOf = (mood: Mood) => names(mood, '/').map((path, index) => ({ path, views: amount(mood, index) * 3, clicks: amount(mood, index), rage: index % 3, dead: index % 2, widths: [390, 1280] }));
const compared = (mood: Mood): Heatmap => mapOf(mood, { compare: changesOf(mood) });
const bands: Heatmap['bands'] = Array.from({ length: 40 }, (_, index) => ({ y0: index * 100, y1: index * 100 + 100, share: 1 / (1 + index / 9) }));
const landmarks = (mood: Mood) => names(mood, 'section#').map((element, index) => ({ element, seconds_per_view: 9 / (index + 1), ...(index % 2 === 0 ? { x: 0, y: index * 90, width: 900, height: 80 } : {}) }));
const pointing = { mark: nothing, show: nothing };
const table = (mood: Mood, wide: boolean) => ({ map: mapOf(mood), report: reportOf(mood), wide, setWide: nothing, csvName: 'elements.csv', ...pointing });
const stage = { src: PICTURE, alt: 'A heat map', width: 1280, zoom: 'fit' as const, loading: false, marked: undefined, clear: undefined, drawn: nothing };
const viewer = (mood: Mood, query = '') => ({
  ...{ site: siteOf(mood), details: siteDetails(mood), place: place(mood), choice: choice(query), range: RANGE, change: nothing, picture: new Picture(), other: undefined },
  ...{ map: mapOf(mood), mapWaitSeconds: undefined, noData: false, failure: undefined, retry: nothing, marked: undefined },
});

export const HEATMAP: Story[] = [
  story('heatmap/Actions', Actions, byMood(['little', 'failing', 'long', 'hostile'] as const, (mood) => ({ site: siteOf(mood), place: place(mood), choice: CHOICE, range: RANGE, alt: 'A map' }))),
  story('heatmap/Changes', Changes, byMood(WITH_NONE, (mood) => ({ map: compared(mood), wide: mood === 'much', setWide: nothing, ...pointing }))),
  story('heatmap/Compare', Compare, byMood(['none', 'previous_period', '2026-01-01..2026-01-31', 'segments'] as const, (compare) => ({ site: siteOf('little'), timezone: ZONE, range: RANGE, choice: choice(`compare=${compare}&with_source=Google`), change: nothing }))),
  story('heatmap/Controls', Controls, {
    loading: { site: siteOf('loading'), timezone: ZONE, range: RANGE, choice: CHOICE, map: undefined, change: nothing },
    ...byMood(FULL, (mood) => ({
      ...{ site: siteOf(mood), timezone: ZONE, range: RANGE, choice: choice('kind=rage&source=Google&state=7'), change: nothing },
      map: mapOf(mood, { states: names(mood).slice(0, 9).map((element, id) => ({ id, element, clicks: 4 })), layout: { samples: 3, width: 1280, since: null, versions: [{ from: '2026-11-01T00:00:00Z', to: '2026-11-10T00:00:00Z', samples: 3 }, { from: '2026-11-10T00:00:00Z', to: '2026-11-28T00:00:00Z', samples: 5 }] } }),
    })),
  }),
  story('heatmap/Depth', Depth, { empty: { map: mapOf('little', { kind: 'scroll', bands: [] }) }, scroll: { map: mapOf('little', { kind: 'scroll', bands }) }, attention: { map: mapOf('little', { kind: 'attention', bands: [{ y0: 0, y1: 4000, seconds_per_view: 3 }] }) } }),
  story('heatmap/Elements', Elements, { ...byMood(WITH_NONE, (mood) => table(mood, false)), 'all columns': table('much', true), 'without its report': { ...table('much', true), report: undefined } }),
  story('heatmap/Hint', Hint, { good: { map: mapOf('much'), site: siteOf('much') }, 'no layout': { map: mapOf('much', { layout: { samples: 0, width: 1280, since: null, versions: [] } }), site: siteOf('much') }, unanchored: { map: mapOf('little', { anchored: 0, unanchored: 1 }), site: siteOf('little') } }),
  story('heatmap/Landmarks', Landmarks, byMood(WITH_NONE, (mood) => ({ landmarks: landmarks(mood), ...pointing }))),
  story('heatmap/Look', Look, { fit: { choice: CHOICE, change: nothing, zoom: 'fit', setZoom: nothing }, large: { choice: choice('palette=night&underlay=none&radius=64'), change: nothing, zoom: 200, setZoom: nothing } }),
  story('heatmap/Numbers', Numbers, { ...byMood(WITH_NONE, (mood) => ({ map: mapOf(mood), widths: [390, 1280], stale: false })), compared: { map: compared('much'), widths: [], stale: true }, scroll: { map: mapOf('much', { kind: 'scroll', bands }), widths: [], stale: false } }),
  story('heatmap/PageList', PageList, byMood(MOODS, (mood) => ({
    ...{ site: siteOf(mood), range: RANGE, pages: pagesOf(mood), place: place(mood), waiting: mood === 'loading', error: mood === 'failing' ? BROKEN : undefined, retry: nothing, find: nothing, choose: nothing },
  }))),
  story('heatmap/Screenshot', Screenshot, byMood(MOODS, (mood) => ({ site: siteOf(mood), details: mood === 'loading' ? undefined : siteDetails(mood), path: place(mood).toString(), width: 1280, changed: nothing }))),
  story('heatmap/SegmentChips', SegmentChips, byMood(FULL, (mood) => ({ filters: { source: names(mood)[0] ?? '', country: 'BG' }, remove: nothing, clear: nothing }))),
  story('heatmap/SegmentPicker', SegmentPicker, byMood(MOODS, (mood) => ({ site: siteOf(mood), range: RANGE, segment: { source: names(mood)[0] ?? '' }, label: 'Visitors', withDevice: mood === 'much', change: nothing }))),
  story('heatmap/Stage', Stage, {
    loading: { ...stage, src: undefined, loading: true, map: undefined },
    fit: { ...stage, map: mapOf('much') },
    marked: { ...stage, map: mapOf('much'), marked: { x: 40, y: 60, width: 160, height: 40 } },
    'twice as large': { ...stage, zoom: 200, map: mapOf('much'), clear: 'dark' },
  }),
  story('heatmap/Thumb', Thumb, { plain: { src: PICTURE } }),
  story('heatmap/Viewer', Viewer, {
    loading: { ...viewer('little'), map: undefined },
    'no data': { ...viewer('hostile'), noData: true },
    failing: { ...viewer('little'), failure: BROKEN },
    'side by side': { ...viewer('much', 'compare=previous_period&beside=1'), map: compared('much'), other: new Picture() },
    ...byMood(FULL, (mood) => viewer(mood)),
  }),
];
