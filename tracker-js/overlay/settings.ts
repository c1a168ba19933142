// Owns what the panel is set to, and how it survives the way to the next page: in `sessionStorage`, where the tab keeps it to itself.
// The token is not in there: links carry it.

import type { Kind } from './answer';
import type { Palette } from './palette';

export const PERIODS = ['day', '7d', '30d', '90d'] as const;
export const DEVICES = ['', 'desktop', 'tablet', 'mobile'] as const;
/** What visitors can be filtered by. */
export const SEGMENTS = ['', 'country', 'source', 'browser', 'os', 'channel', 'utm_campaign'] as const;

export interface Settings {
  kind: Kind;
  period: (typeof PERIODS)[number];
  /** '' is every one. */
  device: (typeof DEVICES)[number];
  segment: (typeof SEGMENTS)[number];
  segmentValue: string;
  /** `any`, `base` or the id of a state. */
  state: string;
  palette: Palette;
  /** In percent. */
  opacity: number;
  collapsed: boolean;
  /** Where the panel was dragged to: its left upper corner. */
  at: [x: number, y: number] | null;
}

const KEY = 'heatline_overlay';

/** Below this the panel starts collapsed, for it would cover the page. */
const NARROW_PX = 600;

const defaults = (): Settings => ({
  kind: 'click',
  period: '30d',
  device: '',
  segment: '',
  segmentValue: '',
  state: 'any',
  palette: 'heat',
  opacity: 85,
  collapsed: innerWidth < NARROW_PX,
  at: null,
});

/** Returns the settings of the page before, or those to begin with. A page may have switched storage off. */
export const loadSettings = (): Settings => {
  try {
    return { ...defaults(), ...(JSON.parse(sessionStorage.getItem(KEY) || '{}') as Partial<Settings>) };
  } catch {
    return defaults();
  }
};

export const saveSettings = (settings: Settings): void => {
  try {
    // A state belongs to its page.
    sessionStorage.setItem(KEY, JSON.stringify({ ...settings, state: 'any' }));
  } catch {
    // Then the next page begins anew.
  }
};

export const forgetSettings = (): void => {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // There was nothing to forget.
  }
};
