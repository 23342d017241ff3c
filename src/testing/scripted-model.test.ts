import { describe, expect, test } from "vitest";
import { modelSuite } from "./model.ts";
import { scriptedModel } from "./scripted-model.ts";

describe("scriptedModel", () => {
  modelSuite({
    create: () =>
      scriptedModel({
        score: ({ options }) => options.map((option) => -1 - option.length / 10),
        quote: () => ["7.90", "Corner Bakery", "Market Bakery"],
        write: () => ({ total: "7.90", paid: true, kind: "receipt" }),
        embed: (text) => [1, text.length, text.charCodeAt(0) || 0],
        latencyMs: 5,
      }),
  });

  test("throws on a call that was not set up", async () => {
    await expect(scriptedModel().embed(["x"])).rejects.toThrow("nothing is set up");
  });

  test("records what it was asked", async () => {
    const model = scriptedModel({ score: () => [-1] });
    await model.score({ document: "d", question: "q", options: ["o"] });
    expect(model.calls).toEqual([{ kind: "score", request: { document: "d", question: "q", options: ["o"] } }]);
  });
});
