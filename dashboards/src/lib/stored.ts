// Owns what is said about the data of a site: what is stored of a visitor and for how long, under the settings that the site has, and what is
// not. The words stand here and not in the catalogue, for one page alone needs them. `docs/privacy.md` says the same at length.

import type { SiteSettings } from './api-types';
import type { LanguageCode } from './i18n/translate';

export interface Kept {
  what: string;
  details: string;
  long: string;
}

export interface Stored {
  title: string;
  lead: string;
  columns: [what: string, details: string, long: string];
  kept: Kept[];
  seenTitle: string;
  /** Who sees what, as the switches say. */
  seen: string[];
  neverTitle: string;
  never: string[];
  policyTitle: string;
  policyHint: string;
  /** For the site's own privacy policy. */
  policy: string;
}

type Facts = Pick<
  SiteSettings,
  | 'heatmap_retention_days'
  | 'honour_privacy_signals'
  | 'live_feed'
  | 'public_badge'
  | 'public_live'
  | 'public_map'
  | 'public_map_min_visitors'
  | 'retention_days'
  | 'shared_map_min_visitors'
>;

const mapDays = ({ heatmap_retention_days: maps, retention_days: all }: Facts): number => (all > 0 ? Math.min(maps, all) : maps);

const en = (site: string, facts: Facts): Stored => ({
  title: `What is stored of visitors of ${site}`,
  lead: 'This page follows the settings of the site as they are now.',
  columns: ['What', 'In detail', 'How long'],
  kept: [
    {
      what: 'Views of pages and events',
      details:
        'Time, path of the page, host and path of the page before, campaign parameters (utm_), size of the window, time engaged, how far the page was scrolled, and the properties that the site itself sends.',
      long: facts.retention_days > 0 ? `${facts.retention_days} days.` : 'Until erased.',
    },
    {
      what: 'What visitors do',
      details:
        'Where the tag has not switched it off: links that lead away and files that are fetched, words that are searched for on the site, which form was sent (not what was written in it), pages that were missing, and how fast pages were.',
      long: facts.retention_days > 0 ? `${facts.retention_days} days.` : 'Until erased.',
    },
    { what: 'Place', details: 'Country, region, city and the coordinates of the city, looked up on this server when an event arrives.', long: 'With the event.' },
    { what: 'Device', details: 'Kind of device, browser and operating system with their versions. The text that the browser sends is read and thrown away.', long: 'With the event.' },
    {
      what: 'A number for the visitor',
      details:
        'A keyed hash of address and browser, with a random key of the site that changes every day. When the key is destroyed, nobody can tell any more whose number it was, nor that two days had the same visitor.',
      long: 'The number with the event, the key until half an hour after midnight.',
    },
    {
      what: 'Clicks, scrolling, rests of the pointer',
      details: 'Which element, where in its box, and how it went on. Rests of the pointer only where the site turned them on.',
      long: `${mapDays(facts)} days.`,
    },
    { what: 'Layout of pages', details: 'Where boxes stand, without any text.', long: `${mapDays(facts)} days.` },
    { what: 'Who is here now', details: 'The last pages of a visit, in memory.', long: 'Five minutes after the last sign of life.' },
    { what: 'Counts', details: 'How many events were left out and why; how many visitors were here at the same time.', long: facts.retention_days > 0 ? `${Math.min(facts.retention_days, 400)} days; ${Math.min(facts.retention_days, 1100)} days.` : '400 days; three years.' },
  ],
  seenTitle: 'Who sees it',
  seen: [
    'Those who may sign in and see this site, and those who have a link or a key that one of them made.',
    facts.live_feed ? 'They see single visits while they last, without names.' : 'They see no single visits.',
    facts.honour_privacy_signals
      ? 'Browsers that ask not to be tracked (Global Privacy Control, Do Not Track) are not counted.'
      : 'Browsers that ask not to be tracked are counted like others; a switch in the settings changes that.',
    `On heat maps that are shared by a link, elements that fewer than ${facts.shared_map_min_visitors} visitors clicked are not shown.`,
    facts.public_badge ? 'Anybody sees the numbers of the badges.' : 'There are no public badges.',
    facts.public_map || facts.public_live
      ? `Anybody sees how many visitors came from a place, where at least ${facts.public_map_min_visitors} did.`
      : 'There is no public map and no public live page.',
  ],
  neverTitle: 'What is not stored',
  never: [
    'Addresses (IP), in no table, no file and no log.',
    'The text by which a browser names itself.',
    'Cookies, or anything else on the visitor’s device.',
    'Text of the page, what is typed into forms, recordings of the screen.',
    'Parameters of addresses other than campaign parameters.',
    'Nothing is sent to anybody else.',
  ],
  policyTitle: 'For your privacy policy',
  policyHint: 'A beginning, not legal advice.',
  policy: `We count visits to ${site} with Heatline, a program that runs on our own server. It sets no cookies and stores nothing on your device. We store which pages were seen, when, from which page or campaign visitors came, their country and city, the kind of device, browser and operating system, and which parts of a page were clicked and seen. Addresses (IP) are not stored. To count a visitor once a day, a number is computed from address and browser with a random key that is destroyed when the day is over; afterwards it can be assigned to nobody. Clicks and scrolling are kept for ${mapDays(facts)} days${facts.retention_days > 0 ? `, all else for ${facts.retention_days} days` : ''}. ${
    facts.honour_privacy_signals ? 'If your browser sends “Global Privacy Control” or “Do Not Track”, you are not counted. ' : ''
  }Nothing is passed on to others.`,
});

