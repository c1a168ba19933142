// Owns a website of somebody else: another origin than the service, with pages that a test writes. It knows nothing of the service.

import http from 'node:http';

/** Serves `pages`, HTML by path, or SVG where that is how the path ends; unknown paths are 404. Answers on 127.0.0.1 and on localhost, which is another origin. */
export async function startHost(pages) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://host');
    const page = pages[pathname];
    const kind = pathname.endsWith('.svg') ? 'image/svg+xml' : 'text/html; charset=utf-8';
    if (page === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': kind }).end(page);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns an HTML page with an icon of its own, for which browsers ask else. */
export const html = (body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Another website</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
