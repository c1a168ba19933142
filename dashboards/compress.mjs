// Owns what happens to dist after the bundle: every file also as .br and .gz, so that the server never
// compresses; and the size budget of the first load.

import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('./dist/', import.meta.url).pathname;
const MANIFEST = join(DIST, '.vite/manifest.json');
/** Script and style that a page needs before it shows anything, gzipped; of each page, with the texts of one language. */
const BUDGET_BYTES = 130 * 1024;
/** All of the public live page. */
const LIVE_BUDGET_BYTES = 30 * 1024;
/** What a page fetches later, when it is scrolled to. */
const LATER = 64 * 1024;

const sizes = new Map();
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || /\.(br|gz)$/.test(entry.name) || entry.parentPath.endsWith('.vite')) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.gz`, gzip);
  writeFileSync(`${path}.br`, brotli);
  sizes.set(path.slice(DIST.length), gzip.length);
}

const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
// The manifest is for this file: the server hands out what is in dist.
rmSync(join(DIST, '.vite'), { recursive: true });

/** Collects the files of a chunk and of whatever it imports at once. */
function collect(key, files) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const next of chunk.imports ?? []) collect(next, files);
  return files;
}

const isLive = (file) => file.startsWith('assets/live-');
const everywhere = [...sizes.keys()].filter((file) => /^assets\/theme-/.test(file));
const texts = ['src/lib/i18n/en.ts', 'src/lib/i18n/bg.ts'];
const weightOf = (files) => [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0);
const largestTexts = texts.reduce((a, b) => (weightOf(collect(a, new Set())) > weightOf(collect(b, new Set())) ? a : b));
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

let over = false;
for (const key of Object.keys(manifest).filter((name) => name.startsWith('src/pages/'))) {
  const files = new Set(everywhere);
  for (const part of ['index.html', largestTexts, key]) collect(part, files);
  const weight = weightOf(files);
  over ||= weight > BUDGET_BYTES;
  if (key.endsWith('/Site.svelte') || weight > BUDGET_BYTES) console.log(`first load of ${key}, gzipped: ${kib(weight)} of ${kib(BUDGET_BYTES)}`);
}
const live = weightOf([...sizes.keys()].filter((file) => isLive(file) && /\.(js|css)$/.test(file)));
console.log(`the live page, gzipped: ${kib(live)} of ${kib(LIVE_BUDGET_BYTES)}`);
over ||= live > LIVE_BUDGET_BYTES;
for (const [file, weight] of sizes) {
  if (weight > LATER) {
    console.log(`${file}, gzipped: ${kib(weight)} of ${kib(LATER)}`);
    over = true;
  }
}
if (over) {
  console.error('over the budget');
  process.exit(1);
}
