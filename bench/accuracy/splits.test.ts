import { expect, test } from "vitest";
import type { OutOfFold } from "../../src/core/index.ts";
import { scoreSplits } from "./splits.ts";

const rows = (
  count: number,
  isRight: (at: number) => boolean,
  confidenceOf = (at: number) => (isRight(at) ? 0.99 : 0.5),
): readonly OutOfFold[] =>
  Array.from({ length: count }, (_, at) => ({
    example: `e${at}`,
    path: "total",
    population: "new",
    value: null,
    confidence: confidenceOf(at),
    right: isRight(at),
  }));

const scored = (outOfFold: readonly OutOfFold[], sourceOf = (id: string) => id) =>
  scoreSplits({ outOfFold }, sourceOf, { count: 20, risks: [0.05] });

test("halves of a reader that is right promise what labels allow, and the other halves do not refute it", () => {
  const [certified, expected] = scored(rows(200, () => true));
  expect(certified).toMatchObject({ promise: "certified", promised: 20, accepted: 1, wrong: 0, refuted: 0 });
  expect(expected).toMatchObject({ promise: "expected", promised: 20, accepted: 1, wrong: 0, refuted: 0 });
  // 59 labels are needed, half of 100 are 50.
  expect(scored(rows(100, () => true))[0]).toMatchObject({ promised: 0, accepted: 0, wrong: null });
});

test("nothing is promised for a reader that is as often wrong as right and does not know it", () => {
  const unsure = rows(
    400,
    (at) => at % 2 === 0,
    () => 0.99,
  );
  expect(scored(unsure).map(({ promised }) => promised)).toEqual([0, 0]);
});

test("a confidence that tells right from wrong lets the right half through", () => {
  const [certified] = scored(rows(400, (at) => at % 2 === 0));
  expect(certified?.promised).toBe(20);
  expect(certified?.accepted).toBeGreaterThan(0.45);
  expect(certified?.accepted).toBeLessThan(0.6);
});
