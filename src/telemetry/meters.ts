import {
  type Clock,
  type CounterName,
  type Figure,
  type HistogramName,
  type Labels,
  type TallyStore,
  counters,
  histograms,
} from "../ports/index.ts";

/** Upper bounds in seconds: from a rule to a model that thinks for minutes. */
const bounds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;
const flushMs = 5_000;

/**
 * Counts in memory and hands the sums on every few seconds, so that the figures of many processes are
 * one. A process that is killed takes what it counted in the last seconds with it.
 */
export class Meters {
  readonly #tallies: TallyStore;
  readonly #closing = new AbortController();
  readonly #flushing: Promise<void>;
  #sums = new Map<string, number>();

  constructor(tallies: TallyStore, clock: Clock) {
    this.#tallies = tallies;
    this.#flushing = this.#flushRegularly(clock);
  }

  count(name: CounterName, labels: Labels, by = 1): void {
    this.#add(seriesOf(name, labels), by);
  }

  observe(name: HistogramName, labels: Labels, value: number): void {
    for (const bound of bounds) {
      this.#add(seriesOf(`${name}_bucket`, { ...labels, le: String(bound) }), value <= bound ? 1 : 0);
    }
    this.#add(seriesOf(`${name}_bucket`, { ...labels, le: "+Inf" }), 1);
    this.#add(seriesOf(`${name}_sum`, labels), value);
    this.#add(seriesOf(`${name}_count`, labels), 1);
  }

  /** What all processes have counted so far, this one to the last. @throws WeirError `store.*` */
  async figures(): Promise<readonly Figure[]> {
    await this.#flush();
    const all = [...(await this.#tallies.all())];
    const of = (names: readonly string[]) => all.filter(([series]) => names.includes(series.split("{")[0] ?? ""));
    return [
      ...Object.entries(counters).map(([name, help]) => ({ name, help, type: "counter" as const, series: of([name]) })),
      ...Object.entries(histograms).map(([name, help]) => ({
        name,
        help,
        type: "histogram" as const,
        series: of([`${name}_bucket`, `${name}_sum`, `${name}_count`]).toSorted(byBound),
      })),
    ];
  }

  /** Hands on what is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#flushing;
    await this.#flush().catch(() => {});
  }

  #add(series: string, by: number): void {
    this.#sums.set(series, (this.#sums.get(series) ?? 0) + by);
  }

  async #flush(): Promise<void> {
    const sums = this.#sums;
    this.#sums = new Map();
    try {
      await this.#tallies.add(sums);
    } catch (error) {
      for (const [series, by] of sums) this.#add(series, by);
      throw error;
    }
  }

  async #flushRegularly(clock: Clock): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await clock.sleep(flushMs, signal).catch(() => {});
      // What keeps the store from writing is told by those whose work it keeps.
      if (!signal.aborted) await this.#flush().catch(() => {});
    }
  }
}

/** Series of one histogram by their labels, then buckets from the lowest, sum and count. */
function byBound([a]: readonly [string, number], [b]: readonly [string, number]): number {
  const [x, y] = [rank(a), rank(b)];
  return x.labels < y.labels ? -1 : x.labels > y.labels ? 1 : x.order - y.order;
}

function rank(series: string): { readonly labels: string; readonly order: number } {
  const labels = series.slice(series.indexOf("{")).replace(/,?le="[^"]*"/, "");
  const bound = /le="([^"]*)"/.exec(series)?.[1];
  if (bound === undefined) return { labels, order: series.includes("_sum{") ? 1e300 : Number.MAX_VALUE };
  return { labels, order: bound === "+Inf" ? 1e299 : Number(bound) };
}

/** A series in Prometheus' spelling. */
function seriesOf(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
