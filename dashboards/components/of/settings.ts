// Owns the states of settings, of setting up, and of the list of sites.

import Annotations from '../../src/components/settings/Annotations.svelte';
import Goals from '../../src/components/settings/Goals.svelte';
import List from '../../src/components/settings/List.svelte';
import PictureChoice from '../../src/components/settings/Picture.svelte';
import Properties from '../../src/components/settings/Properties.svelte';
import Segments from '../../src/components/settings/Segments.svelte';
import SetUp from '../../src/components/setup/SetUp.svelte';
import Verify from '../../src/components/setup/Verify.svelte';
import AddSite from '../../src/components/sites/AddSite.svelte';
import SiteCard from '../../src/components/sites/SiteCard.svelte';
import { createRawSnippet } from 'svelte';
import { Resource } from '../../src/lib/resource.svelte';
import { FULL, MOODS, names, siteOf } from '../moods';
import { siteDetails, text, ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

interface Item {
  id: number;
  name: string;
}

function items(list: readonly string[]): Resource<Item[]> {
  const resource = new Resource<Item[]>();
  void resource.load(() => Promise.resolve(list.map((name, id) => ({ id, name }))));
  return resource;
}

const row = createRawSnippet<[Item]>((item) => ({
  render: () => '<span></span>',
  setup: (element) => {
    element.textContent = item().name;
  },
}));

export const SETTINGS: Story[] = [
  story('settings/Annotations', Annotations, byMood(MOODS, (mood) => ({ site: siteOf(mood), timezone: ZONE }))),
  story('settings/Goals', Goals, byMood(MOODS, (mood) => ({ site: siteOf(mood) }))),
  story('settings/List', List<Item>, byMood(['empty', ...FULL] as const, (mood) => ({
    ...{ title: 'A list', hint: 'What it is for.', none: 'Nothing yet.', list: items(names(mood)), nameOf: ({ name }: Item) => name, load: nothing, remove: () => Promise.resolve(), row, add: text('A form') },
  }))),
  story('settings/Picture', PictureChoice, { badge: { site: siteOf('little'), kind: 'badge' }, map: { site: siteOf('little'), kind: 'map' } }),
  story('settings/Properties', Properties, byMood(MOODS, (mood) => ({ site: siteOf(mood) }))),
  story('settings/Segments', Segments, byMood(MOODS, (mood) => ({ site: siteOf(mood) }))),
  story('setup/SetUp', SetUp, byMood(FULL, (mood) => ({ site: mood === 'little' ? siteOf(mood) : (names(mood)[0] ?? '') }))),
  story('setup/Verify', Verify, byMood(MOODS, (mood) => ({ site: siteOf(mood) }))),
  story('sites/AddSite', AddSite, { first: { first: true, added: nothing, close: nothing }, another: { first: false, added: nothing, close: nothing } }, true),
  story('sites/SiteCard', SiteCard, byMood(MOODS, (mood) => ({ site: { ...siteDetails(mood), domain: mood === 'long' ? `${'a-very-long-name-'.repeat(9)}${siteOf(mood)}` : siteOf(mood) }, chart: mood !== 'long' }))),
];
