// Owns the words of the public live page in its languages.

const EN = {
  visitors: { one: 'visitor here now', other: 'visitors here now' },
  minutes: 'Pageviews of the last hour, by minute',
  views: { one: '{n} pageview in the last minute', other: '{n} pageviews in the last minute' },
  map: 'Where visitors are',
  pages: 'Pages',
  countries: 'Countries',
  otherPages: 'other pages',
  nobody: 'Nobody is here now',
  few: 'Shown when enough visitors share it',
  privacy: 'Only numbers are shown here: no visitor can be told from another.',
  connecting: 'connecting',
  live: 'live',
  lost: 'connection lost, trying again',
  title: '{n} on {site}',
};

type Words = typeof EN;

const BG: Words = {
  visitors: { one: 'посетител тук сега', other: 'посетители тук сега' },
  minutes: 'Прегледи през последния час, по минути',
  views: { one: '{n} преглед през последната минута', other: '{n} прегледа през последната минута' },
  map: 'Къде са посетителите',
  pages: 'Страници',
  countries: 'Държави',
  otherPages: 'други страници',
  nobody: 'Сега тук няма никого',
  few: 'Показва се, когато е общо за достатъчно посетители',
  privacy: 'Тук се показват само числа: никой посетител не може да бъде различен от другите.',
  connecting: 'свързване',
  live: 'на живо',
  lost: 'връзката прекъсна, опитва се отново',
  title: '{n} в {site}',
};

const ALL = { en: EN, bg: BG };

export type Lang = keyof typeof ALL;

/** Returns the language that the address asks for, or the first of the browser's that there is. */
export function language(asked: string | null, preferred: readonly string[]): Lang {
  const known = (tag: string): Lang | undefined => {
    const code = tag.toLowerCase().split('-')[0];
    return code === 'en' || code === 'bg' ? code : undefined;
  };
  return known(asked ?? '') ?? preferred.map(known).find((lang) => lang !== undefined) ?? 'en';
}

/** Returns the words of a language, and how it writes numbers and countries. */
export function speak(lang: Lang) {
  const words = ALL[lang];
  const numbers = new Intl.NumberFormat(lang);
  const plurals = new Intl.PluralRules(lang);
  const regions = new Intl.DisplayNames(lang, { type: 'region', fallback: 'code' });
  const number = (value: number) => numbers.format(value);
  const counted = (form: { one: string; other: string }, value: number) =>
    (plurals.select(value) === 'one' ? form.one : form.other).replace('{n}', number(value));
  const country = (code: string) => {
    try {
      return regions.of(code) ?? code;
    } catch {
      return code;
    }
  };
  return { words, number, counted, country };
}
