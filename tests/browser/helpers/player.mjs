// Owns a wire to the service on which a test plays the live stream: the messages are the test's, in the form that the service has; all
// else goes to the service and comes from it.

import http from 'node:http';

/** Starts the wire. Pages are opened at its `origin`; `send` pushes a snapshot to all who read, and `mute` keeps streams open and silent. */
export async function startPlayer(target) {
  const readers = new Set();
  let number = 0;
  let last;
  let muted = false;
  let opened = 0;
  const server = http.createServer((request, response) => {
    if (new URL(request.url, target).pathname.endsWith('/live/stream')) return read(response);
    const onward = http.request(new URL(request.url, target), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });

  function read(response) {
    opened += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    if (last && !muted) response.write(message('snapshot', last));
    readers.add(response);
    response.on('close', () => readers.delete(response));
  }

  const message = (name, data) => `event: ${name}\nid: ${(number += 1)}\ndata: ${JSON.stringify(data)}\n\n`;

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** How many streams were opened so far. */
    get opened() {
      return opened;
    },
    send(snapshot) {
      last = snapshot;
      if (muted) return;
      const text = message('update', snapshot);
      for (const reader of readers) reader.write(text);
    },
    mute(on) {
      muted = on;
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
