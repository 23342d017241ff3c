import { expect, it } from "vitest";
import { WeirError } from "../core/index.ts";
import type { TallyStore } from "../ports/index.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { Meters } from "./meters.ts";

/** What stores promise of sums, in memory. */
function memory(): TallyStore & { readonly sums: Map<string, number>; full: boolean } {
  const sums = new Map<string, number>();
  return {
    sums,
    full: false,
    async add(more) {
      if (this.full) throw new WeirError("store.full", "No space left.");
      for (const [series, by] of more) sums.set(series, (sums.get(series) ?? 0) + by);
    },
    all: async () => sums,
  };
}

it("hands on what was counted every few seconds, and the rest when it closes", async () => {
  const clock = manualClock();
  const tallies = memory();
  const meters = new Meters(tallies, clock);
  meters.count("weir_retries_total", { workflow: "invoice", reason: "retry" });
  expect(tallies.sums.size).toBe(0);
  await clock.advance(5_000);
  const series = 'weir_retries_total{workflow="invoice",reason="retry"}';
  expect(tallies.sums.get(series)).toBe(1);
  meters.count("weir_retries_total", { workflow: "invoice", reason: "retry" }, 2);
  await meters.close();
  expect(tallies.sums.get(series)).toBe(3);
});

it("keeps what the store did not take for the next time, and counts it once", async () => {
  const clock = manualClock();
  const tallies = memory();
  const meters = new Meters(tallies, clock);
  tallies.full = true;
  meters.count("weir_runs_recovered_total", {});
  await clock.advance(5_000);
  await expect(meters.figures()).rejects.toMatchObject({ code: "store.full" });
  tallies.full = false;
  await clock.advance(5_000);
  await clock.advance(5_000);
  expect(tallies.sums).toEqual(new Map([["weir_runs_recovered_total", 1]]));
  await meters.close();
});

it("gives a histogram as Prometheus reads it: buckets that add up, from the lowest, then sum and count", async () => {
  const meters = new Meters(memory(), manualClock());
  for (const seconds of [0.004, 0.3, 1_000])
    meters.observe("weir_step_seconds", { workflow: "w", kind: "read" }, seconds);
  meters.observe("weir_step_seconds", { workflow: "w", kind: "extract" }, 1);
  const found = (await meters.figures()).find(({ name }) => name === "weir_step_seconds");
  const series = (found?.series ?? []).filter(([one]) => one.includes('kind="read"'));
  const bounds = series.map(([one]) => /le="([^"]+)"/.exec(one)?.[1] ?? one.slice(0, one.indexOf("{")));
  expect(bounds.slice(-3)).toEqual(["+Inf", "weir_step_seconds_sum", "weir_step_seconds_count"]);
  expect(bounds.slice(0, -3).map(Number)).toEqual(
    bounds
      .slice(0, -3)
      .map(Number)
      .toSorted((a, b) => a - b),
  );
  expect(Object.fromEntries(series.map(([, value], index) => [bounds[index], value]))).toMatchObject({
    "0.01": 1,
    "0.25": 1,
    "0.5": 2,
    "300": 2,
    "+Inf": 3,
    weir_step_seconds_sum: 1_000.304,
    weir_step_seconds_count: 3,
  });
  await meters.close();
});
