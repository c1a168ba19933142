// Owns the height of frames with a shared dashboard on a page of others: as high as what is in them. It has Plausible's name
// (`embed.host.js`), so that a page changes the host alone. It knows nothing of the tracker.

const MOST_PX = 100_000;

const script = document.currentScript;
/** Only what this service shows is believed, and only of the frame that it is in. */
const ours = script instanceof HTMLScriptElement ? new URL(script.src).origin : '';

addEventListener('message', ({ origin: from, source, data }: MessageEvent<unknown>) => {
  if (from !== ours || typeof data !== 'object' || data === null || !('heatlineHeight' in data)) return;
  const height = Number(data.heatlineHeight);
  if (!(height > 0 && height <= MOST_PX)) return;
  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.contentWindow === source) frame.style.height = `${Math.ceil(height)}px`;
  }
});

export {};
