/** Neighbouring buckets differ by 1 %: what is read out is off by half of that at most. */
const growth = Math.log(1.01);
const zero = -1;

/** The median of any number of durations in bounded memory: a count for each hundredth of their size. */
export class RunningMedian {
  readonly #buckets = new Map<number, number>();
  #count = 0;

  /** @param ms 0 or more; less than 1 ms counts as none */
  add(ms: number): void {
    const bucket = ms < 1 ? zero : Math.round(Math.log(ms) / growth);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#count++;
  }

  /** In ms, the upper of two in the middle; null when nothing was added. */
  value(): number | null {
    let above = Math.floor(this.#count / 2);
    for (const [bucket, count] of [...this.#buckets].toSorted(([a], [b]) => a - b)) {
      if (above < count) return bucket === zero ? 0 : Math.exp(bucket * growth);
      above -= count;
    }
    return null;
  }
}
