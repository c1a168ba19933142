import { describe, expect, it } from 'vitest';
import type { Message } from './catalogue';
import { bg } from './bg';
import { en } from './en';
import { LANGUAGES, preferredLanguage, translate } from './translate';

const CATALOGUES = { en, bg };

const texts = (message: Message): string[] => (typeof message === 'string' ? [message] : [message.one, message.other]);
const parameters = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
/** The forms of a plural may leave the number out of one of them. */
const allParameters = (message: Message): string[] => [...new Set(texts(message).flatMap(parameters))].sort();

const english: [string, Message][] = Object.entries(CATALOGUES.en);

describe('the catalogue', () => {
  it.each(LANGUAGES)('has the keys of English in $name, and no others', ({ code }) => {
    expect(Object.keys(CATALOGUES[code]).sort()).toEqual(english.map(([key]) => key).sort());
  });

  it.each(LANGUAGES)('has no empty text in $name', ({ code }) => {
    const empty = Object.entries(CATALOGUES[code]).filter(([, message]) => texts(message).some((text) => text.trim() === ''));
    expect(empty).toEqual([]);
  });

  it.each(LANGUAGES)('has the parameters of English in $name', ({ code }) => {
    for (const [key, message] of english) {
      const translated = (CATALOGUES[code] as Record<string, Message>)[key];
      expect(allParameters(translated ?? ''), key).toEqual(allParameters(message));
    }
  });

  it('is written in Cyrillic in Bulgarian, but for names and units', () => {
    const latin = Object.entries(CATALOGUES.bg)
      .filter(([, message]) => texts(message).some((text) => !/\p{Script=Cyrillic}/u.test(text)))
      .map(([key]) => key);
    expect(latin).toEqual(['heatmap.reached_to', 'heatmap.pixels', 'heatmap.rates']);
  });
});

describe('translating', () => {
  it('puts values in, numbers in the way of the language', () => {
    expect(translate('en', 'panel.heatmap_of', { path: '/a' })).toBe('Heat map of /a');
    expect(translate('en', 'sites.here_now', { count: 12345 })).toBe('12,345 here now');
    expect(translate('bg', 'sites.here_now', { count: 12345 })).toBe('12\u00a0345 в момента');
  });

  it('chooses the plural form by the number', () => {
    expect(translate('en', 'heatmap.clicks_count', { count: 1 })).toBe('1 click');
    expect(translate('en', 'heatmap.clicks_count', { count: 0 })).toBe('0 clicks');
    expect(translate('bg', 'heatmap.clicks_count', { count: 1 })).toBe('1 клик');
    expect(translate('bg', 'heatmap.clicks_count', { count: 21 })).toBe('21 клика');
  });

  it('does not read a value as a pattern', () => {
    expect(translate('en', 'panel.filter_by', { value: '$& {value} <b>' })).toBe('Show only $& {value} <b>');
  });
});

describe('the preferred language', () => {
  it.each([
    [['bg-BG', 'en'], 'bg'],
    [['de', 'bg'], 'bg'],
    [['en-US', 'bg'], 'en'],
    [['de', 'fr'], 'en'],
    [[], 'en'],
  ] as const)('of %j is %s', (preferences, language) => {
    expect(preferredLanguage(preferences)).toBe(language);
  });
});