const bg = (site: string, facts: Facts): Stored => ({
  title: `Какво се пази за посетителите на ${site}`,
  lead: 'Страницата следва настройките на сайта такива, каквито са сега.',
  columns: ['Какво', 'Подробно', 'Колко време'],
  kept: [
    {
      what: 'Прегледи на страници и събития',
      details:
        'Час, път на страницата, хост и път на предишната страница, параметри на кампании (utm_), размер на прозореца, активно време, докъде е превъртяна страницата и свойствата, които самият сайт изпраща.',
      long: facts.retention_days > 0 ? `${facts.retention_days} дни.` : 'Докато не бъдат изтрити.',
    },
    {
      what: 'Какво правят посетителите',
      details:
        'Ако не е изключено в тага: връзки, които водят навън, и изтеглени файлове, думи, търсени в сайта, кой формуляр е изпратен (но не и какво е написано в него), липсващи страници и колко бързи са страниците.',
      long: facts.retention_days > 0 ? `${facts.retention_days} дни.` : 'Докато не бъдат изтрити.',
    },
    { what: 'Място', details: 'Държава, област, град и координатите на града; намират се на този сървър, когато събитието пристигне.', long: 'Заедно със събитието.' },
    { what: 'Устройство', details: 'Вид устройство, браузър и операционна система с версиите им. Текстът, който браузърът изпраща, се прочита и изхвърля.', long: 'Заедно със събитието.' },
    {
      what: 'Номер на посетителя',
      details:
        'Хеш на адреса и браузъра със случаен ключ на сайта, който се сменя всеки ден. Щом ключът бъде унищожен, никой вече не може да каже чий е бил номерът, нито че в два дни е идвал един и същ посетител.',
      long: 'Номерът – заедно със събитието, ключът – до половин час след полунощ.',
    },
    {
      what: 'Кликове, превъртане, спирания на показалеца',
      details: 'Кой елемент, къде в него и какво е последвало. Спиранията на показалеца – само ако сайтът ги е включил.',
      long: `${mapDays(facts)} дни.`,
    },
    { what: 'Разположение на страниците', details: 'Къде стоят елементите, без никакъв текст.', long: `${mapDays(facts)} дни.` },
    { what: 'Кой е тук сега', details: 'Последните страници на посещението, само в паметта.', long: 'Пет минути след последния признак на живот.' },
    { what: 'Броячи', details: 'Колко събития са оставени настрана и защо; колко посетители е имало едновременно.', long: facts.retention_days > 0 ? `${Math.min(facts.retention_days, 400)} дни; ${Math.min(facts.retention_days, 1100)} дни.` : '400 дни; три години.' },
  ],
  seenTitle: 'Кой го вижда',
  seen: [
    'Тези, които могат да влизат и да виждат този сайт, и тези, които имат връзка или ключ, направени от някого от тях.',
    facts.live_feed ? 'Те виждат отделните посещения, докато траят, без имена.' : 'Те не виждат отделни посещения.',
    facts.honour_privacy_signals
      ? 'Браузъри, които молят да не бъдат следени (Global Privacy Control, Do Not Track), не се броят.'
      : 'Браузъри, които молят да не бъдат следени, се броят като другите; това се променя в настройките.',
    `На топлинни карти, споделени с връзка, не се показват елементи, върху които са кликнали по-малко от ${facts.shared_map_min_visitors} посетители.`,
    facts.public_badge ? 'Всеки вижда числата на значките.' : 'Няма публични значки.',
    facts.public_map || facts.public_live
      ? `Всеки вижда колко посетители са дошли от дадено място, ако са поне ${facts.public_map_min_visitors}.`
      : 'Няма публична карта и публична страница на живо.',
  ],
  neverTitle: 'Какво не се пази',
  never: [
    'Адреси (IP) – в никоя таблица, файл или дневник.',
    'Текстът, с който браузърът се представя.',
    'Бисквитки или каквото и да е друго на устройството на посетителя.',
    'Текст на страницата, въведеното във формуляри, записи на екрана.',
    'Параметри на адреси освен тези на кампании.',
    'Нищо не се изпраща на други.',
  ],
  policyTitle: 'За вашата политика за поверителност',
  policyHint: 'Начало, а не правен съвет.',
  policy: `Броим посещенията на ${site} с Heatline – програма, която работи на наш собствен сървър. Тя не поставя бисквитки и не пази нищо на устройството ви. Пазим кои страници са видени и кога, от коя страница или кампания идват посетителите, държавата и града, вида на устройството, браузъра и операционната система, както и кои части на страницата са кликнати и видени. Адреси (IP) не се пазят. За да бъде посетителят преброен веднъж на ден, от адреса и браузъра се изчислява номер със случаен ключ, който се унищожава след края на деня; след това номерът не може да бъде свързан с никого. Кликовете и превъртането се пазят ${mapDays(facts)} дни${facts.retention_days > 0 ? `, всичко друго – ${facts.retention_days} дни` : ''}. ${
    facts.honour_privacy_signals ? 'Ако браузърът ви изпраща „Global Privacy Control“ или „Do Not Track“, не ви броим. ' : ''
  }Нищо не се предава на други.`,
});

const WORDS: Record<LanguageCode, (site: string, facts: Facts) => Stored> = { en, bg };

export const stored = (site: string, facts: Facts, language: LanguageCode): Stored => WORDS[language](site, facts);
