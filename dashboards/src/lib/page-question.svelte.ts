// Owns what pages about one site have in common: the site's time zone, and the period and filters as the address has them.

import type { SiteDetails } from './api-types';
import { detailsOf } from './details';
import { PARAM, parseFilters } from './filters';
import { navigation } from './navigation.svelte';
import { Pace } from './pace';
import type { Question } from './question';
import { parseRange, rangeParam, type Range } from './range';
import { Resource } from './resource.svelte';

export class PageQuestion {
  readonly site: string;
  readonly details = new Resource<SiteDetails>();
  readonly #pace = new Pace(performance.now());

  readonly range = $derived(parseRange(navigation.param('range')));
  readonly timezone = $derived(this.details.value?.timezone ?? 'UTC');
  /** Equal for equal questions: a change elsewhere in the address asks nothing again. */
  readonly asked = $derived(JSON.stringify([this.range, navigation.params(PARAM)]));

  constructor(site: string) {
    this.site = site;
  }

  get question(): Question {
    const filters = parseFilters(navigation.params(PARAM));
    return { site: this.site, range: this.range, comparison: { mode: 'none' }, filters, round: 0, pace: this.#pace };
  }

  /** Asks for the site, and returns what stops it. */
  start(): () => void {
    this.load();
    return () => this.details.stop();
  }

  load(): void {
    void this.details.load((signal) => detailsOf(this.site, signal));
  }

  setRange(range: Range): void {
    navigation.set({ range: rangeParam(range) });
  }
}
