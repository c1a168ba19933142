// Owns how a message becomes text. Knows no state: the language is a parameter.

import type { Catalogue, MessageKey, Values } from './catalogue';
import { bg } from './bg';
import { en } from './en';
import { formatNumber } from './format';

export type LanguageCode = 'en' | 'bg';

export const LANGUAGES: readonly { code: LanguageCode; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'bg', name: 'Български' },
];

export const CATALOGUES: Record<LanguageCode, Catalogue> = { en, bg };

/** Returns the first language of ours that the browser prefers, English otherwise. */
export function preferredLanguage(preferences: readonly string[]): LanguageCode {
  for (const preference of preferences) {
    const language = preference.toLowerCase().split('-')[0];
    const found = LANGUAGES.find(({ code }) => code === language);
    if (found) return found.code;
  }
  return 'en';
}

export function translate<K extends MessageKey>(language: LanguageCode, key: K, ...[values]: Values<K>): string {
  const message: Catalogue[MessageKey] = CATALOGUES[language][key];
  const given: Record<string, string | number> = values ?? {};
  const text = typeof message === 'string' ? message : message[pluralForm(language, Number(given['count']))];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = given[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? formatNumber(value, language) : value;
  });
}

function pluralForm(language: LanguageCode, count: number): 'one' | 'other' {
  return new Intl.PluralRules(language).select(count) === 'one' ? 'one' : 'other';
}
