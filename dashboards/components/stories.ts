// Owns the list of all stories.

import { BEHAVIOUR } from './of/behaviour';
import { COMMON } from './of/common';
import { HEATMAP } from './of/heatmap';
import { LIVE } from './of/live';
import { OUTCOMES } from './of/outcomes';
import { OVERVIEW } from './of/overview';
import { SETTINGS } from './of/settings';
import type { Story } from './story';

export const STORIES: readonly Story[] = [...COMMON, ...OVERVIEW, ...LIVE, ...HEATMAP, ...BEHAVIOUR, ...OUTCOMES, ...SETTINGS];
