import { describe, expect, test } from "vitest";
import { seeded } from "./random.ts";
import { auditRefutes, baselineOf, driftOf, isAudited, type Mix, mixHasShifted } from "./watch.ts";

describe("audits", () => {
  test("about the share asked for is checked, and always the same decisions", () => {
    const runs = Array.from({ length: 20_000 }, (_, at) => `01JD${at.toString(36).padStart(8, "0")}`);
    const checked = runs.filter((run) => isAudited(run, "total", { share: 0.02 }));
    expect(checked.length).toBeGreaterThan(330);
    expect(checked.length).toBeLessThan(470);
    expect(runs.filter((run) => isAudited(run, "total", { share: 0.02 }))).toEqual(checked);
    expect(runs.filter((run) => isAudited(run, "total", { share: 0.02, seed: 1 }))).not.toEqual(checked);
    expect(isAudited("run", "total", { share: 0 })).toBe(false);
    expect(isAudited("run", "total", { share: 1 })).toBe(true);
  });

  test("paths of one run are drawn apart", () => {
    const both = Array.from({ length: 20_000 }, (_, at) => `run ${at}`).filter(
      (run) => isAudited(run, "total", { share: 0.1 }) && isAudited(run, "date", { share: 0.1 }),
    );
    expect(both.length).toBeGreaterThan(130);
    expect(both.length).toBeLessThan(270);
  });

  test("a promise that holds is seldom withdrawn, however often it is looked at", () => {
    const random = seeded(5);
    let withdrawn = 0;
    for (let round = 0; round < 400; round += 1) {
      let wrong = 0;
      for (let checked = 1; checked <= 500; checked += 1) {
        wrong += random() < 0.02 ? 1 : 0;
        if (auditRefutes({ checked, wrong }, 0.02)) {
          withdrawn += 1;
          break;
        }
      }
    }
    expect(withdrawn / 400).toBeLessThanOrEqual(0.05);
  });

  test("a broken promise is withdrawn within a few dozen checks", () => {
    const random = seeded(6);
    const needed = Array.from({ length: 200 }, () => {
      let wrong = 0;
      for (let checked = 1; checked <= 2_000; checked += 1) {
        wrong += random() < 0.1 ? 1 : 0;
        if (auditRefutes({ checked, wrong }, 0.02)) return checked;
      }
      return Infinity;
    }).toSorted((a, b) => a - b);
    expect(needed[100]).toBeLessThan(100);
    expect(needed[190]).toBeLessThan(300);
  });

  test("no check and no error refute nothing; 3 wrong of 10 refute 2 %", () => {
    expect(auditRefutes({ checked: 0, wrong: 0 }, 0.02)).toBe(false);
    expect(auditRefutes({ checked: 500, wrong: 0 }, 0.02)).toBe(false);
    expect(auditRefutes({ checked: 10, wrong: 3 }, 0.02)).toBe(true);
  });
});

describe("the mix of senders", () => {
  const firstShifted = (learned: Mix, share: number, seed: number, most: number) => {
    const random = seeded(seed);
    let fresh = 0;
    for (let documents = 1; documents <= most; documents += 1) {
      fresh += random() < share ? 1 : 0;
      if (mixHasShifted(learned, { documents, fresh })) return documents;
    }
    return Infinity;
  };
  const learned = { documents: 300, fresh: 60 };
  const draws = (share: number, most: number) =>
    Array.from({ length: 100 }, (_, at) => firstShifted(learned, share, at, most)).toSorted((a, b) => a - b);

  test("as many new senders as before are no shift, however often it is looked at", () => {
    expect(draws(0.2, 1_000)[5]).toBe(Infinity);
  });

  test("twice as many are seen within some hundred documents", () => {
    expect(draws(0.4, 1_000)[90]).toBeLessThan(250);
  });

  test("where every sender was new there can be no more of them", () => {
    expect(mixHasShifted({ documents: 50, fresh: 50 }, { documents: 500, fresh: 500 })).toBe(false);
  });
});

describe("drift", () => {
  const draw = (n: number, seed: number, shift = 0) => {
    const random = seeded(seed);
    return Array.from({ length: n }, () => Math.min(1, Math.max(0, 1 - random() ** 2 * 0.5 - shift * random())));
  };
  const baseline = baselineOf(draw(300, 1)) ?? { n: 0, edges: [], shares: [] };

  test("values like those that were learned have not drifted", () => {
    const drifted = Array.from({ length: 200 }, (_, at) => driftOf(baseline, draw(60, at + 2)).drifted);
    expect(drifted.filter(Boolean).length).toBeLessThanOrEqual(6);
  });

  test("values that moved have, once there are enough of them", () => {
    const drifted = Array.from({ length: 100 }, (_, at) => driftOf(baseline, draw(60, at + 2, 0.6)).drifted);
    expect(drifted.filter(Boolean).length).toBeGreaterThan(95);
    expect(driftOf(baseline, draw(2, 3, 0.6)).drifted).toBe(false);
  });

  test("nothing recent is no drift, nothing learned is no baseline, equal values make one bin", () => {
    expect(driftOf(baseline, [])).toMatchObject({ drifted: false });
    expect(baselineOf([])).toBeNull();
    const same = baselineOf([1, 1, 1, 1]);
    expect(same?.shares).toEqual([1]);
    expect(same && driftOf(same, [1, 1]).drifted).toBe(false);
    expect(JSON.parse(JSON.stringify(baseline))).toEqual(baseline);
  });
});
