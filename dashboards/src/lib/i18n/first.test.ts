import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { enLater } from './en/later';

const SOURCE = resolve(import.meta.dirname, '../..');
/** What is shown with the texts of the start alone; `pages.ts` fetches the others with every other page. */
const STARTS = ['App.svelte', 'pages/Site.svelte', 'pages/Sites.svelte', 'pages/Login.svelte', 'pages/Setup.svelte', 'pages/Unknown.svelte', 'pages/Unlock.svelte'];

/** Returns the files that these need, also those that are fetched later, but for other pages. */
function reachable(): string[] {
  const found = new Set<string>();
  const waiting = STARTS.map((path) => resolve(SOURCE, path)).filter((path) => existsSync(path));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (file.endsWith('lib/pages.ts')) continue;
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)[ (]*'(\.[^']+)'/g)) {
      const path = resolve(dirname(file), name);
      const there = ['', '.ts'].map((ending) => path + ending).find((one) => existsSync(one) && /\.(ts|svelte)$/.test(one));
      if (there !== undefined && !there.includes('/i18n/')) waiting.push(there);
    }
  }
  return [...found];
}

describe('the texts of the start', () => {
  it('are all that the list of sites and the overview need', () => {
    const files = reachable();
    expect(files.length).toBeGreaterThan(40);
    const keys = new Set(Object.keys(en));
    const others = Object.keys(enLater);
    const missing: string[] = [];
    for (const file of files) {
      for (const [, key = ''] of readFileSync(file, 'utf8').matchAll(/['`]([a-z_]+\.[a-z_]+(?:\$\{)?)/g)) {
        // `outcomes.name_${reason}` stands for all that begin so.
        const isOf = (one: string) => (key.endsWith('${') ? one.startsWith(key.slice(0, -2)) : one === key);
        if (others.some(isOf) && ![...keys].some(isOf)) missing.push(`${file.slice(SOURCE.length + 1)}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
