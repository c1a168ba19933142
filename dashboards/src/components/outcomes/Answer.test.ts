// What stands on the page for each kind of answer, in both languages. Rendered as a server would, which needs no browser.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { render } from 'svelte/server';
import type { Outcomes } from '../../lib/api-types';
import type { LanguageCode } from '../../lib/i18n/translate';

let Answer: typeof import('./Answer.svelte').default;
let language: typeof import('../../lib/i18n/index.svelte').language;

beforeAll(async () => {
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('navigator', { languages: ['en'] });
  vi.stubGlobal('addEventListener', () => {});
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }));
  Answer = (await import('./Answer.svelte')).default;
  language = (await import('../../lib/i18n/index.svelte')).language;
});

const anAnswer = (fields: Partial<Outcomes> = {}): Outcomes => ({
  site: 'demo.example',
  date_range: ['2026-11-26T00:00:00+02:00', '2026-11-28T00:00:00+02:00'],
  interval: 'day',
  accepted: 990,
  dropped: [],
  refused: [],
  series: [{ time: '2026-11-26T00:00:00+02:00', accepted: 990, dropped: {}, refused: {} }],
  overflow: [],
  ...fields,
});

function shown(outcomes: Outcomes, code: LanguageCode = 'en', onlyMissing = false, mayEdit = true): string {
  language.speak(code);
  const props = { site: 'demo.example', outcomes, now: '2026-11-27 12:00:00', timezone: 'Europe/Sofia', mayEdit, onlyMissing, choose: () => {}, stale: false };
  const { body } = render(Answer, { props });
  return body.replace(/<!--.*?-->/g, '').replace(/[\u00a0\u202f]/g, ' ');
}

const text = (html: string): string => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

describe('no event at all', () => {
  const nothing = anAnswer({ accepted: 0, series: [] });

  it.each<[LanguageCode, string, string]>([
    ['en', 'No beacon has come for this site in this time', 'its data-site is exactly demo.example'],
    ['bg', 'За този сайт не е дошло нищо в този период', 'data-site е точно demo.example'],
  ])('says what to check, and leads to the script tag (%s)', (code, title, check) => {
    const html = shown(nothing, code);
    expect(text(html)).toContain(title);
    expect(text(html)).toContain(check);
    expect(html).toContain('href="/sites/demo.example/settings"');
    expect(html).not.toContain('<table');
  });
});

describe('somebody who may not change the settings', () => {
  it('is led to none of them', () => {
    const nothing = shown(anAnswer({ accepted: 0, series: [] }), 'en', false, false);
    expect(text(nothing)).toContain('No beacon has come');
    expect(nothing).not.toContain('/settings');
    const dropped = shown(anAnswer({ dropped: [{ reason: 'hostname', events: 10 }] }), 'en', false, false);
    expect(text(dropped)).toContain('10');
    expect(dropped).not.toContain('/settings');
  });
});

describe('all accepted', () => {
  it.each<[LanguageCode, string]>([
    ['en', 'Everything was accepted'],
    ['bg', 'Всичко е прието'],
  ])('says so, without a table of reasons (%s)', (code, title) => {
    const html = shown(anAnswer(), code);
    expect(text(html)).toContain(title);
    expect(text(html)).toContain('990 100%');
    expect(html).not.toContain('scope="rowgroup"');
    expect(html).not.toContain('type="radio"');
  });

  it('is also said where a batch came twice, which the table explains', () => {
    const html = shown(anAnswer({ dropped: [{ reason: 'repeated', events: 10 }] }));
    expect(text(html)).toContain('Everything was accepted');
    expect(text(html)).toContain('Came twice 10 1.0%');
  });
});

