// Bundles the tracker into dist/, plain and compressed, and fails when it outgrows its budget.
import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

// 4 KiB, and what it takes to send again until the heat map becomes a module of its own.
const BUDGET_GZIP_BYTES = 4352;

const target = 'es2020';
const bundle = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/index.ts'],
  bundle: true,
  write: false,
  format: 'iife',
  target,
  minify: true,
  // Names that end in `_` never leave the script: not in a beacon, not on `window`.
  mangleProps: /[a-z]_$/,
  charset: 'utf8',
  // Nothing that goes wrong while the script starts is the page's business either.
  banner: { js: 'try{' },
  footer: { js: '}catch{}' },
  // Without `strict` there is no "use strict" on top, on which nothing here depends.
  tsconfigRaw: {},
});
// A second pass joins the declarations of what were separate files.
const { code } = await transform(bundle.outputFiles[0].text, { minify: true, target, charset: 'utf8' });

const script = Buffer.from(code);
const gzip = gzipSync(script, { level: constants.Z_BEST_COMPRESSION });
const brotli = brotliCompressSync(script, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: script.length,
  },
});

const dist = new URL('dist/', import.meta.url);
await mkdir(dist, { recursive: true });
await Promise.all([
  writeFile(new URL('heatline.js', dist), script),
  writeFile(new URL('heatline.js.gz', dist), gzip),
  writeFile(new URL('heatline.js.br', dist), brotli),
]);

console.log(
  `heatline.js: ${script.length} B minified, ${gzip.length} B gzip (budget ${BUDGET_GZIP_BYTES} B), ${brotli.length} B brotli`,
);
if (gzip.length > BUDGET_GZIP_BYTES) {
  console.error(`The tracker is ${gzip.length - BUDGET_GZIP_BYTES} bytes over its gzip budget.`);
  process.exit(1);
}
