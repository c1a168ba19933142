// Owns the public live page: what the address asks for, and how a moment becomes what is seen. Texts of visitors are only ever
// inserted as text.

import './live.css';
import { follow, type FeedState } from './feed';
import { arrivals, placeKey, radius, type Moment } from './moment';
import { language, speak } from './words';

const SVG = 'http://www.w3.org/2000/svg';

const query = new URLSearchParams(location.search);
const path = location.pathname.replace(/\/$/, '');
const site = decodeURIComponent(path.split('/').at(-1) ?? '');
const lang = language(query.get('lang'), navigator.languages);
const { words, number, counted, country } = speak(lang);

const root = document.documentElement;
root.lang = lang;
const theme = query.get('theme');
if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme;
if (query.get('embed') === '1') root.dataset['embed'] = '';

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

function say(id: string, text: string): void {
  element(id).textContent = text;
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

say('site', site);
say('visitors-label', words.visitors.other);
say('minutes-label', words.minutes);
say('pages-title', words.pages);
say('countries-title', words.countries);
say('privacy', words.privacy);
document.title = site;

let before: Moment | undefined;

function show(now: Moment): void {
  say('visitors', number(now.visitors));
  say('visitors-label', counted(words.visitors, now.visitors));
  document.title = words.title.replace('{n}', number(now.visitors)).replace('{site}', site);
  showMinutes(now);
  showPlaces(now);
  const pages = now.pages.map(([name, visitors]): Row => ({ name, visitors, isPath: true }));
  if (now.other_pages > 0) pages.push({ name: words.otherPages, visitors: now.other_pages, isPath: false });
  showRows('pages', pages, now.visitors);
  showRows('countries', now.countries.map(([code, visitors]) => ({ name: country(code), visitors, isPath: false })), now.visitors);
  before = now;
}

function showMinutes({ minutes, views_last_minute: views }: Moment): void {
  const most = Math.max(4, ...minutes);
  const width = 240 / Math.max(minutes.length, 1);
  const bars = minutes.map((count, at) => {
    const height = count === 0 ? 1 : Math.max(3, (count / most) * 48);
    return shape('rect', { x: (at * width).toFixed(2), y: (48 - height).toFixed(2), width: (width * 0.72).toFixed(2), height: height.toFixed(2), class: count === 0 ? 'none' : 'some' });
  });
  element('minutes').replaceChildren(...bars);
  element('minutes').setAttribute('aria-label', counted(words.views, views));
  say('minutes-label', `${words.minutes} · ${counted(words.views, views)}`);
}

function showPlaces(now: Moment): void {
  const places = element('places');
  const [width, height] = now.map;
  places.setAttribute('viewBox', `0 0 ${width * 10} ${height * 10}`);
  const most = Math.max(1, ...now.places.map((place) => place[2]));
  const discs = now.places.map((place) => {
    const [x, y, visitors] = place;
    return shape('circle', { cx: x, cy: y, r: radius(visitors, most, places.clientWidth).toFixed(0), class: 'place' });
  });
  // Rings that still spread stay until they are gone.
  const spreading = [...places.querySelectorAll('.arrival')];
  const arrived = arrivals(before, now);
  const rings = now.places.filter((place) => arrived.has(placeKey(place))).map(([x, y]) => {
    const ring = shape('circle', { cx: x, cy: y, r: 300, class: 'arrival' });
    ring.addEventListener('animationend', () => ring.remove());
    // Without motion nothing ends by itself.
    setTimeout(() => ring.remove(), 4_000);
    return ring;
  });
  places.replaceChildren(...discs, ...spreading, ...rings);
  const named = now.countries.map(([code, visitors]) => `${country(code)}: ${number(visitors)}`).join(', ');
  places.setAttribute('aria-label', named === '' ? words.map : `${words.map}: ${named}`);
  say('world-label', words.map);
}

interface Row {
  name: string;
  visitors: number;
  isPath: boolean;
}

function showRows(id: string, rows: Row[], visitors: number): void {
  const list = element(id);
  if (rows.length === 0) {
    const note = document.createElement('li');
    note.className = 'note';
    note.textContent = visitors === 0 ? words.nobody : words.few;
    list.replaceChildren(note);
    return;
  }
  const items = rows.map((row) => {
    const item = document.createElement('li');
    const name = document.createElement('bdi');
    name.textContent = row.name;
    name.title = row.name;
    if (row.isPath) name.dir = 'ltr';
    const value = document.createElement('span');
    value.textContent = number(row.visitors);
    const bar = document.createElement('progress');
    bar.max = Math.max(visitors, 1);
    bar.value = row.visitors;
    bar.setAttribute('aria-hidden', 'true');
    item.append(name, value, bar);
    return item;
  });
  list.replaceChildren(...items);
}

function tell(state: FeedState): void {
  root.dataset['state'] = state;
  const text = words[state];
  // Told once, not at every moment: it is read out.
  if (element('state').textContent !== text) say('state', text);
}

follow(`${path}/stream`, show, tell);