describe('something missing', () => {
  const answer = anAnswer({
    dropped: [{ reason: 'hostname', events: 3 }, { reason: 'bot', events: 6 }],
    refused: [{ reason: 'rate_limited', events: 1 }],
    series: [{ time: '2026-11-26T00:00:00+02:00', accepted: 990, dropped: { bot: 6, hostname: 3 }, refused: { rate_limited: 1 } }],
  });

  it.each<[LanguageCode, string, string[]]>([
    ['en', '10 of 1,000 events were not counted. Main reason: Bot.', ['Accepted 990 99.0%', 'Dropped 9 0.9%', 'Refused 1 0.1%', 'Bot 6 0.6%', 'Foreign hostname 3 0.3%']],
    ['bg', '10 от 1000 събития не са преброени. Главна причина: Бот.', ['Приети 990 99,0%', 'Пропуснати 9 0,9%', 'Отказани 1 0,1%', 'Бот 6 0,6%', 'Чуждо име на хост 3 0,3%']],
  ])('is told in one sentence, then in numbers with shares (%s)', (code, sentence, numbers) => {
    const told = text(shown(answer, code));
    expect(told).toContain(sentence);
    for (const part of numbers) expect(told).toContain(part);
  });

  it('has the reason with the most events first', () => {
    const rows = [...shown(answer).matchAll(/<tr class="row.*?<b[^>]*>(.*?)<\/b>/gs)].map((match) => match[1]);
    expect(rows).toEqual(['Bot', 'Foreign hostname', 'Too many requests']);
  });

  it('says what to do about a hostname, with the way to the settings', () => {
    const row = /<tr class="row(?:(?!<tr).)*Foreign hostname.*?<\/tr>/s.exec(shown(answer))?.[0] ?? '';
    expect(text(row)).toContain('If it is yours, add it in the settings');
    expect(row).toContain('href="/sites/demo.example/settings"');
  });

  it('names a single reason as the only one', () => {
    const told = text(shown(anAnswer({ accepted: 0, dropped: [{ reason: 'hostname', events: 1 }] })));
    expect(told).toContain('1 of 1 events was not counted. Reason: Foreign hostname.');
  });

  it('can be looked at without what was accepted', () => {
    const legend = (html: string) => text(/<ul class="legend.*?<\/ul>/s.exec(html)?.[0] ?? '').trim();
    expect(legend(shown(answer))).toBe('Accepted Bot Foreign hostname Too many requests');
    expect(legend(shown(answer, 'en', true))).toBe('Bot Foreign hostname Too many requests');
  });

  it('shows the word of a reason that a newer server sends, as text', () => {
    const html = shown(anAnswer({ dropped: [{ reason: '<img src=x>', events: 2 }] }));
    expect(html).not.toContain('<img');
    expect(text(html)).toContain('This dashboard does not know the reason yet.');
  });

  it('has no inline style but custom properties', () => {
    const styles = [...shown(answer).matchAll(/ style="([^"]*)"/g)].map((match) => match[1]);
    expect(styles.filter((style) => !/^(--[\w-]+: [^;]+;?\s*)+$/.test(style ?? ''))).toEqual([]);
  });
});

describe('values over the cap', () => {
  it.each<[LanguageCode, string, string]>([
    ['en', 'Counted as “(other)”', 'Paths 12,345 events'],
    ['bg', 'Преброени като „(other)“', 'Пътища 12 345 събития'],
  ])('are told apart from missing ones, most first (%s)', (code, title, row) => {
    const overflow = [{ kind: 'prop_key', events: 1 }, { kind: 'pathname', events: 12_345 }, { kind: 'event_name', events: 0 }];
    const told = text(shown(anAnswer({ overflow }), code));
    expect(told).toContain(title);
    expect(told).toContain(row);
    expect(told.indexOf(row)).toBeLessThan(told.lastIndexOf(code === 'en' ? 'Property names' : 'Имена на свойства'));
    expect(told).not.toContain(code === 'en' ? 'Event names' : 'Имена на събития');
  });

  it('are not mentioned where there are none', () => {
    expect(text(shown(anAnswer()))).not.toContain('(other)');
  });
});
