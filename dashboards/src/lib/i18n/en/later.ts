// Owns which English texts are fetched with the first page that needs them: the list of sites and the overview do without.

import { enBehaviour } from './behaviour';
import { enElements } from './elements';
import { enHeatmap } from './heatmap';
import { enPeople } from './people';
import { enSettings } from './settings';

export const enLater = { ...enBehaviour, ...enElements, ...enHeatmap, ...enPeople, ...enSettings };
