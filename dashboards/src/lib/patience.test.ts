import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { patiently } from './patience';
import { ApiError } from './problem';

const busy = (seconds?: number) => new ApiError('unavailable', 503, '', [], seconds);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a question to a busy server', () => {
  it('is asked again after the time that it named, and says that it waits', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(busy(7)).mockResolvedValue('there');
    const waiting = vi.fn();
    const answer = patiently(ask, new AbortController().signal, waiting);
    await vi.advanceTimersByTimeAsync(6_900);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(waiting.mock.calls).toEqual([[7]]);
    await vi.advanceTimersByTimeAsync(200);
    await expect(answer).resolves.toBe('there');
    expect(waiting.mock.calls).toEqual([[7], [undefined]]);
  });

  it('waits a bounded time, whatever was named', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(busy(0)).mockRejectedValueOnce(busy(9_999)).mockResolvedValue('there');
    const waiting = vi.fn();
    const answer = patiently(ask, new AbortController().signal, waiting);
    await vi.advanceTimersByTimeAsync(31_000);
    await answer;
    expect(waiting.mock.calls.map(([seconds]) => seconds)).toEqual([1, undefined, 30, undefined]);
  });

  it('gives up after six attempts', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValue(busy());
    const answer = expect(patiently(ask, new AbortController().signal, () => {})).rejects.toMatchObject({ status: 503 });
    await vi.advanceTimersByTimeAsync(60_000);
    await answer;
    expect(ask).toHaveBeenCalledTimes(6);
  });

  it('is not asked again after another failure', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValue(new ApiError('internal', 500));
    await expect(patiently(ask, new AbortController().signal, () => {})).rejects.toMatchObject({ status: 500 });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('is forgotten while it waits', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValue(busy(5));
    const leaving = new AbortController();
    const answer = expect(patiently(ask, leaving.signal, () => {})).rejects.toBe('left');
    await vi.advanceTimersByTimeAsync(1_000);
    leaving.abort('left');
    await answer;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
