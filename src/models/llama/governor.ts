/**
 * How many threads the next evaluation gets. All cores read a document almost twice as fast as one, as
 * long as they are free. llama.cpp's threads wait for each other by spinning, several times a layer:
 * where another program wants a core too, all of them together are up to thirty times slower than one
 * alone. So one thread's speed is the yardstick, and whenever all threads miss it they are given up for
 * a while, longer each time, then tried again on a few tokens. Pure: the caller measures.
 */
export class ThreadGovernor {
  readonly #all: number;
  /** Milliseconds a token with one thread, at its best, by how much was read before; empty where it was not measured. */
  readonly #oneThreadMs: number[] = [];
  /** Evaluations left before all threads are tried again. */
  #restLeft = 0;
  #restNext = restFirst;
  #trying = false;

  constructor(all: number) {
    this.#all = all;
  }

  /** Threads for the next evaluation, and how many of the tokens that wait it should take. */
  next(waiting: number): { readonly threads: number; readonly tokens: number } {
    const threads = this.#all === 1 || this.#oneThreadMs.length === 0 || this.#restLeft > 0 ? 1 : this.#all;
    const most = threads > 1 && this.#trying ? tryTokens : chunkTokens;
    // Never one token alone at the end: it would be computed another way.
    return { threads, tokens: waiting === most + 1 ? most - 1 : Math.min(waiting, most) };
  }

  /** @param evaluation `depth`: tokens that were read before; attention makes each token dearer the more there are */
  record(evaluation: {
    readonly threads: number;
    readonly tokens: number;
    readonly depth: number;
    readonly ms: number;
  }): void {
    const { threads, tokens, depth, ms } = evaluation;
    const perToken = ms / Math.max(tokens, floorTokens);
    // What few tokens cost is mostly the weights.
    const step = tokens < floorTokens ? 0 : Math.floor(depth / stepTokens);
    if (threads === 1) {
      if (tokens >= floorTokens) this.#oneThreadMs[step] = Math.min(perToken, this.#oneThreadMs[step] ?? perToken);
      if (this.#restLeft > 0) this.#restLeft -= 1;
      this.#trying = true;
    } else if (perToken > this.#yardstick(step) * missedBy) {
      this.#restLeft = this.#restNext;
      this.#restNext = Math.min(restMost, this.#restNext * 2);
    } else {
      this.#restNext = restFirst;
      this.#trying = false;
    }
  }

  /** What one thread was seen to do at this depth, or what that is at most by the nearest one where it was seen. */
  #yardstick(step: number): number {
    for (let at = step; at >= 0; at--) {
      const seen = this.#oneThreadMs[at];
      if (seen !== undefined) return seen * (1 + (step - at) * growth);
    }
    return this.#oneThreadMs.find((seen) => seen !== undefined) ?? Number.POSITIVE_INFINITY;
  }
}

/** Tokens at once: at most about a second of work, so that a cancelled call ends. */
const chunkTokens = 128;
/** Tokens to try all threads on: little is lost when the machine is busy. */
const tryTokens = 32;
/** Fewer tokens cost about as much as this many. */
const floorTokens = 32;
/** Depths within so many tokens are taken for the same. */
const stepTokens = 256;
/** How much dearer a token is at the next depth at most: seen with the smallest model, 1.3 ms first and 4.3 ms after 1,300 tokens. */
const growth = 0.5;
const missedBy = 1.25;
const restFirst = 4;
const restMost = 256;
