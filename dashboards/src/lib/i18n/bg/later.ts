// Owns which Bulgarian texts are fetched with the first page that needs them.

import type { Translated } from '../catalogue';
import type { enLater } from '../en/later';
import { bgBehaviour } from './behaviour';
import { bgElements } from './elements';
import { bgHeatmap } from './heatmap';
import { bgPeople } from './people';
import { bgSettings } from './settings';

export const bgLater: Translated<typeof enLater> = { ...bgBehaviour, ...bgElements, ...bgHeatmap, ...bgPeople, ...bgSettings };
