// Owns the states of what became of events.

import Answer from '../../src/components/outcomes/Answer.svelte';
import Nothing from '../../src/components/outcomes/Nothing.svelte';
import Overflow from '../../src/components/outcomes/Overflow.svelte';
import Reasons from '../../src/components/outcomes/Reasons.svelte';
import StackedBars from '../../src/components/outcomes/StackedBars.svelte';
import Swatch from '../../src/components/outcomes/Swatch.svelte';
import Totals from '../../src/components/outcomes/Totals.svelte';
import Verdict from '../../src/components/outcomes/Verdict.svelte';
import { layersOf, outcomePoints, summaryOf } from '../../src/lib/outcomes';
import { FULL, names, siteOf, type Mood } from '../moods';
import { NOW, outcomesOf, ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const WITH_NONE = ['empty', ...FULL] as const;

function bars(mood: Mood) {
  const outcomes = outcomesOf(mood);
  const { points, interval } = outcomePoints(outcomes.series, outcomes.interval, NOW);
  return { points, layers: layersOf(points, summaryOf(outcomes).rows, true), interval, timezone: ZONE, stale: mood === 'long' };
}

export const OUTCOMES: Story[] = [
  story('outcomes/Answer', Answer, byMood(WITH_NONE, (mood) => ({ site: siteOf(mood), mayEdit: true, outcomes: outcomesOf(mood), now: NOW, timezone: ZONE, onlyMissing: mood === 'much', choose: nothing, stale: false }))),
  story('outcomes/Nothing', Nothing, { plain: { site: siteOf('empty'), mayEdit: true }, viewer: { site: siteOf('empty'), mayEdit: false }, long: { site: names('long')[0] ?? '', mayEdit: true }, hostile: { site: names('hostile')[1] ?? '', mayEdit: true } }),
  story('outcomes/Overflow', Overflow, byMood(FULL, (mood) => ({ overflow: outcomesOf(mood).overflow }))),
  story('outcomes/Reasons', Reasons, { ...byMood(FULL, (mood) => ({ site: siteOf(mood), mayEdit: true, rows: summaryOf(outcomesOf(mood)).rows })), unknown: { site: siteOf('little'), mayEdit: true, rows: names('hostile').map((reason) => ({ fate: 'dropped' as const, reason, events: 3, share: 0.1 })) } }),
  story('outcomes/StackedBars', StackedBars, byMood(FULL, bars)),
  story('outcomes/Swatch', Swatch, { plain: { token: '--outcome-bot', striped: false }, striped: { token: '--outcome-rate-limited', striped: true } }),
  story('outcomes/Totals', Totals, byMood(WITH_NONE, (mood) => ({ summary: summaryOf(outcomesOf(mood)) }))),
  story('outcomes/Verdict', Verdict, { ...byMood(FULL, (mood) => ({ summary: summaryOf(outcomesOf(mood)) })), complete: { summary: summaryOf({ accepted: 9, dropped: [], refused: [] }) } }),
];
