import { describe, expect, test } from "vitest";
import { z } from "zod";
import { fieldsOf } from "../../ranking/fields.ts";
import { surveyOf } from "../../ranking/survey.ts";
import { readText } from "../../document/flow/text.ts";
import { inOrder, ordersOf } from "./orders.ts";
import { pageOf } from "./places.ts";
import { favourite, opinionOf, type Option } from "./reading.ts";
import { type Heard, isUnsure, isWinnable, pooled, winsAny, worthHearing } from "./second.ts";
import { vocabularyOf } from "./spelling.ts";
import type { Claim } from "./signals.ts";

const option = (value: string, probability: number): Option => ({
  key: value,
  value,
  probability,
  places: [],
  memory: {},
  readers: {},
});

describe("dates in order", () => {
  const days = Array.from({ length: 10 }, (_zero, at) => ({ from: `2026-01-0${at % 9}`, to: "2026-02-01" }));

  test("an order that the examples keep is learned, one that they break is not", () => {
    expect(ordersOf(["from", "to"], days)).toEqual([{ first: "from", second: "to" }]);
    const mixed = days.map(({ from, to }, at) => (at % 2 === 0 ? { from, to } : { from: to, to: from }));
    expect(ordersOf(["from", "to"], mixed)).toEqual([]);
    expect(ordersOf(["from", "to"], days.slice(0, 3))).toEqual([]);
  });

  test("a first day after the last day gives way", () => {
    const chosen = new Map([
      ["from", [option("2026-03-09", 0.6), option("2026-03-02", 0.4)]],
      ["to", [option("2026-03-08", 0.95), option("2026-03-10", 0.05)]],
    ]);
    const settled = inOrder(chosen, [{ first: "from", second: "to" }]);
    expect(settled.get("from")?.[0]?.value).toBe("2026-03-02");
    expect(settled.get("to")?.[0]?.value).toBe("2026-03-08");
  });
});

describe("opinions", () => {
  test("places of one value speak together", () => {
    const opinion = opinionOf([{ key: "a" }, { key: "b" }, { key: "a" }], [0, 0.3, 0]);
    expect(favourite(opinion).key).toBe("a");
    expect([...opinion.values()].reduce((sum, one) => sum + one, 0)).toBeCloseTo(1);
  });
});

describe("second opinions", async () => {
  const [field] = fieldsOf(z.object({ code: z.string() }));
  if (field === undefined) throw new Error("No field.");
  const page = pageOf(surveyOf(await readText(new TextEncoder().encode("A B"), 1)));

  const claim = (a: number, b: number): Claim => {
    const options = [option("A", a), option("B", b)].toSorted((x, y) => y.probability - x.probability);
    return {
      field,
      value: options[0]?.value ?? null,
      option: options[0],
      options,
      opinions: {},
      page,
      likeness: 0,
      familiar: 0,
      words: vocabularyOf([]),
      before: { right: 0, wrong: 0 },
      others: {},
    };
  };
  const says = (a: number) =>
    new Map([
      ["A", a],
      ["B", 1 - a],
    ]);

  test("turn a close decision and leave a clear one", () => {
    expect(isUnsure(claim(0.55, 0.45))).toBe(true);
    expect(isUnsure(claim(0.95, 0.05))).toBe(false);
    expect(pooled(claim(0.55, 0.45), says(0.1), 0.4).value).toBe("B");
    expect(pooled(claim(0.95, 0.05), says(0.1), 0.4).value).toBe("A");
    expect(pooled(claim(0.55, 0.45), new Map(), 0.4).value).toBe("A");
  });

  test("a reader that knows is worth hearing, one that guesses or is hardly asked is not", () => {
    const heard = (knows: (at: number) => boolean, count: number): readonly Heard[] =>
      Array.from({ length: count }, (_zero, at) => {
        const truth = at % 2 === 0 ? "A" : "B";
        const right = knows(at) ? truth : truth === "A" ? "B" : "A";
        return { claim: claim(0.55, 0.45), opinion: says(right === "A" ? 0.9 : 0.1), truth };
      });
    expect(worthHearing(heard(() => true, 20))).toBeGreaterThan(0);
    expect(worthHearing(heard((at) => at % 4 < 2, 20))).toBe(0);
    expect(worthHearing(heard(() => true, 5))).toBe(0);
  });

  test("a reader is worth nothing where it rights no wrong answer", () => {
    const wrong = { claim: claim(0.55, 0.45), truth: "B" };
    expect(isWinnable(wrong)).toBe(true);
    expect(isWinnable({ ...wrong, truth: "A" })).toBe(false);
    expect(isWinnable({ ...wrong, truth: "C" })).toBe(false);
    expect(winsAny([{ ...wrong, opinion: says(0.1) }])).toBe(true);
    expect(winsAny([{ ...wrong, opinion: says(0.9) }])).toBe(false);
    expect(winsAny([])).toBe(false);
  });
});
