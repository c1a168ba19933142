// Owns how the dashboard is bundled: hashed files under /assets, nothing inlined (the server's CSP
// forbids inline script, inline style and data: URLs), styles beside the code that needs them.

import { readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { worldModule } from './world.mjs';

/** The service that `npm run dev` talks to. */
const api = process.env['HEATLINE_DEV_API'] ?? 'http://127.0.0.1:7070';

/**
 * Emits the theme script as a hashed file and loads it before the first paint, so that a chosen dark
 * theme does not flash white. A module script would run too late, an inline one is forbidden.
 */
function themeBeforePaint(): Plugin {
  const source = readFileSync(new URL('./src/theme-before-paint.js', import.meta.url), 'utf8');
  let file = '/src/theme-before-paint.js';
  return {
    name: 'heatline-theme-before-paint',
    generateBundle: {
      order: 'pre',
      handler() {
        const minified = source.replace(/^\s*\/\/.*$/gm, '').replace(/\s*\n\s*/g, '');
        file = `/${this.getFileName(this.emitFile({ type: 'asset', name: 'theme.js', source: minified }))}`;
      },
    },
    transformIndexHtml: {
      order: 'post',
      handler: () => [{ tag: 'script', attrs: { src: file }, injectTo: 'head-prepend' }],
    },
  };
}

export default defineConfig({
  // A test that renders a component needs no stylesheet, and would race with its making.
  plugins: [svelte({ emitCss: process.env['VITEST'] === undefined }), themeBeforePaint(), worldModule()],
  build: {
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    // Styles come with the code that needs them: all of them at once are more than a page has room for.
    cssCodeSplit: true,
    manifest: true,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { '^/(api|js|badge|map|live)/': { target: api } },
  },
  // Stylesheets are empty to tests, but for the one of the colours.
  test: { include: ['src/**/*.test.ts'], setupFiles: ['src/lib/i18n/for-tests.ts'], css: { include: /tokens\.css/ } },
});
