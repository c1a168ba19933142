// Owns how a message becomes text. Knows no state: the language is a parameter.

import type { Catalogue, MessageKey, Values } from './catalogue';
import { formatNumber } from './format';

export type LanguageCode = 'en' | 'bg';

export const LANGUAGES: readonly { code: LanguageCode; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'bg', name: 'Български' },
];

/** The texts of the start, and those of the pages that need more. */
export type Part = 'first' | 'later';

/** Nobody reads two languages at once: a catalogue is fetched when its language is chosen. */
const LOADERS: Record<LanguageCode, Record<Part, () => Promise<Partial<Catalogue>>>> = {
  en: { first: async () => (await import('./en')).en, later: async () => (await import('./en/later')).enLater },
  bg: { first: async () => (await import('./bg')).bg, later: async () => (await import('./bg/later')).bgLater },
};

const loaded: Partial<Record<LanguageCode, Partial<Catalogue>>> = {};

/** Fetches texts of a language; nothing can be translated into it before. */
export async function loadCatalogue(code: LanguageCode, ...parts: Part[]): Promise<void> {
  const fetched = await Promise.all(parts.map((part) => LOADERS[code][part]()));
  loaded[code] = Object.assign(loaded[code] ?? {}, ...fetched);
}

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
  const message: Catalogue[MessageKey] = loaded[language]?.[key] ?? '';
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
