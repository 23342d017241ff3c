import { expect, test } from "vitest";
import type { Decisions } from "../../core/index.ts";
import type { ReadExample, TrialRequest } from "../../teaching/index.ts";
import { learningCurve } from "./learning-curve.ts";

const examples = Array.from({ length: 40 }, (_, at) => ({ id: `e${at}`, truth: { total: String(at) } }));

/** Right about as many of the asked as it learned from, in order of their ids. */
async function tryOut({ learn, ask }: TrialRequest) {
  expect(ask.filter((one) => learn.includes(one))).toEqual([]);
  const known = new Set(
    ask
      .map(({ id }) => id)
      .toSorted()
      .slice(0, learn.length),
  );
  const answers = ask.map(({ id, truth }): Decisions => {
    const value = known.has(id) ? (truth["total"] ?? null) : null;
    const status = known.has(id) ? "accepted" : "review";
    return { total: { value, confidence: 0.9, status, by: "learned", source: [], alternatives: [], evidence: {} } };
  });
  const outOfFold = learn.flatMap(({ id }, at) =>
    (["known", "new"] as const).map((population) => {
      const right = population === "known" ? at % 4 > 0 : false;
      return { example: id, path: "total", population, value: null, confidence: 0.5, right };
    }),
  );
  return { answers, milliseconds: [], taught: { outOfFold } as never };
}

test("the curve asks only what was not learned from, over the same random subsets each time", async () => {
  const request = {
    teaching: { tryOut },
    examples: examples as unknown as readonly ReadExample[],
    definition: { nodes: [] } as never,
    risk: 0.05,
    promise: "certified" as const,
    settings: {},
    without: new Set<string>(),
    signal: new AbortController().signal,
    progress: () => {},
  };
  const curve = await learningCurve(request);
  expect(curve).toEqual([
    { documents: 10, subsets: 3, asked: 30, exact: 10 / 30, fields: { total: 10 / 30 }, coverage: 10 / 30, risk: 0 },
    { documents: 30, subsets: 3, asked: 10, exact: 1, fields: { total: 1 }, coverage: 1, risk: 0 },
    { documents: 40, subsets: 1, asked: 40, exact: 0.75, fields: { total: 0.75 }, coverage: null, risk: null },
  ]);
  expect(await learningCurve(request)).toEqual(curve);
});
