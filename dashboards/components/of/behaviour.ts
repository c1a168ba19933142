// Owns the states of funnels, journeys and retention.

import Editor from '../../src/components/funnels/Editor.svelte';
import Split from '../../src/components/funnels/Split.svelte';
import StepRow from '../../src/components/funnels/StepRow.svelte';
import Steps from '../../src/components/funnels/Steps.svelte';
import Branch from '../../src/components/journeys/Branch.svelte';
import Table from '../../src/components/retention/Table.svelte';
import type { FunnelStep, PageNode, RetentionAnswer } from '../../src/lib/api-types';
import type { Funnel } from '../../src/lib/funnel';
import { FULL, names, type Mood } from '../moods';
import { goalsOf } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const WITH_NONE = ['empty', ...FULL] as const;

const steps = (mood: Mood): FunnelStep[] =>
  names(mood).slice(0, 10).map((name, index) => ({
    ...{ name, visitors: 900 - index * 80, visits: 1_000 - index * 90, conversion_rate: 100 - index * 9, step_rate: index === 0 ? null : 91, dropped: index === 0 ? null : 90 },
    ...{ drop_rate: index === 0 ? null : 9, median_seconds: index === 0 ? null : index * 400 },
  }));
const funnel = (mood: Mood): Funnel => ({ steps: names(mood, '/').slice(0, 10).map((value) => ({ kind: 'page', value })), by: 'visit', strict: false, window: undefined, field: undefined });
const node = (page: string, depth: number): PageNode => ({ page, visits: 90, other: 4, exits: 30, pages: depth > 0 ? [node('/next', depth - 1), node('/other', 0)] : [] });

const cohort = (label: string, index: number) => ({ label, size: index === 3 ? 0 : 900, returned: [900, 300, 120].slice(0, 3 - (index % 3)), rates: [100, 33.3, 13.3].slice(0, 3 - (index % 3)) });
const retention = (size: number): RetentionAnswer => ({
  ...{ cohorts: Array.from({ length: size }, (_, index) => cohort(`2026-${String(1 + (index % 12)).padStart(2, '0')}-02`, index)), meta: {}, query: {} },
  overall: cohort('', 0),
});

export const BEHAVIOUR: Story[] = [
  story('funnels/Editor', Editor, byMood(WITH_NONE, (mood) => ({ funnel: funnel(mood), goals: goalsOf(mood), show: nothing }))),
  story('funnels/Split', Split, byMood(WITH_NONE, (mood) => ({ breakdown: names(mood).slice(0, 8).map((value) => ({ value, steps: steps(mood) })), names: steps(mood).map(({ name }) => name), field: 'source' as const, by: 'visit' as const }))),
  story('funnels/StepRow', StepRow, byMood(FULL, (mood) => ({ step: { kind: mood === 'much' ? ('goal' as const) : ('page' as const), value: names(mood, '/')[0] ?? '' }, number: 1, goals: goalsOf(mood), up: mood === 'little' ? undefined : nothing, remove: nothing }))),
  story('funnels/Steps', Steps, byMood(FULL, (mood) => ({ steps: steps(mood), by: 'visitor' as const }))),
  story('journeys/Branch', Branch, byMood(WITH_NONE, (mood) => ({ pages: names(mood, '/').slice(0, 12).map((page) => node(page, 2)), ends: { count: 12, before: mood === 'much' }, other: 9, all: 400, look: nothing }))),
  story('retention/Table', Table, { empty: { answer: retention(0), interval: 'week' }, little: { answer: retention(1), interval: 'day' }, much: { answer: retention(24), interval: 'month' } }),
];
