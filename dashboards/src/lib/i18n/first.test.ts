import { describe, expect, it } from 'vitest';
import { en } from './en';
import { enLater } from './en/later';

/** The text of every file, by its path from this folder: `../../pages/Site.svelte`. */
const FILES = import.meta.glob<string>(['../../**/*.{ts,svelte}', '!../../**/*.test.ts', '!../api-schema.d.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** What is shown with the texts of the start alone; `pages.ts` fetches the others with every other page. */
const STARTS = ['App', 'pages/Site', 'pages/Sites', 'pages/Login', 'pages/Setup', 'pages/Unknown', 'pages/Unlock'].map((name) => `../../${name}.svelte`);

/** Returns the path that `name` has in the file at `from`. */
function resolved(from: string, name: string): string | undefined {
  const { pathname } = new URL(name, new URL(from, 'http://host/lib/i18n/'));
  const path = pathname.replace(/^\/lib\/i18n\//, './').replace(/^\/lib\//, '../').replace(/^\//, '../../');
  return ['', '.ts'].map((ending) => path + ending).find((one) => one in FILES);
}

/** Returns the files that these need, also those that are fetched later, but for other pages. */
function reachable(): string[] {
  const found = new Set<string>();
  const waiting = [...STARTS];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (file.endsWith('/pages.ts')) continue;
    for (const [, name = ''] of (FILES[file] ?? '').matchAll(/(?:from|import)[ (]*'(\.[^']+)'/g)) {
      const path = resolved(file, name);
      if (path !== undefined && !path.includes('i18n') && !path.startsWith('./')) waiting.push(path);
    }
  }
  return [...found];
}

describe('the texts of the start', () => {
  it('are all that the list of sites and the overview need', () => {
    const files = reachable();
    expect(STARTS.filter((path) => !(path in FILES))).toEqual([]);
    expect(files.length).toBeGreaterThan(80);
    const keys = Object.keys(en);
    const others = Object.keys(enLater);
    const missing: string[] = [];
    for (const file of files) {
      for (const [, key = ''] of (FILES[file] ?? '').matchAll(/['`]([a-z_]+\.[a-z_]+(?:\$\{)?)/g)) {
        // `outcomes.name_${reason}` stands for all that begin so.
        const isOf = (one: string) => (key.endsWith('${') ? one.startsWith(key.slice(0, -2)) : one === key);
        if (others.some(isOf) && !keys.some(isOf)) missing.push(`${file}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
