// Owns how the page of components is bundled: for who works on the dashboard and for its tests. It is no part of what is shipped.

import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type PreviewServer } from 'vite';
import { worldModule } from './world.mjs';

/** Pictures that the service would draw. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 449"><rect x="200" y="90" width="500" height="220" rx="30" fill="#8886"/></svg>`;

function pictures(): Plugin {
  // Nothing is returned: what is would be called once more.
  const answer = ({ middlewares }: Pick<PreviewServer, 'middlewares'>): void => {
    middlewares.use((request, response, next) => {
      if (!/^\/(assets\/world\.svg|badge\/|map\/|api\/)/.test(request.url ?? '')) return next();
      response.setHeader('Content-Type', 'image/svg+xml');
      response.end(PICTURE);
    });
  };
  return { name: 'heatline-made-up-pictures', configureServer: answer, configurePreviewServer: answer };
}

export default defineConfig({
  root: fileURLToPath(new URL('./components/', import.meta.url)),
  plugins: [svelte(), worldModule(), pictures()],
  build: { outDir: fileURLToPath(new URL('./components/dist/', import.meta.url)), emptyOutDir: true, assetsDir: 'files', target: 'esnext' },
});
