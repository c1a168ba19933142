// Owns what the overlay says, in English and Bulgarian, in the words of the dashboard. It does not know where it is shown.

const en = {
  title: 'Heat map',
  move: 'Move the panel: arrow keys',
  collapse: 'Collapse',
  expand: 'Expand',
  close: 'Close the heat map',
  inspect: 'Inspect',
  inspect_hint: 'Point at an element to see its numbers. Esc ends it.',
  kind: 'Kind',
  click: 'Clicks',
  rage: 'Rage',
  dead: 'Dead',
  error: 'Errors',
  move_kind: 'Movement',
  scroll: 'Scrolling',
  attention: 'Attention',
  element: 'Elements',
  period: 'Period',
  day: 'Today',
  '7d': '7 days',
  '30d': '30 days',
  '90d': '90 days',
  device: 'Device',
  all_devices: 'All',
  desktop: 'Desktop',
  tablet: 'Tablet',
  mobile: 'Mobile',
  segment: 'Segment',
  segment_value: 'Value of the segment',
  everyone: 'Everyone',
  country: 'Country',
  source: 'Source',
  browser: 'Browser',
  os: 'System',
  channel: 'Channel',
  utm_campaign: 'Campaign',
  hint_country: 'BG or Bulgaria',
  hint_other: 'Part of the name',
  state: 'Page state',
  state_any: 'All',
  state_base: 'Base page',
  palette: 'Palette',
  heat: 'Heat',
  viridis: 'Viridis',
  ice: 'Ice',
  night: 'Night',
  opacity: 'Opacity',
  views: 'Views',
  clicks: 'Clicks',
  anchored: 'Anchored',
  anchored_hint: 'Share of clicks placed by their element. The rest are placed by scaled page position.',
  gone_one: '{count} clicked element is not on this page now',
  gone_other: '{count} clicked elements are not on this page now',
  hidden_one: '{count} clicked element is hidden now',
  hidden_other: '{count} clicked elements are hidden now',
  loading: 'Reading the numbers…',
  placing: 'Finding the elements…',
  little_data: 'Little data: the colours are held back.',
  no_data: 'This page has no views in this period.',
  no_clicks: 'Nothing of this kind was recorded in this period.',
  not_measured: 'The page has not been measured yet: places are a guess.',
  ended: 'This link has ended: open it again from the dashboard.',
  offline: 'The server cannot be reached. If this page has a Content-Security-Policy, its connect-src must allow {host}.',
  busy: 'The server is busy; trying again…',
  unexpected: 'Something went wrong on the server. Try again in a while.',
  refused: 'The server did not accept this: {detail}',
  per_1000: '{what} per 1\u202f000 views',
  within: 'within {pixels} px of a spot',
  unit_click: 'Clicks',
  unit_rage: 'Rage clicks',
  unit_dead: 'Dead clicks',
  unit_error: 'Clicks before an error',
  unit_move: 'Seconds of rest',
  unit_scroll: 'Views that saw this part',
  unit_attention: 'Seconds per view',
  unit_element: 'Views that saw it and clicked it',
  some_of: '{count} of {all}',
  pale: 'Pale elements were on screen in under {count} views.',
  reached: '{share} scrolled to here',
  fold: 'fold · {pixels} px',
  click_rate: 'Click rate',
  on_screen: 'Views that saw it',
  visitors: 'Visitors',
  rage_clicks: 'Rage clicks',
  dead_clicks: 'Dead clicks',
  error_clicks: 'Before an error',
  seconds: 'Seconds per view',
  no_clicks_here: 'No clicks in this period',
};

export type Message = keyof typeof en;

