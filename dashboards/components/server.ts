// Owns the made-up server of the page of components: it answers by the mood of the site that is asked about, and nothing leaves the page.

import { amount, moodOf, names, reportOf, rowsOf, sessionsOf, snapshotOf, type Mood } from './moods';
import { settings, siteDetails } from './samples';

type Answer = (mood: Mood, body: Record<string, unknown>) => unknown;

const list = (key: string, make: (name: string, index: number) => unknown): Answer => (mood) => ({ [key]: names(mood).map(make) });

/** The last part of a path, and what is answered there. */
const ANSWERS: Record<string, Answer> = {
  query: report,
  segments: list('segments', (name, id) => ({ id, name, filters: [['is', 'visit:country', ['BG']]] })),
  goals: list('goals', (name, id) => ({ id, name, goal_type: 'event', event_name: name, page_path: null, scroll_depth: null, currency: null })),
  props: list('props', (name) => name),
  annotations: list('annotations', (text, id) => ({ id, at: '2026-11-24', text, author: null })),
  screenshots: list('screenshots', (name, index) => ({ path: `/${name}`, width: 1280 + index, height: 4000, uploaded_at: '2026-11-24T10:00:00Z' })),
  live: (mood) => snapshotOf(mood),
  visitors: (mood) => ({ live_feed: true, visitors: sessionsOf(mood).length, sessions: sessionsOf(mood).map((session) => ({ ...session, seconds: 60 })) }),
  history,
  elements: reportOf,
  session: () => ({ user: { email: 'owner@example.org', admin: true } }),
  outcomes: (mood) => ({
    ...{ site: mood, date_range: ['2026-11-22', '2026-11-28'], interval: 'day', accepted: names(mood).length * 100, series: [], overflow: [], refused: [] },
    dropped: names(mood).length > 0 ? [{ reason: 'bot', events: 9 }] : [],
  }),
};

function report(mood: Mood, body: Record<string, unknown>): unknown {
  const metrics = body['metrics'] as string[];
  const [dimension] = (body['dimensions'] ?? []) as string[];
  const query = { date_range: ['2026-11-22T00:00:00+02:00', '2026-11-28T23:59:59+02:00'], dimensions: dimension === undefined ? [] : [dimension === 'time' ? 'time:day' : dimension] };
  if (dimension === undefined) return { results: [{ dimensions: [], metrics: metrics.map(() => (names(mood).length === 0 ? 0 : amount(mood, 1))) }], meta: {}, query };
  if (dimension.startsWith('time')) {
    const results = Array.from({ length: 7 }, (_, day) => ({ dimensions: [`2026-11-${22 + day}`], metrics: metrics.map(() => names(mood).length * (1 + ((day * 5) % 7))) }));
    return { results, meta: { present_index: 6 }, query };
  }
  const rows = rowsOf(mood, metrics.length);
  return { results: rows, meta: { total_rows: rows.length }, query };
}

function history(mood: Mood): unknown {
  const size = names(mood).length;
  const at = (minute: number) => new Date(Math.floor(Date.now() / 60_000) * 60_000 - (180 - minute) * 60_000).toISOString();
  const points = Array.from({ length: 180 }, (_, minute) => ({ at: at(minute), visitors: size, peak: Math.round(size * (1 + Math.sin(minute / 20))), week_ago: Math.round(size * (1 + Math.cos(minute / 25))) }));
  return { from: at(0), to: at(180), step_seconds: 60, now: { at: at(180), visitors: size, week_ago: size }, peak: size > 0 ? { visitors: size * 2, at: at(31) } : null, points };
}

/** Puts the made-up server in the place of the network. */
export function standIn(): void {
  globalThis.fetch = async (input, init) => {
    const url = new URL(String(input), location.href);
    const text = typeof init?.body === 'string' ? init.body : '';
    const mood = moodOf(url.pathname + text);
    if (mood === 'loading' && !url.pathname.endsWith('/session')) return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    if (mood === 'failing') return answer({ type: 'about:blank', title: 'Internal', status: 500, code: 'internal' }, 500, 'application/problem+json');
    if (/heatmap\.(png|webp)$/.test(url.pathname)) return new Response(await picture(), { headers: { 'content-type': 'image/png' } });
    const last = url.pathname.split('/').at(-1) ?? '';
    const make = ANSWERS[last];
    if (make) return answer(make(mood, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)));
    if (/\/sites\/[^/]+$/.test(url.pathname)) return answer(siteDetails(mood, settings));
    if (last === 'pages') return answer({ pages: names(mood, '/').map((path, index) => ({ path, views: amount(mood, index) * 3, clicks: amount(mood, index), rage: index % 3, dead: index % 2, widths: [390, 1280] })) });
    return answer({ type: 'about:blank', title: 'Not found', status: 404, code: 'not_found' }, 404, 'application/problem+json');
  };
  globalThis.EventSource = Stream as unknown as typeof EventSource;
}

const answer = (value: unknown, status = 200, type = 'application/json') => new Response(JSON.stringify(value), { status, headers: { 'content-type': type } });

async function picture(): Promise<Blob> {
  const canvas = new OffscreenCanvas(320, 1000);
  const context = canvas.getContext('2d');
  if (context) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 320, 1000);
    context.fillStyle = '#ee5f12';
    context.fillRect(40, 40, 120, 30);
  }
  return canvas.convertToBlob();
}

/** A stream that tells one moment and then is silent. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static readonly OPEN = 1;
  readyState = 1;

  constructor(url: string) {
    super();
    const mood = moodOf(url);
    if (mood === 'loading' || mood === 'failing') return;
    const isOfEvents = url.includes('/live/events');
    const events = sessionsOf(mood).map((session, index) => ({ ...session, at: new Date(Date.now() - index * 900).toISOString(), name: index % 4 === 0 ? (names(mood)[index] ?? '') : 'pageview' }));
    const data = JSON.stringify(isOfEvents ? { events, missed: events.length > 9 ? 4 : 0 } : snapshotOf(mood));
    setTimeout(() => this.dispatchEvent(new MessageEvent(isOfEvents ? 'events' : 'snapshot', { data })), 10);
  }

  close(): void {
    this.readyState = 2;
  }
}
