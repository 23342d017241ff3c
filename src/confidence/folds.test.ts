import { describe, expect, test } from "vitest";
import { groupedFolds, populationFolds, spreadFolds } from "./folds.ts";

const examples = Array.from({ length: 60 }, (_, at) => ({
  id: `document ${at}`,
  // Three senders of ten, five of two, twenty of one.
  source: at < 30 ? `large ${at % 3}` : at < 40 ? `small ${at % 5}` : `single ${at}`,
}));
const sourceAt = (at: number) => examples[at]?.source;

describe("folds", () => {
  test("every example is answered once, by what did not see it", () => {
    for (const folds of [spreadFolds(examples, { count: 5 }), groupedFolds(examples, { count: 5 })]) {
      expect(folds.flatMap(({ test: some }) => some).toSorted((a, b) => a - b)).toEqual([...examples.keys()]);
      for (const fold of folds) {
        expect(fold.learn.length + fold.test.length).toBe(examples.length);
        expect(fold.test.filter((at) => fold.learn.includes(at))).toEqual([]);
      }
    }
  });

  test("grouped folds never learn from the source they answer", () => {
    for (const { learn, test: some } of groupedFolds(examples, { count: 5 })) {
      const learned = new Set(learn.map(sourceAt));
      expect(some.filter((at) => learned.has(sourceAt(at)))).toEqual([]);
    }
  });

  test("spread folds are even and have a sibling of everybody who has one among the learned", () => {
    for (const { learn, test: some } of spreadFolds(examples, { count: 5 })) {
      expect(some).toHaveLength(12);
      const learned = new Set(learn.map(sourceAt));
      expect(some.filter((at) => at < 40 && !learned.has(sourceAt(at)))).toEqual([]);
    }
  });

  test("the same examples give the same folds whatever their order, another seed gives others", () => {
    const parts = (some: typeof examples, seed: number) =>
      spreadFolds(some, { count: 4, seed })
        .map(({ test: at }) =>
          at
            .map((one) => some[one]?.id ?? "")
            .toSorted()
            .join(),
        )
        .toSorted();
    expect(parts(examples.toReversed(), 1)).toEqual(parts(examples, 1));
    expect(parts(examples, 2)).not.toEqual(parts(examples, 1));
  });

  test("classes are dealt out evenly", () => {
    const tickets = Array.from({ length: 40 }, (_, at) => ({ id: `ticket ${at}`, source: `ticket ${at}` }));
    const stratum = (at: number) => `class ${at % 10}`;
    for (const { test: some } of spreadFolds(tickets, { count: 4, stratum })) {
      expect(new Set(some.map(stratum)).size).toBe(10);
    }
  });

  test("known answers only those with a sibling among the learned, new answers all", () => {
    const { known, new: fresh } = populationFolds(examples, { count: 5 });
    expect(known.flatMap(({ test: some }) => some).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, at) => at),
    );
    expect(fresh.flatMap(({ test: some }) => some)).toHaveLength(60);
  });

  test("without siblings nobody is known; one source alone is never new; one example is no fold", () => {
    const singles = examples.map(({ id }) => ({ id, source: id }));
    expect(populationFolds(singles, { count: 5 }).known).toEqual([]);
    const same = examples.map(({ id }) => ({ id, source: "only" }));
    expect(populationFolds(same, { count: 5 }).new).toEqual([]);
    expect(spreadFolds(examples.slice(0, 1), { count: 5 })).toEqual([]);
  });
});