const bg: Record<Message, string> = {
  title: 'Топлинна карта',
  move: 'Преместване на панела: със стрелките',
  collapse: 'Свиване',
  expand: 'Разгъване',
  close: 'Затваряне на топлинната карта',
  inspect: 'Проверка',
  inspect_hint: 'Посочете елемент, за да видите числата му. Esc прекратява.',
  kind: 'Вид',
  click: 'Кликове',
  rage: 'Гневни',
  dead: 'Мъртви',
  error: 'Грешки',
  move_kind: 'Движение',
  scroll: 'Превъртане',
  attention: 'Внимание',
  element: 'Елементи',
  period: 'Период',
  day: 'Днес',
  '7d': '7 дни',
  '30d': '30 дни',
  '90d': '90 дни',
  device: 'Устройство',
  all_devices: 'Всички',
  desktop: 'Компютър',
  tablet: 'Таблет',
  mobile: 'Телефон',
  segment: 'Сегмент',
  segment_value: 'Стойност на сегмента',
  everyone: 'Всички',
  country: 'Държава',
  source: 'Източник',
  browser: 'Браузър',
  os: 'Система',
  channel: 'Канал',
  utm_campaign: 'Кампания',
  hint_country: 'BG или Bulgaria',
  hint_other: 'Част от името',
  state: 'Състояние',
  state_any: 'Всички',
  state_base: 'Основна страница',
  palette: 'Палитра',
  heat: 'Жар',
  viridis: 'Виридис',
  ice: 'Лед',
  night: 'Нощ',
  opacity: 'Плътност',
  views: 'Прегледи',
  clicks: 'Кликове',
  anchored: 'Закотвени',
  anchored_hint: 'Дял на кликовете, поставени по своя елемент. Останалите са поставени по мащабирано място на страницата.',
  gone_one: '{count} натискан елемент сега не е на страницата',
  gone_other: '{count} натискани елемента сега не са на страницата',
  hidden_one: '{count} натискан елемент сега е скрит',
  hidden_other: '{count} натискани елемента сега са скрити',
  loading: 'Числата се четат…',
  placing: 'Елементите се намират…',
  little_data: 'Малко данни: цветовете са сдържани.',
  no_data: 'Страницата няма прегледи в този период.',
  no_clicks: 'В този период няма записано нищо от този вид.',
  not_measured: 'Страницата още не е измерена: местата са предположение.',
  ended: 'Тази връзка вече не важи: отворете я отново от таблото.',
  offline: 'Няма връзка със сървъра. Ако страницата има Content-Security-Policy, нейното connect-src трябва да допуска {host}.',
  busy: 'Сървърът е зает; нов опит…',
  unexpected: 'Нещо се обърка на сървъра. Опитайте пак след малко.',
  refused: 'Сървърът не прие това: {detail}',
  per_1000: '{what} на 1\u202f000 прегледа',
  within: 'до {pixels} px от точката',
  unit_click: 'Кликове',
  unit_rage: 'Гневни кликове',
  unit_dead: 'Мъртви кликове',
  unit_error: 'Кликове преди грешка',
  unit_move: 'Секунди покой',
  unit_scroll: 'Прегледи, видели тази част',
  unit_attention: 'Секунди на преглед',
  unit_element: 'Прегледи, които го видяха и натиснаха',
  some_of: '{count} от {all}',
  pale: 'Бледите елементи са били на екрана в под {count} прегледа.',
  reached: '{share} превъртяха дотук',
  fold: 'първи екран · {pixels} px',
  click_rate: 'Дял на кликовете',
  on_screen: 'Прегледи, които го видяха',
  visitors: 'Посетители',
  rage_clicks: 'Гневни кликове',
  dead_clicks: 'Мъртви кликове',
  error_clicks: 'Преди грешка',
  seconds: 'Секунди на преглед',
  no_clicks_here: 'Няма кликове в този период',
};

/** One language: its texts, and how it writes numbers. */
export class Words {
  readonly language: 'en' | 'bg';

  constructor(language: string) {
    this.language = /^bg\b/i.test(language) ? 'bg' : 'en';
  }

  text(message: Message, values: Record<string, string> = {}): string {
    const text = this.language === 'bg' ? bg[message] : en[message];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  }

  /** Chooses between one and more of something; both languages know no other forms. */
  counted(message: 'gone' | 'hidden', count: number): string {
    return this.text(`${message}_${count === 1 ? 'one' : 'other'}`, { count: this.number(count) });
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(value);
  }

  /** Below 10 % one decimal place, so that small shares do not all become 0. */
  share(share: number): string {
    const maximumFractionDigits = share > 0 && share < 0.0995 ? 1 : 0;
    return new Intl.NumberFormat(this.language, { style: 'percent', maximumFractionDigits }).format(share);
  }

  /** Writes a number of a scale: three places at most below ten, whole above. */
  figure(value: number): string {
    return this.number(value, value >= 10 ? 0 : value >= 1 ? 1 : 3);
  }
}
