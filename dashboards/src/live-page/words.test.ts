import { expect, test } from 'vitest';
import { language, speak } from './words';

test('the address chooses the language, then the browser', () => {
  expect(language('bg', ['en-GB'])).toBe('bg');
  expect(language(null, ['fr', 'bg-BG', 'en'])).toBe('bg');
  expect(language('klingon', ['fr'])).toBe('en');
});

test('numbers and countries are written as the language writes them', () => {
  const { words, counted, country, number } = speak('bg');
  expect(counted(words.views, 1)).toBe('1 преглед през последната минута');
  expect(counted(words.views, 2)).toBe('2 прегледа през последната минута');
  expect(country('BG')).toBe('България');
  expect(country('not a code')).toBe('not a code');
  expect(speak('en').number(12345)).toBe('12,345');
  expect(number(12345)).toMatch(/^12\s?345$/);
});
