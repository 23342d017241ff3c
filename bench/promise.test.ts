import { describe, expect, test } from "vitest";
import { type Kept, tryPromises } from "./promises.ts";
import { worlds } from "./worlds.ts";

const draws = 100;
const named = (name: string) => worlds.filter((world) => world.name === name);
/** Three standard errors of a share over the draws. */
const slack = (share: number) => 3 * Math.sqrt((share * (1 - share)) / draws);
const worst = (all: readonly Kept[], promise: Kept["promise"], of: "broken" | "error") => {
  const some = all.filter((kept) => kept.promise === promise);
  expect(some).toHaveLength(6);
  return Math.max(...some.map((kept) => kept[of]));
};

describe("promises from random draws of labels, truth known", () => {
  test.each(["good", "at the risk", "ties", "senders differ", "values alike"])(
    "%s: certified is broken in 5 % of draws at most, expected and pooled keep their mean",
    (name) => {
      const all = named(name).flatMap((world) => tryPromises(world, 250, [0.05], draws));
      expect(worst(all, "certified", "broken")).toBeLessThanOrEqual(0.05 + slack(0.05));
      for (const promise of ["expected", "pooled"] as const) {
        expect(worst(all, promise, "error")).toBeLessThanOrEqual(0.05 + 0.05 * slack(0.05));
      }
    },
  );

  test("they are no empty promises: most good answers of known senders are accepted", () => {
    const [known] = named("good").flatMap((world) => tryPromises(world, 250, [0.05], 40));
    expect(known).toMatchObject({ promise: "certified", population: "known", path: "total" });
    expect(known?.coverage).toBeGreaterThan(0.5);
  });
});
