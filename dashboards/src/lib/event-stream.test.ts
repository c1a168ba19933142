import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLOSED, FetchedStream, MessageReader } from './event-stream';

function read(...pieces: string[]): [string, string][] {
  const found: [string, string][] = [];
  const reader = new MessageReader((event, data) => found.push([event, data]));
  for (const piece of pieces) reader.take(piece);
  return found;
}

describe('messages of a stream', () => {
  it('are whole, however they were cut', () => {
    const text = ': here\n\nevent: snapshot\nid: 7\ndata: {"a":1}\n\nevent: update\r\ndata:{"a":2}\r\n\r\ndata: one\ndata: two\n\n';
    const expected = [
      ['snapshot', '{"a":1}'],
      ['update', '{"a":2}'],
      ['message', 'one\ntwo'],
    ];
    expect(read(text)).toEqual(expected);
    expect(read(...text)).toEqual(expected);
  });

  it('are told only when they have ended', () => {
    expect(read('event: update\ndata: 1\n')).toEqual([]);
    expect(read('event: update\n\n')).toEqual([]);
  });
});

describe('a stream that is fetched', () => {
  afterEach(() => vi.unstubAllGlobals());

  const heard = async (response: Response) => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => response);
    vi.stubGlobal('fetch', fetch);
    const stream = new FetchedStream('/live/stream', 'hls_1_x');
    const said: string[] = [];
    stream.addEventListener('update', (event) => said.push(event.data));
    await new Promise<void>((resolve) => stream.addEventListener('error', () => resolve()));
    return { said, stream, init: fetch.mock.calls[0]?.[1] };
  };

  it('shows what opens the link, tells its messages and then its end', async () => {
    const { said, stream, init } = await heard(new Response('event: update\ndata: 1\n\nevent: update\ndata: 2\n\n'));
    expect(said).toEqual(['1', '2']);
    expect(stream.readyState).toBe(CLOSED);
    expect(init).toMatchObject({ credentials: 'omit', headers: { Authorization: 'Bearer hls_1_x' } });
  });

  it('that is refused has ended', async () => {
    const { said, stream } = await heard(new Response('event: update\ndata: 1\n\n', { status: 404 }));
    expect(said).toEqual([]);
    expect(stream.readyState).toBe(CLOSED);
  });
});
