// Owns how the time of day is written: by 12 or by 24 hours. The writing itself is in `i18n/format.ts`.

import type { HourCycle } from './i18n/format';
import { recall, remember } from './storage';

export type TimeFormat = 'auto' | '12' | '24';

const KEY = 'heatline.time_format';

function initial(): TimeFormat {
  const kept = recall(KEY);
  return kept === '12' || kept === '24' ? kept : 'auto';
}

/** What is usual where the browser is at home; the language alone does not tell, for English has both. */
function usual(): HourCycle {
  const { hourCycle } = new Intl.DateTimeFormat(navigator.language, { hour: 'numeric' }).resolvedOptions();
  return hourCycle === 'h11' || hourCycle === 'h12' ? 'h12' : 'h23';
}

class Clock {
  #chosen = $state<TimeFormat>(initial());

  get chosen(): TimeFormat {
    return this.#chosen;
  }

  set chosen(format: TimeFormat) {
    this.#chosen = format;
    remember(KEY, format);
  }

  get cycle(): HourCycle {
    if (this.#chosen === 'auto') return usual();
    return this.#chosen === '12' ? 'h12' : 'h23';
  }
}

export const clock = new Clock();
