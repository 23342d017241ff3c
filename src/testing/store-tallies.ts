import { expect, it } from "vitest";
import type { StoreFixture } from "./store.ts";

export function tallyPromises(fixture: () => StoreFixture): void {
  it("adds up what many processes count at once", async () => {
    const { tallies } = fixture().storage.store;
    const series = Array.from({ length: 40 }, (_, index) => `weir_things_total{kind="${index}"}`);
    const processes = Array.from({ length: 8 }, async (_, index) => {
      const ordered = index % 2 === 0 ? series : series.toReversed();
      for (let turn = 0; turn < 5; turn++) await tallies.add(new Map(ordered.map((one) => [one, 0.5])));
    });
    await Promise.all(processes);
    const all = await tallies.all();
    expect(all.size).toBe(40);
    expect(new Set(all.values())).toEqual(new Set([20]));
  });

  it("keeps no sum of what was never counted", async () => {
    const { tallies } = fixture().storage.store;
    await tallies.add(new Map());
    expect(await tallies.all()).toEqual(new Map());
  });
}
