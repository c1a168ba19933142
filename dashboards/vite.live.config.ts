// Owns how the public live page is bundled: beside the dashboard, with script and style of its own, for it is framed by
// pages of others and has to be small.

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    target: ['chrome111', 'edge111', 'firefox113', 'safari16.4'],
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: fileURLToPath(new URL('./live.html', import.meta.url)),
      output: { entryFileNames: 'assets/live-[hash].js', assetFileNames: 'assets/live-[name]-[hash][extname]' },
    },
  },
});
