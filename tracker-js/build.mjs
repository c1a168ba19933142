// Bundles the tracker into dist/ and fails when it outgrows its budget.
import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const BUDGET_GZIP_BYTES = 4096;

const result = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/index.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2020',
  minify: true,
  // Names that end in `_` never leave the script: not in a beacon, not on `window`.
  mangleProps: /[a-z]_$/,
  // Without `alwaysStrict` there is no "use strict" on top, which nothing here depends on.
  tsconfigRaw: {},
  legalComments: 'none',
  charset: 'utf8',
});

const script = result.outputFiles[0].contents;
const gzip = gzipSync(script, { level: 9 });
const brotli = brotliCompressSync(script, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: script.length,
  },
});

const dist = new URL('dist/', import.meta.url);
await mkdir(dist, { recursive: true });
await writeFile(new URL('heatline.js', dist), script);
await writeFile(new URL('heatline.js.gz', dist), gzip);
await writeFile(new URL('heatline.js.br', dist), brotli);

console.log(
  `heatline.js: ${script.length} B minified, ${gzip.length} B gzip (budget ${BUDGET_GZIP_BYTES}), ${brotli.length} B brotli`,
);
if (gzip.length > BUDGET_GZIP_BYTES) {
  console.error(`The tracker is ${gzip.length - BUDGET_GZIP_BYTES} bytes over its gzip budget.`);
  process.exit(1);
}
