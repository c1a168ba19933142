// Owns what happens to dist after the bundle: every file also as .br and .gz, so that the server never
// compresses; and the size budget of the first load.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('./dist/', import.meta.url).pathname;
/** Script and style gzipped: of all pages of the dashboard together, and of the public live page. */
const BUDGETS = { dashboard: 130 * 1024, 'live page': 30 * 1024 };

const scriptsAndStyles = { dashboard: 0, 'live page': 0 };
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const bytes = readFileSync(path);
  const gzip = gzipSync(bytes, { level: 9 });
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  writeFileSync(`${path}.gz`, gzip);
  writeFileSync(`${path}.br`, brotli);
  if (!/\.(js|css)$/.test(entry.name)) continue;
  scriptsAndStyles[entry.name.startsWith('live-') ? 'live page' : 'dashboard'] += gzip.length;
}

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
for (const [page, budget] of Object.entries(BUDGETS)) {
  const bytes = scriptsAndStyles[page];
  console.log(`script and style of the ${page}, gzipped: ${kib(bytes)} of ${kib(budget)}`);
  if (bytes > budget) {
    console.error('over the budget');
    process.exitCode = 1;
  }
}
