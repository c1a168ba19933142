// Owns how often the reports are asked for again: soon on a small site, seldom where an answer costs the server a lot.
// Pure; the caller brings the clock.

const SHORTEST_GAP_MS = 3_000;
const LONGEST_GAP_MS = 60_000;
/** An open page takes at most a twentieth of the server's time. */
const REST_PER_WORK = 20;

export class Pace {
  #slowestMs = 0;
  #underWay = 0;
  #askedAtMs: number;

  constructor(nowMs: number) {
    this.#askedAtMs = nowMs;
  }

  /** Takes note that something is asked. Returns what is to be called when the answer is there, or will not come. */
  begin(startMs: number): (endMs: number) => void {
    this.#underWay += 1;
    return (endMs) => {
      this.#underWay -= 1;
      this.#slowestMs = Math.max(this.#slowestMs, endMs - startMs);
    };
  }

  /**
   * Returns whether it is time to ask again, and counts from now if so. Without news the longest gap holds. Never
   * while an answer is awaited: asking anew would throw away what a slow server has done so far.
   */
  isDue(nowMs: number, news: boolean): boolean {
    if (this.#underWay > 0) return false;
    const gap = news ? Math.min(LONGEST_GAP_MS, Math.max(SHORTEST_GAP_MS, this.#slowestMs * REST_PER_WORK)) : LONGEST_GAP_MS;
    if (nowMs - this.#askedAtMs < gap) return false;
    this.#askedAtMs = nowMs;
    this.#slowestMs = 0;
    return true;
  }
}
