/**
 * How many threads the next evaluation gets. All cores read a document almost twice as fast as one, as
 * long as they are free. llama.cpp's threads wait for each other by spinning, several times a layer:
 * where another program wants a core too, all of them together are up to thirty times slower than one
 * alone. So one thread's speed is the yardstick, and whenever all threads miss it they are given up for
 * a while, longer each time, then tried again on a few tokens. Pure: the caller measures.
 */
export class ThreadGovernor {
  readonly #all: number;
  /** Milliseconds a token with one thread, at its best; null before it was measured. */
  #oneThreadMs: number | null = null;
  /** Evaluations left before all threads are tried again. */
  #restLeft = 0;
  #restNext = restFirst;
  #trying = false;

  constructor(all: number) {
    this.#all = all;
  }

  /** Threads for the next evaluation, and how many of the tokens that wait it should take. */
  next(waiting: number): { readonly threads: number; readonly tokens: number } {
    const threads = this.#all === 1 || this.#oneThreadMs === null || this.#restLeft > 0 ? 1 : this.#all;
    const most = threads > 1 && this.#trying ? tryTokens : chunkTokens;
    // Never one token alone at the end: it would be computed another way.
    return { threads, tokens: waiting === most + 1 ? most - 1 : Math.min(waiting, most) };
  }

  record(evaluation: { readonly threads: number; readonly tokens: number; readonly ms: number }): void {
    const { threads, tokens, ms } = evaluation;
    const perToken = ms / Math.max(tokens, floorTokens);
    if (threads === 1) {
      if (tokens >= floorTokens) this.#oneThreadMs = Math.min(perToken, this.#oneThreadMs ?? perToken);
      if (this.#restLeft > 0) this.#restLeft -= 1;
      this.#trying = true;
    } else if (perToken > (this.#oneThreadMs ?? perToken) * missedBy) {
      this.#restLeft = this.#restNext;
      this.#restNext = Math.min(restMost, this.#restNext * 2);
    } else {
      this.#restNext = restFirst;
      this.#trying = false;
    }
  }
}

/** Tokens at once: at most about a second of work, so that a cancelled call ends. */
const chunkTokens = 128;
/** Tokens to try all threads on: little is lost when the machine is busy. */
const tryTokens = 32;
/** Fewer tokens cost about as much as this many. */
const floorTokens = 32;
const missedBy = 1.25;
const restFirst = 4;
const restMost = 256;
