// Owns what happens to dist after the bundle: every file also as .br and .gz, so that the server never
// compresses; and the size budget of the first load.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = new URL('./dist/', import.meta.url).pathname;
/** Script and style of all pages together, gzipped. */
const BUDGET_BYTES = 130 * 1024;

let scriptsAndStyles = 0;
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
  if (/\.(js|css)$/.test(entry.name)) scriptsAndStyles += gzip.length;
}

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
console.log(`script and style, gzipped: ${kib(scriptsAndStyles)} of ${kib(BUDGET_BYTES)}`);
if (scriptsAndStyles > BUDGET_BYTES) {
  console.error('over the budget');
  process.exit(1);
}
