// Bundles the tracker into dist/, plain and compressed, and fails when a script outgrows its budget.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

/** The overlay is loaded by the owner of a site only, and may be as large as it needs to be. */
const SCRIPTS = [
  { name: 'heatline.js', entry: 'src/index.ts', budgetBytes: 1_536 },
  { name: 'heatline-heatmap.js', entry: 'src/heatmap.ts', budgetBytes: 3_072 },
  { name: 'heatline-auto.js', entry: 'src/auto.ts', budgetBytes: 2_368 },
  { name: 'heatline-reaction.js', entry: 'src/reaction.ts', budgetBytes: 1_344 },
  { name: 'heatline-layout.js', entry: 'src/layout.ts', budgetBytes: 2_560 },
  { name: 'heatline-live.js', entry: 'src/live.ts', budgetBytes: 2_048 },
  { name: 'embed.host.js', entry: 'src/frame.ts', budgetBytes: 512 },
  { name: 'heatline-overlay.js', entry: 'overlay/index.ts', budgetBytes: Infinity },
];

/**
 * The names by which core and module know each other (src/link.ts). A browser may have cached the one of an older release than the
 * other: add names, never change them.
 */
const SHARED_NAMES = {
  hear_: 't',
  early_: 'e',
  record_: 'r',
  measure_: 'm',
  sample_: 'y',
  startedAt_: 'a',
  describe_: 'd',
  clicked_: 'k',
  clicks_: 'l',
  click_: 'i',
  enterFrames_: 'f',
  tag_: 'g',
  openRoots_: 'o',
  roots_: 's',
  steps_: 'n',
};

const target = 'es2020';
const dist = new URL('dist/', import.meta.url);

/** Returns the script that begins at `entry`. */
const bundle = async (entry, inBlock) => {
  const { outputFiles } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: inBlock ? 'esm' : 'iife',
    target,
    minify: true,
    // Names that end in `_` never leave the scripts: not in a beacon, not on `window`.
    mangleProps: /[a-z]_$/,
    mangleCache: { ...SHARED_NAMES },
    charset: 'utf8',
    // Nothing that goes wrong while the script starts is the page's business either.
    banner: { js: 'try{' },
    footer: { js: '}catch{}' },
    // Without `strict` there is no "use strict" on top, on which nothing here depends.
    tsconfigRaw: {},
  });
  // Inside the block of the `try`, `let` keeps to the script what `var` would give to the page. A second pass joins the declarations of
  // what were separate files.
  const script = inBlock ? outputFiles[0].text.replace(/\bvar\b/g, 'let') : outputFiles[0].text;
  const { code } = await transform(script, { minify: true, target, charset: 'utf8' });
  return Buffer.from(code.trimEnd());
};

await mkdir(dist, { recursive: true });
for (const { name, entry, budgetBytes } of SCRIPTS.filter(({ entry }) => existsSync(new URL(entry, import.meta.url)))) {
  const script = await bundle(entry, budgetBytes < Infinity);
  const gzip = gzipSync(script, { level: constants.Z_BEST_COMPRESSION });
  const brotli = brotliCompressSync(script, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: script.length,
    },
  });
  await Promise.all([
    writeFile(new URL(name, dist), script),
    writeFile(new URL(`${name}.gz`, dist), gzip),
    writeFile(new URL(`${name}.br`, dist), brotli),
  ]);
  const budget = budgetBytes < Infinity ? ` (budget ${budgetBytes} B)` : '';
  console.log(`${name}: ${script.length} B minified, ${gzip.length} B gzip${budget}, ${brotli.length} B brotli`);
  if (gzip.length > budgetBytes) {
    console.error(`${name} is ${gzip.length - budgetBytes} bytes over its gzip budget.`);
    process.exitCode = 1;
  }
}
