// Owns the chosen language: where it is kept, and the formatters and texts bound to it.

import type { MessageKey, Values } from './catalogue';
import * as format from './format';
import { LANGUAGES, loadCatalogue, preferredLanguage, translate, type LanguageCode } from './translate';
import { shared } from '../share';
import { clock } from '../clock.svelte';
import { recall, remember } from '../storage';

const KEY = 'heatline.language';

function initial(): LanguageCode {
  if (shared?.language) return shared.language;
  const kept = recall(KEY);
  return LANGUAGES.find(({ code }) => code === kept)?.code ?? preferredLanguage(navigator.languages);
}

class Language {
  #code = $state<LanguageCode>(initial());

  constructor() {
    document.documentElement.lang = this.#code;
  }

  get code(): LanguageCode {
    return this.#code;
  }

  /** Fetches the texts of the language at the start. */
  async ready(): Promise<void> {
    await loadCatalogue(this.#code);
  }

  /** Speaks another language as soon as its texts are there. */
  async choose(code: LanguageCode): Promise<void> {
    await loadCatalogue(code);
    this.speak(code);
  }

  /** Speaks a language whose texts are there. */
  speak(code: LanguageCode): void {
    this.#code = code;
    document.documentElement.lang = code;
    remember(KEY, code);
  }
}

export const language = new Language();

/** Returns the text in the chosen language. Reading it in markup makes the markup follow the choice. */
export function t<K extends MessageKey>(key: K, ...values: Values<K>): string {
  return translate(language.code, key, ...values);
}

type Bound<F> = F extends (value: infer V, language: string) => infer R ? (value: V) => R : never;

const bind = <V, R>(write: (value: V, language: string) => R): Bound<typeof write> => (value) => write(value, language.code);

/** The formatters of `format.ts`, in the chosen language. */
export const fmt = {
  number: bind(format.formatNumber),
  decimal: bind(format.formatDecimal),
  compact: bind(format.formatCompact),
  share: bind(format.formatShare),
  part: bind(format.formatPart),
  signedShare: bind(format.formatSignedShare),
  seconds: bind(format.formatSeconds),
  percent: bind(format.formatPercent),
  duration: bind(format.formatDuration),
  minutes: bind(format.formatMinutes),
  hour: (at: format.WallClock) => format.formatHour(at, language.code, clock.cycle),
  moment: (at: Date) => format.formatMoment(at, language.code, clock.cycle),
  time: (at: format.WallClock) => format.formatTime(at, language.code, clock.cycle),
  day: bind(format.formatDay),
  longDay: bind(format.formatLongDay),
  month: bind(format.formatMonth),
  shortMonth: bind(format.formatShortMonth),
  span: bind(format.formatSpan),
  points: bind(format.formatPoints),
  money: bind(format.formatMoney),
  milliseconds: bind(format.formatMilliseconds),
  shift: bind(format.formatShift),
  country: bind(format.countryName),
};
