// Owns the core as the heat-map module finds it. It is no part of the core.

import type { Link } from './link';

export const core = window.heatline as unknown as Link;
